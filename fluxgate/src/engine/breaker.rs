//! A breaker, as seen without its lock.

#[cfg(feature = "keyed")]
use std::any::Any;
use std::ops::Deref;
use std::panic::RefUnwindSafe;

use fluxgate_rules::metrics::nanos;
use fluxgate_rules::trial::Plan;
use fluxgate_rules::{Extent, Measures, Rule};

use super::locked::Locked;
use super::stripe::Stripe;
use super::stripes::{OwnStripes, Stripes};
use super::totals::Watch;
use super::word::{Needs, StateWord, Timing};
use crate::clock::{self, NEVER, UserClock};
use crate::configuration::lent::LentSettings;
use crate::configuration::name::Name;
use crate::configuration::named::{NamedSettings, SettingsRef};
use crate::configuration::{OnCancel, Settings};
use crate::events::audience::Audience;
use crate::events::cause::Figures;
#[cfg(any(feature = "tokio", feature = "tower"))]
use crate::events::waiters::Waiters;
use crate::random::Draw;
use crate::sync::{
    Arc, AtomicU64, Mutex, OnceBox, Ordering, Published, ReadGuard, Ref, Replaceable, Weak,
    const_unless_model, fence, once_unless_model,
};

/// A breaker at a fixed address: a `static` of its own, or shared by handles.
///
/// Every call reads `state` and `healthy`, so they are at least a cache line away from what is written often: the stripe behind
/// them; before them, the reference counts of an `Arc`, or the stripe of another `static`. What lies between is written only when
/// the state changes, or a bucket of a time window ends; what the lock guards is elsewhere.
#[repr(C)]
pub struct Breaker {
    pub(crate) origin: Origin,
    /// The [`Figures`] of the latest reason for its state.
    pub(crate) reason: [AtomicU64; 3],
    /// When the current state began; [`NEVER`] before the first use.
    pub(crate) since: AtomicU64,
    /// Its place in its family, if it belongs to one.
    #[cfg(feature = "keyed")]
    pub(crate) membership: Option<Membership>,
    /// The [`StateWord`] of the current generation.
    pub(crate) state: Published,
    /// [`StateWord::healthy`] of the current generation, or [`StateWord::NONE`].
    pub(crate) healthy: Published,
    /// The stripes of threads that no longer share `stripe`, if any.
    own_stripes: OnceBox<OwnStripes>,
    /// Made when there is something to record or change.
    locked: OnceBox<Lock>,
    /// The duration of the shortest slow call, in nanoseconds; 0 for a breaker that counts its calls, so that each is looked at
    /// further.
    pub(super) slow_from: AtomicU64,
    /// Until when successes may be counted without the lock, if their time matters.
    pub(super) counts_until: AtomicU64,
    /// When an open breaker tries again; [`NEVER`] if it does not, or is not open.
    pub(crate) deadline: AtomicU64,
    /// The clock it was given, if any, which it shares with the breakers of its family: they compare times.
    pub(crate) clock: Option<Arc<UserClock>>,
    /// The settings it was made with. Its name stays.
    pub(crate) settings: SettingsRef,
    /// The settings that have replaced them.
    replaced: OnceBox<Replaced>,
    /// Made when someone begins to watch its calls.
    watch: OnceBox<Watch>,
    pub(super) stripe: Stripe,
}

/// Aligned, so that an outcome touches few cache lines.
#[repr(align(64))]
pub(super) struct Lock(pub(super) Mutex<Locked>);

/// The settings of a breaker that were replaced while it was in use.
struct Replaced {
    in_force: Replaceable<NamedSettings>,
    /// The program's own, if it has changed them: those in force without what is prescribed from outside. Replaced under the
    /// breaker's lock.
    own: Mutex<Option<Arc<Settings>>>,
}

/// A breaker's settings, as of when they were read.
pub(crate) enum Current<'a> {
    First(&'a Settings),
    Later(ReadGuard<NamedSettings>),
}

impl Deref for Current<'_> {
    type Target = Settings;

    #[inline]
    fn deref(&self) -> &Settings {
        match self {
            Self::First(settings) => settings,
            Self::Later(named) => &named.settings,
        }
    }
}

