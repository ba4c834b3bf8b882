//! A breaker for each key.

pub(crate) mod family;
mod table;

use core::fmt;
use std::fmt::Display;
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::Deref;
use std::time::Duration;

use fluxgate_rules::by_hand;
use fluxgate_rules::limits::{DEFAULT_IDLE, DEFAULT_KEYS};

use self::family::Family;
use super::builder::Builder;
use super::circuit_breaker::CircuitBreaker;
use super::enrollment::enroll;
use crate::configuration::changes::Changes;
use crate::configuration::error::ConfigError;
use crate::engine::reconfigure::change;
use crate::events::audience::Subscription;
use crate::sync::Arc;

/// With the feature `keyed`: a family of breakers, one for each host, tenant, shard, or whatever else fails by itself, all with the same
/// settings.
///
/// Where a dependency can fail in part, one breaker for all of it either refuses calls that would have succeeded, or opens late. Of
/// a family, the breaker of the host that is down opens, and the others do not notice.
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
/// The attribute makes one by `key = ..`, and shows it by `handle`: see [keys](macro@crate::circuit_breaker#keys). A `Keyed` is cheap
/// to clone: it is another handle to the same family.
///
/// # Keys
///
/// A key is hashed, compared and printed, and looked up in a borrowed form, as in a map: for `Keyed<String>` by `&str`. It is cloned when its
/// breaker is made, and otherwise nothing is allocated. In the [registry](crate::breakers), in events and in metrics, the breaker has
/// the name of the family with the key in braces; [settings from files](crate::settings) for the name of the family are for all of its
/// breakers, and those for `hosts{*.example.org}` for some.
///
/// # How many there are
///
/// No more than [`max_keys`](KeyedBuilder::max_keys), whoever chooses the keys. A breaker that was not used for
/// [`key_idle`](KeyedBuilder::key_idle) goes by itself, when others of the family are used, unless it has something against its
/// dependency. When there are as many as there may be, a new key takes the place of one that was not used for long, of a few that are
/// looked at. What goes is only a breaker that is closed, or in the state that the whole family has been told to be in, and that nobody
/// holds: while a handle is there, or a call runs, it stays.
///
/// What it may have against its dependency is what its rule asks for: calls in its window that failed or were slow, a streak of failures, a
/// mean duration that is too long; with a `custom` condition, any call. So a dead host is given up however seldom it is called, as long
/// as there is room. A window of time forgets, one of calls does not, nor does a streak end but by a success: of hosts that failed once and are
/// never called again, there may come to be `max_keys`. Then they make room like any other.
///
/// So these keep their places, whatever keys come:
///
/// - one that is open or half-open, or has been told to be in some state that new ones do not begin in;
/// - one that is closed, and whose key is in use and established. In use is what was asked for within the last 60th of `key_idle`, by
///   default a minute. Established is a key that came again at least so long after it first came, which takes until the first use after
///   its breaker has been looked at, by default within two minutes. What comes for a moment, as the many hosts that a crawler meets, never
///   is.
///
/// If there are nothing but those, new keys share one more breaker, which has the name of the family: see [`overflow`](Self::overflow). Who
/// invents keys, and lets all of them fail, can therefore not make the program forget which hosts are down, nor disturb the hosts that it
/// talks to all the time, nor use up its memory. What they can do is fill the family with breakers that are open: hosts that are asked for
/// only now and then, or for the first time, then share the one breaker with what is invented, and may be refused. So let nobody choose keys who may
/// not choose hosts, and take `max_keys` larger than the number of keys that are in use at a time. Only if the family is full, a new key
/// takes the place of a breaker that could have been tried again for all of `key_idle`, and that nobody has asked for.
///
/// # Cost
///
/// To find a breaker takes 10 to 18 ns more than to look up the key in a [`HashMap`](std::collections::HashMap), but no lock, so two
/// threads get twice as much done. [Performance](crate::docs::performance#a-breaker-for-each-key) has the figures.
pub struct Keyed<K> {
    family: FamilyRef,
    keys: PhantomData<fn(K) -> K>,
}

#[derive(Clone)]
enum FamilyRef {
    Static(&'static Family),
    Shared(Arc<Family>),
}

impl Deref for FamilyRef {
    type Target = Family;

    #[inline]
    fn deref(&self) -> &Family {
        match self {
            Self::Static(family) => family,
            Self::Shared(family) => family,
        }
    }
}

impl<K> Keyed<K> {
    #[doc(hidden)]
    pub const fn from_static(family: &'static Family) -> Self {
        Self { family: FamilyRef::Static(family), keys: PhantomData }
    }

