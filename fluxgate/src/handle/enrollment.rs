//! A breaker's first use, and its entry in the registry.
//!
//! A `static` breaker is entered on first use, into a list that only grows and needs no lock. A breaker made at run time is
//! entered when it is built, and removed when it is dropped.

use crate::engine::breaker::{Breaker, Origin};
use crate::sync::{Arc, OnceRef, RwLock, Weak};

/// Many short lists instead of one, since entering a breaker walks to the end of its list.
const LISTS: usize = if cfg!(fluxgate_loom) { 1 } else { 64 };

pub(crate) struct Statics([OnceRef<'static, Breaker>; LISTS]);

impl Statics {
    #[cfg(not(fluxgate_loom))]
    pub(crate) const fn new() -> Self {
        Self([const { OnceRef::new() }; LISTS])
    }

    #[cfg(fluxgate_loom)]
    pub(crate) fn new() -> Self {
        Self(std::array::from_fn(|_| OnceRef::new()))
    }

    /// Enters a breaker, which must not have been entered before.
    pub(crate) fn push(&self, breaker: &'static Breaker) {
        // Chosen by address, in steps no larger than a breaker.
        let mut end = &self.0[std::ptr::from_ref(breaker) as usize / 64 % LISTS];
        while end.set(breaker).is_err() {
            // If `set` fails, the cell is not empty, though its value may become visible a moment later.
            if let Some(other) = end.get() {
                end = &other.next;
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static Breaker> {
        self.0.iter().flat_map(|list| std::iter::successors(list.get(), |breaker| breaker.next.get()))
    }
}

#[cfg(not(fluxgate_loom))]
static STATICS: Statics = Statics::new();
#[cfg(fluxgate_loom)]
loom::lazy_static! {
    static ref STATICS: Statics = Statics::new();
}
static SHARED: RwLock<Vec<Weak<Breaker>>> = RwLock::new(Vec::new());

/// The `static` breakers that have been entered.
pub(super) fn statics() -> impl Iterator<Item = &'static Breaker> {
    STATICS.iter()
}

/// The live breakers that were made at run time.
pub(super) fn shared() -> Vec<Arc<Breaker>> {
    SHARED.read().iter().filter_map(Weak::upgrade).collect()
}

/// Makes sure that the first use is over: the breaker is set up and entered in the registry.
#[inline]
pub(crate) fn enroll(breaker: &Breaker) {
    if breaker.word().is_fresh() {
        first_use(breaker);
    }
}

#[cold]
fn first_use(breaker: &Breaker) {
    if breaker.put_into_use(breaker.now()) {
        enter(&breaker.origin);
    }
}

fn enter(origin: &Origin) {
    match origin {
        Origin::Hidden => {}
        Origin::Static(breaker) => STATICS.push(breaker),
        Origin::Shared(breaker) => {
            let mut shared = SHARED.write();
            // Removing dead entries only when the list would grow keeps the cost of entering constant on average.
            if shared.len() == shared.capacity() {
                shared.retain(|breaker| breaker.strong_count() > 0);
            }
            shared.push(breaker.clone());
        }
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{SHARED, Statics};
    use crate::CircuitBreaker;

    #[test]
    fn statics_are_found_in_many_short_lists() {
        let statics = Statics::new();
        let entered: Vec<&'static CircuitBreaker> = (0..100)
            .map(|_| &*Box::leak(Box::new(CircuitBreaker::builder("static").build().unwrap())))
            .collect();
        for breaker in &entered {
            statics.push(breaker.breaker());
        }
        assert_eq!(statics.iter().count(), 100);
        for breaker in entered {
            assert!(statics.iter().any(|found| std::ptr::eq(found, breaker.breaker())));
        }
        let used = statics.0.iter().filter(|list| list.get().is_some()).count();
        assert!(used > 10, "{used} lists");
    }

    #[test]
    fn breakers_that_come_and_go_leave_nothing_behind() {
        let kept = CircuitBreaker::builder("kept").build().unwrap();
        for _ in 0..2_000 {
            drop(CircuitBreaker::builder("gone").build().unwrap());
        }
        let entered = SHARED.read().len();
        assert!(entered < 1_000, "{entered} entries");
        assert!(crate::find("kept").is_some_and(|found| found.name() == kept.name()));
    }
}