/// What these settings need to know about each call, with the `measures` of their rule. A user's clock must not be read under the
/// lock, so it is read beforehand, whenever its time might matter.
pub(super) const fn needs(settings: &Settings, measures: &Measures, reads_users_clock: bool) -> Needs {
    let times_cancelled = matches!(settings.on_cancel, OnCancel::FailureAfter(_));
    let is_of_time = matches!(settings.window.extent, Extent::Time(_));
    Needs {
        timing: if measures.average {
            Timing::Average
        } else if measures.durations() || times_cancelled {
            Timing::Each
        } else {
            Timing::None
        },
        dated: is_of_time || measures.recency || reads_users_clock,
        tracked: measures.in_flight,
    }
}

/// How the registry can reach a breaker.
#[derive(Clone)]
pub(crate) enum Origin {
    /// Not at all: it stands in for another breaker.
    #[cfg_attr(not(feature = "test-util"), allow(dead_code, reason = "only tests have doubles"))]
    Hidden,
    Static(&'static Breaker),
    Shared(Weak<Breaker>),
    /// For a key of a static family, which an isolated test replaces by one of its own.
    #[cfg_attr(not(feature = "keyed"), allow(dead_code, reason = "only families have keys"))]
    Key(Weak<Breaker>),
}

/// A breaker's place in a family, which has a breaker for each key.
#[cfg(feature = "keyed")]
pub(crate) struct Membership {
    pub(crate) hash: u64,
    pub(crate) key: Box<dyn Any + Send + Sync>,
    /// When the breaker was last requested; [`NEVER`] if that was after the last inspection.
    pub(crate) used: AtomicU64,
    /// From when on a use establishes the key. 0 once one has.
    pub(crate) established_from: AtomicU64,
}

impl Origin {
    /// Whether the registry cannot reach it, since it belongs to a test.
    pub(crate) fn is_hidden(&self) -> bool {
        match self {
            Self::Hidden => true,
            Self::Static(_) | Self::Shared(_) | Self::Key(_) => false,
        }
    }

    /// The breaker, unless the registry cannot reach it or it has been dropped.
    pub(crate) fn breaker(&self) -> Option<Ref<Breaker>> {
        match self {
            Self::Hidden => None,
            Self::Static(breaker) => Some(Ref::Static(breaker)),
            Self::Shared(breaker) | Self::Key(breaker) => breaker.upgrade().map(Ref::Shared),
        }
    }

    /// Whether the breaker has not been dropped, as far as can be known.
    pub(crate) fn is_live(&self) -> bool {
        match self {
            Self::Hidden | Self::Static(_) => true,
            Self::Shared(breaker) | Self::Key(breaker) => breaker.strong_count() > 0,
        }
    }
}

/// The parts of a new breaker that depend on its settings.
#[derive(Clone, Copy)]
struct Beginning {
    word: StateWord,
    slow_from: u64,
}

impl Beginning {
    const fn of(settings: &Settings, reads_users_clock: bool) -> Self {
        let measures = Rule::measures(settings.rule.nodes());
        let word = StateWord::first(needs(settings, &measures, reads_users_clock));
        if settings.count_calls {
            Self { word: word.counted(), slow_from: 0 }
        } else {
            Self { word, slow_from: measures.slow_from() }
        }
    }
}

/// A panic leaves no breaker half changed: no user code runs under the lock, and its panics are contained or recorded.
impl RefUnwindSafe for Breaker {}

impl Breaker {
    const_unless_model! {
        /// A breaker for a `static`, which passes itself. `settings` equals what `kept` will be: a `static` cannot be read during
        /// its own initialization.
        pub(crate) const fn of_static(kept: &'static Settings, settings: &Settings, itself: &'static Self) -> Self {
            Self::with(SettingsRef::Static(kept), Beginning::of(settings, false), None, Origin::Static(itself))
        }
    }

    const_unless_model! {
        /// The same, where `kept` will be the [standard](Settings::standard) settings.
        pub(crate) const fn standard_of_static(kept: &'static Settings, itself: &'static Self) -> Self {
            const STANDARD: Beginning = Beginning::of(Settings::STANDARD, false);
            Self::with(SettingsRef::Static(kept), STANDARD, None, Origin::Static(itself))
        }
    }

    pub(crate) fn shared(settings: SettingsRef, clock: Option<Arc<UserClock>>) -> Arc<Self> {
        Arc::new_cyclic(|itself| Self::detached(settings, clock, Origin::Shared(itself.clone())))
    }

