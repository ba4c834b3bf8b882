//! A breaker: what can be read without its lock, and access to what the lock guards.

use std::ops::{Deref, DerefMut};
use std::panic::RefUnwindSafe;

use fluxgate_rules::trial::Plan;
use fluxgate_rules::{Extent, Measures, Metrics, Node, Rule, Tally};

use super::locked::Locked;
use super::rejected::Rejected;
use super::totals::Watch;
use super::window::memory::Memory;
use super::window::unrecorded::Unrecorded;
use super::word::StateWord;
use crate::clock::{self, NEVER, UserClock};
use crate::events::audience::Audience;
use crate::events::cause::Figures;
use crate::random::Draw;
use crate::settings::name::Name;
use crate::settings::{OnCancel, Settings, SettingsRef};
use crate::state::State;
use crate::sync::{Arc, AtomicU64, Mutex, MutexGuard, OnceBox, Ordering, Weak, const_unless_model, fence};

/// A breaker at a fixed address: a `static` of its own, or shared by handles.
pub struct Breaker {
    /// The [`StateWord`] of the current generation.
    pub(crate) state: AtomicU64,
    /// [`StateWord::healthy`] of the current generation, or [`StateWord::NONE`].
    pub(crate) healthy: AtomicU64,
    /// When the current state began.
    pub(crate) since: AtomicU64,
    /// When an open breaker tries again; [`NEVER`] if it does not, or is not open.
    pub(crate) deadline: AtomicU64,
    /// Calls refused since the current state began.
    pub(crate) rejected: Rejected,
    /// From which duration on a success may change the verdict. All do, of a breaker that counts its calls.
    pub(crate) slow_from: AtomicU64,
    /// Made when someone wants to know of calls.
    pub(super) watch: OnceBox<Watch>,
    /// The [`Figures`] that opened the breaker.
    pub(crate) cause: [AtomicU64; 3],
    pub(crate) locked: Mutex<Locked>,
    pub(crate) unrecorded: Unrecorded,
    pub(crate) settings: SettingsRef,
    pub(crate) measures: Measures,
    /// Its own, if it has one.
    pub(crate) clock: Option<Box<UserClock>>,
    pub(crate) origin: Origin,
}

/// How the registry can reach a breaker.
#[derive(Clone)]
pub(crate) enum Origin {
    /// Not at all: it stands in for another breaker.
    #[cfg_attr(not(feature = "test-util"), allow(dead_code, reason = "only tests have doubles"))]
    Hidden,
    Static(&'static Breaker),
    Shared(Weak<Breaker>),
}

/// A panic leaves no breaker half changed: user code runs under no lock, and its panics are contained or recorded.
impl RefUnwindSafe for Breaker {}

impl Breaker {
    const_unless_model! {
        /// A breaker for a `static`, which names itself: `static B: Breaker = Breaker::new(&SETTINGS, &B)`.
        pub const fn new(settings: &'static Settings, itself: &'static Self) -> Self {
            let origin = Origin::Static(itself);
            Self::with(SettingsRef::Static(settings), settings, None, origin)
        }
    }

    pub(crate) fn shared(settings: SettingsRef, clock: Option<Box<UserClock>>) -> Arc<Self> {
        Arc::new_cyclic(|itself| Self::detached(settings, clock, Origin::Shared(itself.clone())))
    }

    pub(crate) fn detached(settings: SettingsRef, clock: Option<Box<UserClock>>, origin: Origin) -> Self {
        let shared = settings.clone();
        Self::with(settings, shared.get(), clock, origin)
    }

    const_unless_model! {
        const fn with(
            reference: SettingsRef,
            settings: &Settings,
            clock: Option<Box<UserClock>>,
            origin: Origin,
        ) -> Self {
            let measures = Rule::measures(settings.rule.nodes());
            let times_cancelled = matches!(settings.on_cancel, OnCancel::FailureAfter(_));
            // A user's clock must not be read under the lock, so it is read beforehand, whenever its time might matter.
            let dated = clock.is_some() || matches!(settings.window.extent, Extent::Time(_)) || measures.recency;
            let word = StateWord::first(measures.durations() || times_cancelled, dated);
            let counts = settings.count_calls;
            Self {
                state: AtomicU64::new(if counts { word.counted() } else { word }.0),
                healthy: AtomicU64::new(StateWord::NONE.0),
                since: AtomicU64::new(0),
                deadline: AtomicU64::new(NEVER),
                rejected: Rejected::new(),
                slow_from: AtomicU64::new(if counts { 0 } else { measures.slow_from() }),
                watch: OnceBox::new(),
                cause: [AtomicU64::new(NEVER), AtomicU64::new(NEVER), AtomicU64::new(NEVER)],
                locked: Mutex::new(Locked::new()),
                unrecorded: Unrecorded::new(),
                settings: reference,
                measures,
                clock,
                origin,
            }
        }
    }

    /// The current word, and with it all that was written before.
    #[inline]
    pub(crate) fn word(&self) -> StateWord {
        StateWord(self.state.load(Ordering::Acquire))
    }

