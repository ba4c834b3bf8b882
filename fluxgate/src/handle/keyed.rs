//! A breaker for each key.

mod commands;
mod evicted;
pub(crate) mod family;
mod table;

use core::fmt;
use std::fmt::Display;
use std::hash::Hash;
use std::marker::PhantomData;
use std::time::Duration;

use fluxgate_rules::by_hand;
use fluxgate_rules::limits::{DEFAULT_IDLE, DEFAULT_KEYS};

use self::family::Family;
use super::builder::Builder;
use super::circuit_breaker::CircuitBreaker;
use crate::configuration::changes::Changes;
use crate::configuration::config_error::ConfigError;
use crate::events::audience::Subscription;
use crate::sync::{Arc, Ref};

/// With the feature `keyed`: a family of breakers with the same settings, one for each host, tenant, shard, or whatever else fails
/// independently.
///
/// Where a dependency can fail in part, one breaker for all of it either refuses calls that would have succeeded, or opens late. In a
/// family, the breaker of the host that is down opens, and the others are not affected.
///
/// ```
/// use fluxgate::{CircuitBreaker, Keyed, State, trip};
///
/// let hosts: Keyed<String> = CircuitBreaker::builder("hosts").trip(trip::failure_streak(3)).keyed().build()?;
/// for _ in 0..3 {
///     let _ = hosts.get("a.example.org").call(|| Err::<(), _>("down"));
/// }
/// assert_eq!(hosts.get("a.example.org").state(), State::Open);
/// assert_eq!(hosts.get("b.example.org").state(), State::Closed);
/// assert_eq!(hosts.get("a.example.org").name(), "hosts{a.example.org}");
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
///
/// The attribute makes one with `key = ..`, and exposes it with `handle`: see [keys](macro@crate::circuit_breaker#keys). A `Keyed` is cheap
/// to clone: a clone is another handle to the same family. One made by hand can also be in a `static`:
///
/// ```
/// use fluxgate::{CircuitBreaker, Keyed, circuit_breaker};
/// use std::sync::LazyLock;
///
/// static PEERS: LazyLock<Keyed<String>> =
///     LazyLock::new(|| CircuitBreaker::builder("peers").keyed().build().expect("a valid rule"));
///
/// #[circuit_breaker(breaker = PEERS.get(peer))]
/// fn ask(peer: &str) -> std::io::Result<()> {
///     Ok(())
/// }
/// # ask("a").unwrap();
/// # assert_eq!(PEERS.get("a").metrics().total(), 1);
/// ```
///
/// # Keys
///
/// A key is hashed, compared and printed, and looked up in a borrowed form as in a map: by `&str` for `Keyed<String>`. It is cloned when
/// its breaker is made; finding that allocates nothing. In the [registry](crate::breakers), in events and in metrics, the breaker has the
/// name of the family with the key in braces. [Settings from files](crate::settings) for the name of the family apply to all of its
/// breakers, and those for `hosts{*.example.org}` to some.
///
/// # How many there are
///
/// No more than [`max_keys`](KeyedBuilder::max_keys), no matter who chooses the keys. A breaker that nobody has asked for in
/// [`key_idle`](KeyedBuilder::key_idle) is evicted when others of the family are used, unless it has evidence against its dependency; how
/// long a call took or a handle was held since then does not matter. When the family is full, a new key takes the place of the least recently
/// asked for of a few breakers. A breaker is evicted only if nobody holds it, neither a handle nor a running call, and only if it is in
/// the state in which new ones begin (closed, unless a command has given the whole family another), or is open or half-open and forgotten,
/// as below.
///
/// Evidence is what the rule asks for: calls in the window that failed or were slow, a streak of failures, a mean duration that is too
/// long; with a `custom` condition, any call. So a dead host is given up however seldom it is called, as long as there is room. A time
/// window forgets; a count window does not, and only a success ends a streak: hosts that failed once and are never called again can fill
/// the family. Then they make room like any other.
///
/// So these keep their places, whatever keys come:
///
/// - breakers that are open or half-open, and asked for at least once in `key_idle`;
/// - breakers in a state by command in which new ones do not begin, and closed ones while new ones begin in such a state;
/// - closed breakers whose key is in use and established. In use means asked for within the last 60th of `key_idle`, by default a minute. A
///   key is established once it has come again at least that long after it first came, which is noted at the first use after a look at its
///   breaker, by default within two minutes. Keys that come for a moment, like the many hosts that a crawler meets, are never established.
///
/// If all places are kept, new keys share one more breaker, which has the name of the family: see [`overflow`](Self::overflow). So someone
/// who invents keys, and lets all of them fail, cannot make the program forget which hosts are down, nor disturb the hosts that it talks to
/// all the time, nor use up its memory. But they can fill the family with open breakers: hosts that are asked for only now and then, or for
/// the first time, then share the one breaker with the invented ones, and may be refused. So let only those choose keys who may choose
/// hosts, and make `max_keys` larger than the number of keys that are in use at a time. A new key can replace an open breaker only if the
/// family is full, and only if that breaker could have been tried again for all of `key_idle` and nobody has asked for it; and a half-open
/// one if nobody has asked for it for as long.
///
/// # Cost
///
/// Finding a breaker takes 10 to 18 ns more than looking up the key in a [`HashMap`](std::collections::HashMap), but no lock, so two
/// threads get twice as much done. [Performance](crate::docs::performance#a-breaker-for-each-key) has the figures.
pub struct Keyed<K> {
    family: Ref<Family>,
    keys: PhantomData<fn(K) -> K>,
}