    pub(crate) fn detached(settings: SettingsRef, clock: Option<Arc<UserClock>>, origin: Origin) -> Self {
        let beginning = Beginning::of(settings.get(), clock.is_some());
        Self::with(settings, beginning, clock, origin)
    }

    const_unless_model! {
        const fn with(
            settings: SettingsRef,
            Beginning { word, slow_from }: Beginning,
            clock: Option<Arc<UserClock>>,
            origin: Origin,
        ) -> Self {
            Self {
                origin,
                reason: once_unless_model!([AtomicU64::new(NEVER), AtomicU64::new(NEVER), AtomicU64::new(NEVER)]),
                since: once_unless_model!(AtomicU64::new(NEVER)),
                #[cfg(feature = "keyed")]
                membership: None,
                state: Published::new(word.0),
                healthy: once_unless_model!(Published::new(StateWord::NONE.0)),
                own_stripes: once_unless_model!(OnceBox::new()),
                locked: once_unless_model!(OnceBox::new()),
                slow_from: AtomicU64::new(slow_from),
                counts_until: once_unless_model!(AtomicU64::new(NEVER)),
                deadline: once_unless_model!(AtomicU64::new(NEVER)),
                clock,
                settings,
                replaced: once_unless_model!(OnceBox::new()),
                watch: once_unless_model!(OnceBox::new()),
                stripe: once_unless_model!(Stripe::closed()),
            }
        }
    }

    /// The current word, and with it all that was written before.
    #[inline]
    pub(crate) fn word(&self) -> StateWord {
        StateWord(self.state.load(Ordering::Acquire))
    }

    /// Whether what has just been read without the lock belongs to the generation of `word`. Changes write in the matching order:
    /// see [`Guard::begin_change`](super::guard::Guard::begin_change).
    #[inline]
    pub(crate) fn was_still_in(&self, word: StateWord) -> bool {
        fence(Ordering::Acquire);
        self.state.load(Ordering::Relaxed) == word.0
    }

    /// The figures of the reason for the breaker's state, if it is still in the generation of `word`.
    #[inline]
    pub(crate) fn figures(&self, word: StateWord) -> Figures {
        let [node, part, whole] = [0, 1, 2].map(|figure| self.reason[figure].load(Ordering::Relaxed));
        if self.was_still_in(word) { Figures { node, part, whole } } else { Figures::NONE }
    }

    /// Replaces the figures, under the lock: during a change, or in a state that refuses nothing, where only holders of the lock read
    /// them.
    pub(super) fn set_figures(&self, Figures { node, part, whole }: Figures) {
        for (reason, figure) in self.reason.iter().zip([node, part, whole]) {
            reason.store(figure, Ordering::Relaxed);
        }
    }

    /// Puts the breaker into use, at `now`. Returns `false` if another thread has done so.
    ///
    /// This takes no lock, and so allocates nothing: a program may make many breakers that it never calls.
    pub(crate) fn put_into_use(&self, now: u64) -> bool {
        // The clock of the process may also be a user's, which has to be read beforehand.
        let dated = self.reads_users_clock();
        if self.word().is_counted() {
            self.watch().calls();
        }
        // The first of racing threads wins: the time of the others must not overwrite that of a change that follows.
        let _ = self.since.compare_exchange(NEVER, now, Ordering::Relaxed, Ordering::Relaxed);
        let used = |fresh: StateWord| if dated { fresh.used().dated() } else { fresh.used() };
        let fresh = |word: u64| StateWord(word).is_fresh().then(|| used(StateWord(word)).0);
        // Another thread may make it count its calls meanwhile, which changes the word but leaves it fresh.
        self.state.update(Ordering::AcqRel, fresh)
    }

    /// The current settings. They are read without the lock; under it, they do not change.
    #[inline]
    pub(crate) fn settings(&self) -> Current<'_> {
        match self.replaced.get() {
            None => Current::First(self.settings.get()),
            Some(replaced) => Current::Later(replaced.in_force.read()),
        }
    }

    /// The current settings for an error, which may outlive the breaker.
    #[inline]
    pub(crate) fn lent_settings(&self) -> LentSettings {
        if let Some(replaced) = self.replaced.get() {
            return lent(&replaced.in_force);
        }
        match &self.settings {
            SettingsRef::Static(settings) => LentSettings::of_static(settings),
            SettingsRef::Shared(settings) => LentSettings::of_shared(settings),
        }
    }