    /// The name of the family.
    pub fn name(&self) -> &str {
        self.family.root().name()
    }

    /// How many keys have breakers. It looks through all of them, and those that were not used for long [go](Self#how-many-there-are).
    pub fn len(&self) -> usize {
        self.family.length()
    }

    /// Whether no key has a breaker. See [`len`](Self::len).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The breaker of all keys for which there is no room, since [`max_keys`](KeyedBuilder::max_keys) others have breakers that may not
    /// go. It has the name of the family, and is in the registry from its first use on. It counts its calls, so its
    /// [totals](crate::Totals) tell how many there were. A state that it is told to be in is that of the breakers to come, too.
    pub fn overflow(&self) -> CircuitBreaker {
        self.family.overflow()
    }

    /// Changes settings of all breakers of the family, those to come as well: see [`CircuitBreaker::reconfigure`].
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
    /// Everything that would be wrong with the settings; then nothing is changed.
    pub fn reconfigure(&self, changes: &Changes) -> Result<(), ConfigError> {
        let root = self.family.root();
        enroll(root);
        for breaker in self.family.breakers() {
            let breaker = breaker.breaker();
            changes.of(&breaker.settings()).check(breaker.has_clock())?;
        }
        change(root, |settings| changes.of(settings))?;
        // Whoever makes a breaker after this takes the new settings, and whoever has made one before is found here. Of two who change the
        // same, the one whose change of the family came last prevails for all of its breakers.
        for breaker in self.family.breakers() {
            change(breaker.breaker(), |settings| changes.taken_from(&root.settings()).of(settings))?;
        }
        Ok(())
    }

    /// Refuses the calls of all keys, those to come as well, until another command: see [`CircuitBreaker::force_open`].
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
        self.command(CircuitBreaker::force_open);
    }

    /// Admits the calls of all keys, those to come as well, and records none, until another command: see [`CircuitBreaker::disable`].
    pub fn disable(&self) {
        self.command(CircuitBreaker::disable);
    }

    /// Admits and records the calls of all keys, those to come as well, until another command: see [`CircuitBreaker::metrics_only`].
    pub fn metrics_only(&self) {
        self.command(CircuitBreaker::metrics_only);
    }

    /// Closes all breakers of the family from any state: see [`CircuitBreaker::reset`]. Those to come begin closed.
    pub fn reset(&self) {
        self.command(CircuitBreaker::reset);
    }

    fn command(&self, command: impl Fn(&CircuitBreaker)) {
        // Whoever makes a breaker after this begins like the overflow, and whoever has made one before is found here.
        command(&self.overflow());
        self.family.breakers().iter().for_each(command);
    }
}

impl<K: Hash + Eq + Display + Send + Sync + 'static> Keyed<K> {
    /// The breaker of a key, which is made if there is none. While the handle is there, the breaker stays in the family.
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

    /// The breaker of a key, if there is one. That does not count as a use of it.
    pub fn existing<Q: Hash + Eq + ToOwned<Owned = K> + ?Sized>(&self, key: &Q) -> Option<CircuitBreaker> {
        self.family.existing(key)
    }

    /// Removes the breaker of a key, whatever its state, and returns it. If the key comes again, it gets a new one.
    pub fn remove<Q: Hash + Eq + ToOwned<Owned = K> + ?Sized>(&self, key: &Q) -> Option<CircuitBreaker> {
        self.family.remove(key)
    }

    /// All keys that have breakers, and these, in no particular order: those of the moment of this call. Those that were not used for
    /// long go.
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
    /// With the feature `keyed`: builds a family of breakers with these settings instead of one breaker. Its name is the family's; its
    /// listeners listen to all.
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

    /// After how long without use a breaker goes that is closed and has nothing [against its dependency](Keyed#how-many-there-are).
    /// Default: an hour. While the family is full, what is closed and was not used for a 60th of it may go for a new key.
    pub fn key_idle(self, idle: Duration) -> Self {
        Self { key_idle: idle, ..self }
    }

    /// Makes the family. It has no breakers yet.
    ///
    /// # Errors
    /// Everything that is wrong with the settings, as of [`Builder::build`].
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
        Ok(Keyed { family: FamilyRef::Shared(Arc::new(family)), keys: PhantomData })
    }
}

impl<K> fmt::Debug for KeyedBuilder<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeyedBuilder").field("max_keys", &self.max_keys).finish_non_exhaustive()
    }
}