impl<K> Keyed<K> {
    pub(crate) const fn from_static(family: &'static Family) -> Self {
        Self { family: Ref::Static(family), keys: PhantomData }
    }

    /// The name of the family.
    pub fn name(&self) -> &str {
        self.family.root().name()
    }

    /// How many keys have breakers. This looks through all of them, and [evicts](Self#how-many-there-are) those that are idle.
    pub fn len(&self) -> usize {
        self.family.length()
    }

    /// Whether no key has a breaker. See [`len`](Self::len).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The breaker of all keys for which there is no room, because [`max_keys`](KeyedBuilder::max_keys) others have breakers that cannot be
    /// evicted. It has the name of the family, and is in the registry from its first use on. It counts its calls, so its
    /// [totals](crate::Totals) tell how many there were. New breakers begin in the state that a command gives to it.
    pub fn overflow(&self) -> CircuitBreaker {
        self.family.overflow()
    }

    /// Changes settings of all breakers of the family, existing and future: see [`CircuitBreaker::reconfigure`].
    ///
    /// ```
    /// # use fluxgate::{Changes, CircuitBreaker, Keyed, trip};
    /// let hosts: Keyed<String> = CircuitBreaker::builder("hosts").keyed().build()?;
    /// let before = hosts.get("a.example.org");
    /// hosts.reconfigure(&Changes::new().trip(trip::failure_streak(7)))?;
    /// for breaker in [before, hosts.get("b.example.org")] {
    ///     assert_eq!(breaker.snapshot().rule, "failure_streak(7)");
    /// }
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// Everything that would be wrong with the settings. Then nothing is changed.
    pub fn reconfigure(&self, changes: &Changes) -> Result<(), ConfigError> {
        self.family.reconfigure(changes)
    }

    /// Refuses the calls of all keys, existing and future, until another command: see [`CircuitBreaker::force_open`].
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, Keyed, State};
    /// let hosts: Keyed<String> = CircuitBreaker::builder("hosts").keyed().build()?;
    /// let before = hosts.get("a.example.org");
    /// hosts.force_open();
    /// assert_eq!([before.state(), hosts.get("b.example.org").state()], [State::ForcedOpen; 2]);
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn force_open(&self) {
        self.family.command(CircuitBreaker::force_open);
    }

    /// Admits the calls of all keys, existing and future, and records none, until another command: see [`CircuitBreaker::disable`].
    pub fn disable(&self) {
        self.family.command(CircuitBreaker::disable);
    }

    /// Admits and records the calls of all keys, existing and future, until another command: see [`CircuitBreaker::metrics_only`].
    pub fn metrics_only(&self) {
        self.family.command(CircuitBreaker::metrics_only);
    }

    /// Closes all breakers of the family from any state: see [`CircuitBreaker::reset`]. Future ones begin closed.
    pub fn reset(&self) {
        self.family.command(CircuitBreaker::reset);
    }
}