    pub(super) fn measures(&self) -> Measures {
        Rule::measures(self.settings().rule.nodes())
    }

    /// The program's own settings, if it has changed those that the breaker was made with.
    pub(crate) fn own_settings(&self) -> Option<Arc<Settings>> {
        self.replaced.get().and_then(|replaced| replaced.own.lock().clone())
    }

    /// Replaces the program's own settings. The caller holds the lock.
    pub(super) fn replace_own_settings(&self, settings: Option<Arc<Settings>>) {
        if let Some(replaced) = self.replaced.get() {
            *replaced.own.lock() = settings;
        }
    }

    /// Replaces the settings in force. The caller holds the lock.
    pub(super) fn replace_settings(&self, settings: Arc<Settings>) {
        let named = Arc::new(NamedSettings { name: self.name().clone(), settings });
        let first =
            || Box::new(Replaced { in_force: Replaceable::new(named.clone()), own: Mutex::new(None) });
        self.replaced.get_or_init(first).in_force.replace(named);
    }

    pub(crate) fn watch(&self) -> &Watch {
        self.watch.get_or_init(|| Box::new(Watch::new(self.measures().slow_from())))
    }

    #[cfg(any(feature = "tokio", feature = "tower"))]
    pub(crate) fn waiters(&self) -> &Arc<Waiters> {
        &self.watch().waiters
    }

    /// Wakes waiting tasks after a change. The caller holds no lock.
    #[cfg_attr(
        not(any(feature = "tokio", feature = "tower")),
        expect(clippy::unused_self, reason = "nobody waits")
    )]
    pub(super) fn wake_waiters(&self) {
        #[cfg(any(feature = "tokio", feature = "tower"))]
        if let Some(watch) = self.watch.get() {
            watch.waiters.wake();
        }
    }

    /// The listeners to the calls of this breaker alone.
    #[inline]
    pub(super) fn audience(&self) -> Option<&Audience> {
        self.watch.get().map(|watch| &watch.audience)
    }

    /// Successes and ignored calls, if the breaker has ever counted calls.
    pub(crate) fn counted(&self) -> Option<(u64, u64)> {
        self.watch.get().and_then(Watch::counted)
    }

    /// What a trial takes with the current settings.
    pub(super) fn trial(&self) -> Plan {
        self.settings().trial()
    }

    /// How long a trial waits for an outcome while calls are in flight.
    pub(super) fn patience(&self) -> u64 {
        nanos(self.settings().half_open_timeout)
    }

    pub(crate) fn name(&self) -> &Name {
        self.settings.name()
    }

    /// Whether time passes for it. A breaker without a clock works as far as it can.
    pub(crate) fn has_clock(&self) -> bool {
        self.clock.is_some() || clock::is_there()
    }

    #[inline]
    pub(crate) fn stripes(&self) -> Stripes<'_> {
        Stripes { shared: &self.stripe, own: &self.own_stripes }
    }

    /// Whether a call of this duration reaches no threshold of the rule, and need not be counted. `slow_from` is read before what lets
    /// the call skip the lock: whoever changes the former has revoked the latter first.
    #[inline]
    pub(super) fn is_fast(&self, nanos: u64) -> bool {
        nanos < self.slow_from.load(Ordering::Acquire)
    }

    /// Whether its clock may be a user's, which is not read under the lock. The process's clock may be one, too.
    pub(super) fn reads_users_clock(&self) -> bool {
        self.clock.is_some() || clock::may_be_users()
    }

    /// The current time. The clock may be a user's, so it is not read under the lock.
    #[inline(never)]
    pub(crate) fn now(&self) -> u64 {
        match &self.clock {
            None => clock::now(),
            Some(clock) => clock.now(),
        }
    }

    /// Random numbers for this breaker at `now`.
    pub(super) fn draw(&self, now: u64) -> Draw {
        Draw { breaker: std::ptr::from_ref(self) as usize, now }
    }

    #[inline]
    pub(super) fn locked(&self) -> &Mutex<Locked> {
        &self.locked.get_or_init(|| Box::new(Lock(Mutex::new(Locked::new())))).0
    }
}

/// Out of line, because few breakers are reconfigured.
#[cold]
#[inline(never)]
fn lent(replaced: &Replaceable<NamedSettings>) -> LentSettings {
    LentSettings::of_shared(&replaced.get())
}
