//! Breakers of one kind, each for a key.

#[cfg(feature = "test-util")]
mod doubles;
mod eviction;

use std::any::Any;
use std::cell::Cell;
use std::fmt::Display;
use std::hash::Hash;
use std::time::Duration;

use fluxgate_rules::metrics::nanos;

#[cfg(feature = "test-util")]
pub(crate) use self::doubles::seen_by_test;
use super::commands::{Command, Commands};
use super::evicted::Evicted;
use super::table::{LockedTable, Table};
use crate::clock::NEVER;
use crate::configuration::Settings;
use crate::configuration::changes::Changes;
use crate::configuration::config_error::ConfigError;
use crate::configuration::name::Name;
use crate::configuration::named::SettingsRef;
use crate::engine::breaker::{Breaker, Membership, Origin};
use crate::engine::reconfigure::change;
use crate::engine::registry::REGISTRY;
use crate::engine::transition::{deliver, subscribe};
use crate::engine::{counting, manual};
use crate::events::audience::Subscription;
use crate::handle::circuit_breaker::CircuitBreaker;
use crate::handle::enrollment::{enroll, enter};
use crate::sync::{
    Arc, AtomicU64, OnceBox, Ordering, ReadGuard, Ref, RwLock, const_unless_model, thread_local,
};

/// Breakers of one kind, each for a key.
///
/// A key's breaker is made when the key first comes. From then on it is found in a table, and by the registry like any other.
pub struct Family {
    /// The breaker that all keys share for which there is no room. It has the family's name, settings and clock.
    root: Ref<Breaker>,
    max_keys: usize,
    /// How long a breaker may be idle before it is evicted, in nanoseconds.
    key_idle: u64,
    /// The listeners of all breakers of the family.
    listeners: Vec<Subscription>,
    /// Made on first use.
    members: OnceBox<Members>,
}

struct Members {
    table: Table,
    /// When to look for idle breakers in the next places.
    looks_at: AtomicU64,
    /// What has been changed of the settings for all breakers.
    reconfigured: RwLock<Changes>,
    commands: Commands,
}

/// A key as it is kept.
type Owned = Box<dyn Any + Send + Sync>;

/// A key to compare with those that have breakers, and to keep if it has none.
struct Candidate<'a> {
    hash: u64,
    is: &'a dyn Fn(&Membership) -> bool,
    /// Makes the key to keep and, from it and the family's name, the name of its breaker.
    own: &'a dyn Fn(&Name) -> (Owned, Name),
}

/// How often every place is checked for an idle breaker while `key_idle` passes. A key that was used within one round is in use.
const ROUNDS: u64 = 60;
/// The value of `established_from` once a use has established the key.
const ESTABLISHED: u64 = 0;
/// A thread reads the clock at every 64th hit, if the breakers were used since they were last checked.
const PATIENCE: u32 = 64;

impl Family {
    const_unless_model! {
        /// A family for a `static`. The settings are those of `root`, and all are checked.
        pub const fn new(root: &'static Breaker, max_keys: usize, key_idle: Duration) -> Self {
            Self::with(Ref::Static(root), max_keys, nanos(key_idle), Vec::new())
        }
    }

    pub(super) fn shared(
        root: Arc<Breaker>,
        max_keys: usize,
        key_idle: Duration,
        listeners: Vec<Subscription>,
    ) -> Self {
        for listener in &listeners {
            subscribe(&root, listener.clone());
        }
        Self::with(Ref::Shared(root), max_keys, nanos(key_idle), listeners)
    }

    const_unless_model! {
        const fn with(root: Ref<Breaker>, max_keys: usize, key_idle: u64, listeners: Vec<Subscription>) -> Self {
            Self { root, max_keys, key_idle, listeners, members: OnceBox::new() }
        }
    }

    /// The breaker of a key.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> CircuitBreaker
    where
        Q: Hash + Eq + ToOwned<Owned: Display + Send + Sync + 'static> + ?Sized,
    {
        let family = self.resolved();
        let hash = family.members().table.hash(key);
        let is = |member: &Membership| is_of(member, key);
        if let Some(breaker) = family.find(hash, is) {
            return CircuitBreaker::from_kept(breaker);
        }
        let own = |family: &Name| {
            let key = key.to_owned();
            let name = family.of_key(&key);
            (Box::new(key) as Owned, name)
        };
        family.make(&Candidate { hash, is: &is, own: &own })
    }

