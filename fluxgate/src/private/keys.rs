//! Finding the breaker of a key.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use std::borrow::Cow;
use std::fmt::Display;
use std::hash::Hash;
use std::ops::Deref;

use super::unmet::{Impossible, Met, Unmet};
use crate::handle::circuit_breaker::CircuitBreaker;
use crate::handle::keyed::Keyed;
use crate::handle::keyed::family::Family;

/// What a key borrows or owns, without the references: `str` for a `&str`.
pub trait Subject {
    #[doc(hidden)]
    fn __fluxgate_subject(&self) -> &Self;
}

impl<T: ?Sized> Subject for T {
    #[inline]
    fn __fluxgate_subject(&self) -> &Self {
        self
    }
}

/// A pointer that may borrow for less long than a breaker lives. What it points to is the key.
pub trait Lends: Deref {}

impl<B: ToOwned + ?Sized> Lends for Cow<'_, B> {}

impl<T: ?Sized> Lends for &T {}

impl<T: ?Sized> Lends for &mut T {}

/// A key of breakers that have no `handle`, so that nobody names its type. The method of the type comes before that of the trait.
pub struct Unnamed<'k, Q: ?Sized>(pub &'k Q);

impl<'k, Q: Lends> Unnamed<'k, Q> {
    #[doc(hidden)]
    #[inline]
    pub fn __fluxgate_lent(&self) -> &'k Q::Target {
        self.0
    }
}

/// A key that is not such a pointer.
pub trait Whole<'k, Q: ?Sized> {
    #[doc(hidden)]
    fn __fluxgate_lent(&self) -> &'k Q;
}

impl<'k, Q: ?Sized> Whole<'k, Q> for Unnamed<'k, Q> {
    #[inline]
    fn __fluxgate_lent(&self) -> &'k Q {
        self.0
    }
}

/// What is kept of a key: a `String` for a `str`.
pub type OwnedKey<Q> = <Q as ToOwned>::Owned;

#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    label = "a key has `Hash`, `Eq`, `Clone` and, for the name of its breaker, `Display`",
    note = "give `key` a part of it that has them, or text: `key = format!(\"{{tenant}}/{{region}}\")`"
)]
#[doc(hidden)]
pub trait Key<How> {
    fn breaker_in(&self, family: &'static Family) -> CircuitBreaker;
}

#[diagnostic::do_not_recommend]
impl<Q> Key<Met> for Q
where
    Q: Hash + Eq + ToOwned<Owned: Display + Send + Sync + 'static> + ?Sized,
{
    #[inline]
    fn breaker_in(&self, family: &'static Family) -> CircuitBreaker {
        family.get(self)
    }
}

#[diagnostic::do_not_recommend]
impl<Q: Impossible + ?Sized> Key<Unmet> for Q {
    fn breaker_in(&self, _: &'static Family) -> CircuitBreaker {
        Q::never()
    }
}

/// The breaker of a key.
#[inline]
pub fn breaker_of_key<Q: Key<How> + ?Sized, How>(family: &'static Family, key: &Q) -> CircuitBreaker {
    key.breaker_in(family)
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key of this `handle`, whose keys are kept as `{K}`",
    label = "expected what is kept as `{K}`, and has `Hash`, `Eq`, `Clone` and, for the name of its breaker, `Display`",
    note = "the type that is kept is that of the parameter, or is written behind the key: `key = request.host() as String`"
)]
#[doc(hidden)]
pub trait KeyOf<K, How> {
    fn breaker_in(&self, keyed: &Keyed<K>) -> CircuitBreaker;
}

#[diagnostic::do_not_recommend]
impl<Q, K> KeyOf<K, Met> for Q
where
    Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    K: Hash + Eq + Display + Send + Sync + 'static,
{
    #[inline]
    fn breaker_in(&self, keyed: &Keyed<K>) -> CircuitBreaker {
        keyed.get(self)
    }
}

/// Marks the implementation for pointers that lend the key.
pub enum Lent {}

#[diagnostic::do_not_recommend]
impl<Q, K> KeyOf<K, Lent> for Q
where
    Q: Lends<Target: Hash + Eq + ToOwned<Owned = K>>,
    K: Hash + Eq + Display + Send + Sync + 'static,
{
    #[inline]
    fn breaker_in(&self, keyed: &Keyed<K>) -> CircuitBreaker {
        keyed.get::<Q::Target>(self)
    }
}

#[diagnostic::do_not_recommend]
impl<Q: Impossible + ?Sized, K> KeyOf<K, Unmet> for Q {
    fn breaker_in(&self, _: &Keyed<K>) -> CircuitBreaker {
        Q::never()
    }
}

/// The breaker of a key, among those of a handle.
#[inline]
pub fn breaker_of_handle<Q: KeyOf<K, How> + ?Sized, K, How>(keyed: &Keyed<K>, key: &Q) -> CircuitBreaker {
    key.breaker_in(keyed)
}