impl<K: Hash + Eq + Display + Send + Sync + 'static> Keyed<K> {
    /// The breaker of a key, which is made if there is none. While the handle exists, the breaker stays in the family.
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, Keyed};
    /// let shards: Keyed<u32> = CircuitBreaker::builder("shards").keyed().build()?;
    /// let answer = shards.get(&7).call(|| "42".parse::<u32>())?;
    /// assert_eq!(shards.get(&7).metrics().total(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn get<Q: Hash + Eq + ToOwned<Owned = K> + ?Sized>(&self, key: &Q) -> CircuitBreaker {
        self.family.get(key)
    }

    /// The breaker of a key, if there is one. This does not count as a use of it.
    pub fn existing<Q: Hash + Eq + ToOwned<Owned = K> + ?Sized>(&self, key: &Q) -> Option<CircuitBreaker> {
        self.family.existing(key)
    }

    /// Removes the breaker of a key, whatever its state, and returns it. If the key comes again, it gets a new one.
    pub fn remove<Q: Hash + Eq + ToOwned<Owned = K> + ?Sized>(&self, key: &Q) -> Option<CircuitBreaker> {
        self.family.remove(key)
    }

    /// All keys that have breakers, and these breakers, in no particular order, as they are at the moment of this call. Evicts idle ones.
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, Keyed, State};
    /// # let hosts: Keyed<String> = CircuitBreaker::builder("hosts").keyed().build()?;
    /// let down = hosts.iter().filter(|(_, breaker)| breaker.state() == State::Open);
    /// let hosts: Vec<String> = down.map(|(host, _)| host).collect();
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (K, CircuitBreaker)> + use<K>
    where
        K: Clone,
    {
        self.family.breakers().into_iter().filter_map(|breaker| {
            let key = breaker.breaker().membership.as_ref()?.key.downcast_ref::<K>()?.clone();
            Some((key, breaker))
        })
    }
}

impl<K> Clone for Keyed<K> {
    fn clone(&self) -> Self {
        Self { family: self.family.clone(), keys: PhantomData }
    }
}

impl<K> fmt::Debug for Keyed<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Keyed").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// With the feature `keyed`: builds a [`Keyed`]; returned by [`Builder::keyed`].
#[must_use = "nothing is made before `build`"]
pub struct KeyedBuilder<K> {
    builder: Builder,
    max_keys: usize,
    key_idle: Duration,
    keys: PhantomData<fn(K) -> K>,
}

impl Builder {
    /// With the feature `keyed`: builds a family of breakers with these settings instead of one breaker. The family takes the name, and the
    /// listeners listen to all of its breakers.
    ///
    /// ```
    /// use fluxgate::{CircuitBreaker, Keyed, trip};
    /// use std::time::Duration;
    ///
    /// let tenants: Keyed<u64> = CircuitBreaker::builder("tenants")
    ///     .trip(trip::min(10) & trip::failure_rate(0.5))
    ///     .keyed()
    ///     .max_keys(1_000)
    ///     .key_idle(Duration::from_secs(600))
    ///     .build()?;
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn keyed<K>(self) -> KeyedBuilder<K> {
        KeyedBuilder { builder: self, max_keys: DEFAULT_KEYS, key_idle: DEFAULT_IDLE, keys: PhantomData }
    }
}

impl<K: Hash + Eq + Display + Send + Sync + 'static> KeyedBuilder<K> {
    /// How many keys may have breakers, from 1 to 1,000,000. Default: 10,000.
    pub fn max_keys(self, keys: usize) -> Self {
        Self { max_keys: keys, ..self }
    }

    /// How long a closed breaker that has no [evidence](Keyed#how-many-there-are) against its dependency may be idle before it is evicted.
    /// Default: an hour. While the family is full, a closed breaker that has been idle for a 60th of this may be evicted for a new key.
    pub fn key_idle(self, idle: Duration) -> Self {
        Self { key_idle: idle, ..self }
    }

    /// Makes the family. It has no breakers yet.
    ///
    /// # Errors
    /// Everything that is wrong with the settings, as for [`Builder::build`].
    pub fn build(self) -> Result<Keyed<K>, ConfigError> {
        let Self { builder, max_keys, key_idle, .. } = self;
        let mut problems = by_hand::max_keys(max_keys);
        problems.extend(by_hand::key_idle(key_idle));
        let (root, listeners) = match builder.checked() {
            Ok(made) if problems.is_empty() => made,
            made => {
                let others = made.err();
                problems.splice(0..0, others.iter().flat_map(ConfigError::problems).cloned());
                return Err(ConfigError::new(problems));
            }
        };
        let listeners = listeners.into_iter().map(Subscription::new).collect();
        let family = Family::shared(root, max_keys, key_idle, listeners);
        Ok(Keyed { family: Ref::Shared(Arc::new(family)), keys: PhantomData })
    }
}

impl<K> fmt::Debug for KeyedBuilder<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyedBuilder").field("max_keys", &self.max_keys).finish_non_exhaustive()
    }
}