    /// The breaker of a key, if it has one. That does not count as a use.
    pub(super) fn existing<Q>(&self, key: &Q) -> Option<CircuitBreaker>
    where
        Q: Hash + Eq + ToOwned<Owned: 'static> + ?Sized,
    {
        let table = &self.resolved().members().table;
        let hash = table.hash(key);
        loop {
            let version = table.version();
            let found = table.find(hash, |member| is_of(member, key));
            if found.is_some() || table.lock().version() == version {
                return found.map(CircuitBreaker::from_kept);
            }
        }
    }

    /// Removes the breaker of a key, whatever its state. Those who hold it may go on using it.
    pub(super) fn remove<Q>(&self, key: &Q) -> Option<CircuitBreaker>
    where
        Q: Hash + Eq + ToOwned<Owned: 'static> + ?Sized,
    {
        let removed = self.existing(key)?;
        let table = &self.resolved().members().table;
        let breaker = {
            let mut locked = table.lock();
            let place = locked.place_of(removed.breaker())?;
            let breaker = locked.take(place);
            locked.close(place);
            breaker
        };
        REGISTRY.leave(&breaker);
        Some(removed)
    }

    /// All breakers of keys.
    pub(super) fn breakers(&self) -> Vec<CircuitBreaker> {
        self.with_members(|locked| {
            let breakers = (0..locked.place_count()).filter_map(|number| locked.get(number));
            breakers.map(|breaker| CircuitBreaker::from_shared(breaker.share())).collect()
        })
    }

    /// Changes settings of all breakers, including those to come.
    pub(super) fn reconfigure(&self, changes: &Changes) -> Result<(), ConfigError> {
        let family = self.resolved();
        let root: &Breaker = &family.root;
        enroll(root);
        // A breaker that is changed is no longer fresh, and would never enter the registry by itself.
        let enrolled = || self.breakers().into_iter().inspect(|breaker| enroll(breaker.breaker()));
        for breaker in enrolled() {
            let breaker = breaker.breaker();
            changes.of(&breaker.settings()).check(breaker.has_clock())?;
        }
        change(root, |settings| changes.of(settings))?;
        // Of two threads that change the same setting, the one that changed the root last prevails for all breakers.
        let prevailing = || changes.taken_from(&root.settings());
        {
            let mut reconfigured = family.members().reconfigured.write();
            let all = prevailing().over(&reconfigured);
            // Changes that are valid only together with what is prescribed are kept together with that, as each breaker does.
            let fits = all.of(root.settings.get()).check(root.has_clock()).is_ok();
            *reconfigured = if fits { all } else { Changes::to(&root.settings()) };
        }
        // A breaker that is made after this takes the new settings, and one that was made before is found here.
        for breaker in enrolled() {
            change(breaker.breaker(), |settings| prevailing().of(settings))?;
        }
        Ok(())
    }

    /// Gives a command to all breakers, including those to come.
    pub(super) fn command(&self, command: Command) {
        self.resolved().members().commands.give(command, |command| {
            // A breaker that is made after this begins in the state of the root, and one that was made before is found here.
            command(&self.overflow());
            self.breakers().iter().for_each(command);
        });
    }

    /// How many keys have breakers.
    pub(super) fn length(&self) -> usize {
        self.with_members(LockedTable::length)
    }

    /// Evicts idle breakers, then looks at those that stay.
    fn with_members<'f, R>(&'f self, look: impl FnOnce(&LockedTable<'f>) -> R) -> R {
        let family = self.resolved();
        let now = family.root.now();
        let mut evicted = Evicted::default();
        let mut locked = family.members().table.lock();
        family.evict_idle(&mut locked, now, usize::MAX, &mut evicted);
        look(&locked)
    }

    /// The breaker that all keys share for which there is no room.
    #[inline]
    pub(super) fn root(&self) -> &Breaker {
        &self.root
    }

    /// The same, as a handle.
    pub(super) fn overflow(&self) -> CircuitBreaker {
        CircuitBreaker::from_ref(self.root.clone())
    }

    /// The family itself, or its double if a test has isolated this thread.
    #[cfg(not(feature = "test-util"))]
    #[inline]
    const fn resolved(&self) -> &Self {
        self
    }

    #[inline]
    fn members(&self) -> &Members {
        self.members.get_or_init(|| Box::new(self.no_members()))
    }

    #[cold]
    fn no_members(&self) -> Members {
        let vacant = Breaker::detached(self.root.settings.clone(), None, Origin::Hidden);
        Members {
            table: Table::new(self.max_keys, Arc::new(vacant)),
            looks_at: AtomicU64::new(0),
            reconfigured: RwLock::new(Changes::new()),
            commands: Commands::new(),
        }
    }