    /// Whether what has just been read without the lock is of the generation of `word`. Transitions write in the matching order: see
    /// [`transition`](super::transition).
    #[inline]
    pub(crate) fn was_still_in(&self, word: StateWord) -> bool {
        fence(Ordering::Acquire);
        self.state.load(Ordering::Relaxed) == word.0
    }

    /// The figures that opened the breaker, if it is still in the generation of `word`.
    #[inline]
    pub(crate) fn figures(&self, word: StateWord) -> Figures {
        let [node, part, whole] = [0, 1, 2].map(|figure| self.cause[figure].load(Ordering::Relaxed));
        if self.was_still_in(word) { Figures { node, part, whole } } else { Figures::NONE }
    }

    /// The figures of the recent calls.
    pub(crate) fn metrics(&self) -> Metrics {
        let now = self.now();
        self.lock().metrics(now)
    }

    /// Puts the breaker into use, at `now`. Returns `false` if another thread has done so.
    pub(crate) fn put_into_use(&self, now: u64) -> bool {
        // The clock of the process, too, is a user's where one has been set, and is then read beforehand.
        let dated = self.clock.is_none() && clock::may_be_users();
        let guard = self.lock();
        if !guard.word.is_fresh() {
            return false;
        }
        let word = guard.word.used();
        if word.is_counted() {
            self.watch().calls();
        }
        self.since.store(now, Ordering::Relaxed);
        self.state.store(if dated { word.dated() } else { word }.0, Ordering::Release);
        true
    }

    pub(crate) fn settings(&self) -> &Settings {
        self.settings.get()
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        self.settings().rule.nodes()
    }

    pub(super) fn watch(&self) -> &Watch {
        self.watch.get_or_init(|| Box::new(Watch::new()))
    }

    /// Those who listen to the calls of this breaker alone.
    #[inline]
    pub(super) fn audience(&self) -> Option<&Audience> {
        self.watch.get().map(|watch| &watch.audience)
    }

    /// Successes and ignored calls, if the breaker has ever counted calls.
    pub(crate) fn counted(&self) -> Option<(u64, u64)> {
        self.watch.get().and_then(Watch::counted)
    }

    /// What a trial takes. Computed on demand: as a constant, it would take the compiler longer than all the rest of a guarded
    /// function.
    pub(crate) fn trial(&self) -> Plan {
        Plan::of(self.nodes()).unwrap_or(Plan::SINGLE)
    }

    pub(crate) fn name(&self) -> &Name {
        &self.settings().name
    }

    /// Whether time passes for it: a breaker without a clock works as far as it can.
    pub(super) fn has_clock(&self) -> bool {
        self.clock.is_some() || clock::is_there()
    }

    /// The current time. The clock may be a user's, so it is not read under the lock.
    #[inline(never)]
    pub(crate) fn now(&self) -> u64 {
        match &self.clock {
            None => clock::now(),
            Some(clock) => clock.now(),
        }
    }

    /// A random number of this breaker's, at `now`.
    pub(super) fn draw(&self, now: u64) -> Draw {
        Draw { breaker: std::ptr::from_ref(self) as usize, now }
    }

    #[inline]
    pub(crate) fn lock(&self) -> Guard<'_> {
        let locked = self.locked.lock();
        // Changed under the lock only.
        let word = StateWord(self.state.load(Ordering::Relaxed));
        Guard { breaker: self, word, locked }
    }
}

/// A breaker whose lock is held. Derefs to what the lock guards.
pub(crate) struct Guard<'a> {
    pub(crate) breaker: &'a Breaker,
    /// The current word.
    pub(crate) word: StateWord,
    locked: MutexGuard<'a, Locked>,
}

impl Guard<'_> {
    /// Asks a user's function, which contains its panics. The lock is dropped meanwhile, since user code may do anything, even call
    /// this breaker. `None` if the generation is over when it is taken again: then nobody needs the answer.
    pub(super) fn ask<R>(self, question: impl FnOnce() -> R) -> Option<(Self, R)> {
        let Self { breaker, word, locked } = self;
        drop(locked);
        let answer = question();
        let guard = breaker.lock();
        (guard.word == word).then_some((guard, answer))
    }

    #[inline]
    pub(super) fn memory(&mut self) -> &mut Memory {
        let breaker = self.breaker;
        self.locked
            .memory
            .get_or_insert_with(|| Box::new(Memory::new(&breaker.settings().window, &breaker.measures)))
    }

    /// The figures of the recent calls, at `now`.
    pub(crate) fn metrics(&mut self, now: u64) -> Metrics {
        let (breaker, state) = (self.breaker, self.word.state());
        let Some(memory) = &mut self.locked.memory else {
            return Metrics::new(Tally::EMPTY, 0, breaker.measures);
        };
        // While open, the evidence is shown: the window as it was when the breaker tripped.
        if matches!(state, State::Closed | State::MetricsOnly | State::HalfOpen) {
            memory.reclaim(&breaker.unrecorded);
            memory.advance(now);
        }
        memory.metrics(&breaker.measures)
    }
}

impl Deref for Guard<'_> {
    type Target = Locked;

    fn deref(&self) -> &Locked {
        &self.locked
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Locked {
        &mut self.locked
    }
}