    /// Finds a breaker, and notes that it was used.
    #[inline]
    fn find(&self, hash: u64, is: impl Fn(&Membership) -> bool) -> Option<ReadGuard<Breaker>> {
        let members = self.members();
        let breaker = members.table.find(hash, is)?;
        if let Some(membership) = &breaker.membership {
            let is_noted = membership.used.load(Ordering::Relaxed) == NEVER;
            if !is_noted || is_turn() {
                self.note(membership, members);
            }
        }
        Some(breaker)
    }

    /// Notes that a breaker was used, and looks for idle ones if it is time.
    #[cold]
    #[inline(never)]
    fn note(&self, membership: &Membership, members: &Members) {
        let now = self.root.now();
        let used = membership.used.load(Ordering::Relaxed);
        // With a clock of its own, which may stand still, the time is noted; otherwise, only that there is no need to read it again.
        let noted = if self.root.clock.is_some() { now } else { NEVER };
        if used != noted {
            membership.used.store(noted, Ordering::Relaxed);
        }
        let established_from = membership.established_from.load(Ordering::Relaxed);
        if established_from != ESTABLISHED && now >= established_from {
            membership.established_from.store(ESTABLISHED, Ordering::Relaxed);
        }
        if now >= members.looks_at.load(Ordering::Relaxed) {
            self.look_through(now);
        }
    }

    /// Makes the breaker of a key that has none, unless another thread does, or there is no room.
    #[cold]
    #[inline(never)]
    fn make(&self, key: &Candidate<'_>) -> CircuitBreaker {
        let (owned, name) = (key.own)(self.root.name());
        let members = self.members();
        let mut evicted = Evicted::default();
        loop {
            let version = members.table.version();
            if let Some(found) = self.find(key.hash, key.is) {
                return CircuitBreaker::from_kept(found);
            }
            let now = self.root.now();
            let mut locked = members.table.lock();
            if locked.version() != version {
                continue;
            }
            self.look_on(&mut locked, now, &mut evicted);
            if locked.length() >= self.max_keys && !self.make_room(&mut locked, now, &mut evicted) {
                drop(locked);
                return self.overflowing();
            }
            let breaker = self.member(key.hash, owned, name, now);
            let is_commanded = manual::begin(&breaker, self.root.word().state(), now);
            locked.insert(key.hash, breaker.clone());
            drop(locked);
            if is_commanded {
                // This may call the user's functions, for which the table's lock must not be held.
                enter(&breaker);
                deliver(&breaker);
            }
            return CircuitBreaker::from_shared(breaker);
        }
    }

    /// A breaker with the family's settings of this moment. Those that the root has from a file or the environment are left out: like any
    /// other breaker, it takes them on its first use, and gives them back.
    fn member(&self, hash: u64, key: Owned, name: Name, now: u64) -> Arc<Breaker> {
        let settings = Settings { name, ..self.members().reconfigured.read().of(self.root.settings.get()) };
        let clock = self.root.clock.clone();
        let breaker = Arc::new_cyclic(|itself| {
            let origin = match self.root.origin {
                Origin::Hidden => Origin::Hidden,
                Origin::Static(_) => Origin::Key(itself.clone()),
                Origin::Shared(_) | Origin::Key(_) => Origin::Shared(itself.clone()),
            };
            let mut breaker = Breaker::detached(SettingsRef::shared(settings), clock, origin);
            let established_from = AtomicU64::new(now.saturating_add(self.round()));
            breaker.membership = Some(Membership { hash, key, used: AtomicU64::new(now), established_from });
            breaker
        });
        for listener in &self.listeners {
            subscribe(&breaker, listener.clone());
        }
        breaker
    }

    /// How long it takes to check all places while other breakers are used.
    fn round(&self) -> u64 {
        (self.key_idle / ROUNDS).max(1)
    }

    /// The breaker that all keys share for which there is no room. It counts their calls.
    fn overflowing(&self) -> CircuitBreaker {
        enroll(&self.root);
        if !self.root.word().is_counted() {
            counting::begin(&self.root);
        }
        self.overflow()
    }
}

/// Whether this thread is to read the clock again.
#[inline]
fn is_turn() -> bool {
    thread_local! {
        static HITS: Cell<u32> = const { Cell::new(0) };
    }
    let hits = HITS.with(|hits| {
        hits.set(hits.get().wrapping_add(1));
        hits.get()
    });
    hits.is_multiple_of(PATIENCE)
}

/// Whether it is the breaker of this key. If only the compiler knows the type of a family's keys, there may be several types.
fn is_of<Q: Eq + ToOwned<Owned: 'static> + ?Sized>(member: &Membership, key: &Q) -> bool {
    use std::borrow::Borrow as _;
    member.key.downcast_ref::<Q::Owned>().is_some_and(|own| own.borrow() == key)
}
