//! The breaker proper: who is admitted.
//!
//! # The hot path
//!
//! A healthy call reads two words and writes none. [`Breaker::acquire`] reads the state word; if it says closed, the call
//! is admitted and keeps a copy of the word. [`Call::record`] compares the copy with `healthy`: they are equal exactly while the
//! breaker is still in the generation that admitted the call, and its window is full and holds only fast successes. One more
//! fast success would then push out a call just like itself and leave the window, the streak and the verdict as they are; so it
//! is not written.
//!
//! This is exact, not an approximation. Every other outcome is recorded under the lock, and `healthy` is cleared before the lock
//! is released. All threads agree on one order of the changes to `healthy`. In it, a success that read `healthy` as set comes
//! before the clearing, at a point where recording it would have changed nothing. That point is also within the call's own
//! duration: the call's read of `healthy` sees whatever happened before the call ended, as far as threads can tell.

use std::panic::RefUnwindSafe;

use fluxgate_rules::evaluate::trial_length;
use fluxgate_rules::{Extent, Measures, Node, Rule, Window};

use super::locked::{Change, Core};
use super::window::unrecorded::Unrecorded;
use super::word::Word;
use crate::clock::{self, Clock};
use crate::events::cause::Figures;
use crate::events::transition::Reason;
use crate::handle::call::Call;
use crate::handle::error::CallNotPermitted;
use crate::handle::registry;
use crate::permit;
use crate::settings::name::Name;
use crate::settings::{Settings, Source};
use crate::state::State;
use crate::sync::{Arc, AtomicU64, Mutex, OnceRef, Ordering, Weak, const_unless_model, fence};

/// A breaker at a fixed address: a `static` of its own, or shared by handles.
pub struct Breaker {
    /// The [`Word`] of the current state.
    pub(crate) state: AtomicU64,
    /// [`Word::healthy`] of the current state, or [`Word::NONE`].
    pub(crate) healthy: AtomicU64,
    /// When the current state began.
    pub(crate) since: AtomicU64,
    /// When the current state ends: for an open breaker, when to try again; for a half-open one, when to give up. [`NEVER`] if
    /// it does not end by itself.
    pub(crate) deadline: AtomicU64,
    /// Calls refused since the current state began.
    pub(crate) rejected: AtomicU64,
    /// The [`Figures`] that opened the breaker.
    pub(crate) cause: [AtomicU64; 3],
    pub(crate) core: Mutex<Core>,
    pub(crate) unrecorded: Unrecorded,
    pub(crate) settings: Source,
    pub(crate) measures: Measures,
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) own: Own,
    /// The next breaker in the registry's list.
    pub(crate) next: OnceRef<'static, Breaker>,
}

/// How the registry can reach a breaker.
#[derive(Clone)]
pub(crate) enum Own {
    /// Not at all: it stands in for another breaker.
    #[cfg_attr(not(feature = "test-util"), allow(dead_code, reason = "only tests have doubles"))]
    Hidden,
    Static(&'static Breaker),
    Shared(Weak<Breaker>),
}

/// The answer to a call that asks to be admitted.
enum Answer {
    Admitted,
    /// With the nanoseconds until the next attempt, or [`NEVER`].
    Refused(u64),
}

/// An answer that fits in two registers, because open breakers refuse often. If `word` is not fresh, the call was admitted under it
/// at `time`; if it is fresh, the call was refused, and `time` is how long is left.
struct Admission {
    word: Word,
    time: u64,
}

/// A call was refused under `word`, `left` nanoseconds before the next attempt. It stays in registers until it is turned into a
/// [`CallNotPermitted`].
pub struct Refusal<'a> {
    breaker: &'a Breaker,
    word: Word,
    left: u64,
}

impl Refusal<'_> {
    /// Passes the [`CallNotPermitted`] to `then`. Kept out of line, so that callers reserve no stack for it.
    #[inline]
    pub fn tell<R>(self, then: impl FnOnce(CallNotPermitted) -> R) -> R {
        #[cold]
        #[inline(never)]
        fn told<R>(breaker: &Breaker, word: Word, left: u64, then: impl FnOnce(CallNotPermitted) -> R) -> R {
            then(breaker.refused(word, left))
        }
        told(self.breaker, self.word, self.left, then)
    }
}

/// A panic leaves no breaker half changed: user code runs under no lock, and its panics are contained or recorded.
impl RefUnwindSafe for Breaker {}

/// The time that never comes.
pub(crate) const NEVER: u64 = u64::MAX;

impl Breaker {
    const_unless_model! {
        /// A breaker for a `static`, which names itself: `static B: Breaker = Breaker::new(&SETTINGS, &B)`.
        pub const fn new(settings: &'static Settings, own: &'static Self) -> Self {
            Self::with(Source::Static(settings), &settings.rule, &settings.window, None, Own::Static(own))
        }
    }

    pub(crate) fn shared(settings: Source, clock: Option<Arc<dyn Clock>>) -> Arc<Self> {
        Arc::new_cyclic(|own| Self::detached(settings, clock, Own::Shared(own.clone())))
    }

    pub(crate) fn detached(settings: Source, clock: Option<Arc<dyn Clock>>, own: Own) -> Self {
        let shared = settings.clone();
        let Settings { rule, window, .. } = shared.get();
        Self::with(settings, rule, window, clock, own)
    }

    const_unless_model! {
        const fn with(
            settings: Source,
            rule: &Rule,
            window: &Window,
            clock: Option<Arc<dyn Clock>>,
            own: Own,
        ) -> Self {
            let measures = Rule::measures(rule.nodes());
            // A user's clock must not be read under the lock, so it is read beforehand, whenever its time might matter.
            let dated = clock.is_some() || matches!(window.extent, Extent::Time(_));
            Self {
                state: AtomicU64::new(Word::first(measures.durations(), dated).0),
                healthy: AtomicU64::new(Word::NONE.0),
                since: AtomicU64::new(0),
                deadline: AtomicU64::new(NEVER),
                rejected: AtomicU64::new(0),
                cause: [AtomicU64::new(NEVER), AtomicU64::new(NEVER), AtomicU64::new(NEVER)],
                core: Mutex::new(Core::new()),
                unrecorded: Unrecorded::new(),
                settings,
                measures,
                clock,
                own,
                next: OnceRef::new(),
            }
        }
    }

    /// Asks the breaker to admit a call.
    #[inline]
    pub fn acquire(&self) -> Result<Call<'_>, CallNotPermitted> {
        self.enter().map_err(|refusal| refusal.tell(|told| told))
    }

    /// Like [`acquire`](Self::acquire), but a refusal is not yet turned into a [`CallNotPermitted`].
    #[inline]
    pub fn enter(&self) -> Result<Call<'_>, Refusal<'_>> {
        let breaker = self.resolve();
        let word = Word(breaker.state.load(Ordering::Acquire));
        if word.admits_at_once() {
            return Ok(Call { breaker, word, start: 0 });
        }
        let Admission { word, time } = breaker.admit(word);
        if word.is_fresh() {
            Err(Refusal { breaker, word: word.used(), left: time })
        } else {
            Ok(Call { breaker, word, start: time })
        }
    }

    /// Admits or refuses a call that the word alone does not admit at once.
    #[cold]
    #[inline(never)]
    fn admit(&self, word: Word) -> Admission {
        if word.admits_timed() { Admission { word, time: self.now() } } else { self.decide(word) }
    }

    /// Admits or refuses a call depending on the state.
    #[inline(never)]
    fn decide(&self, mut word: Word) -> Admission {
        let mut due = None;
        loop {
            let answer = if word.is_fresh() {
                self.first_use();
                None
            } else if word.is_changing() {
                drop(self.core.lock());
                None
            } else {
                match word.state() {
                    State::Closed | State::MetricsOnly | State::Disabled => Some(Answer::Admitted),
                    State::ForcedOpen => Some(Answer::Refused(NEVER)),
                    State::Open => self.refuse_until_due(word, &mut due),
                    State::HalfOpen => self.admit_to_trial(word, due.take()),
                }
            };
            match answer {
                Some(Answer::Admitted) => {
                    return Admission { word, time: if word.is_timed() { self.now() } else { 0 } };
                }
                Some(Answer::Refused(left)) => {
                    self.rejected.fetch_add(1, Ordering::Relaxed);
                    return Admission { word: word.fresh(), time: left };
                }
                None => word = Word(self.state.load(Ordering::Acquire)),
            }
        }
    }

    /// Refuses a call of an open breaker, or makes the breaker half-open if it is time, and notes when that was. `None`: the state has
    /// changed, look again.
    #[inline]
    fn refuse_until_due(&self, word: Word, due: &mut Option<u64>) -> Option<Answer> {
        let deadline = self.deadline.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        if self.state.load(Ordering::Relaxed) != word.0 {
            return None;
        }
        if deadline == NEVER {
            return Some(Answer::Refused(NEVER));
        }
        let now = self.now();
        if now >= deadline {
            self.change_if(word, Change::to_half_open(self, now));
            *due = Some(now);
            return None;
        }
        Some(Answer::Refused(deadline - now))
    }

    /// Whether a half-open breaker admits a call. `None`: the state has changed, look again. A call that was `due` a moment ago is
    /// judged by that time; otherwise the trial that it begins could be over before the call is admitted, again and again.
    fn admit_to_trial(&self, word: Word, due: Option<u64>) -> Option<Answer> {
        let now = due.unwrap_or_else(|| self.now());
        let since = self.since.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        if self.state.load(Ordering::Relaxed) != word.0 {
            return None;
        }
        let in_half_open = now.saturating_sub(since);
        let drawn = permit::draw(&self.settings().permit, in_half_open);

        let mut core = self.core.lock();
        if self.state.load(Ordering::Relaxed) != word.0 {
            return None;
        }
        if core.stay.tripped {
            return Some(Answer::Refused(NEVER));
        }
        if now >= self.deadline.load(Ordering::Relaxed) {
            self.open(core, word, Reason::HalfOpenTimeout, None, now);
            return None;
        }
        if core.stay.passed && self.ramp_is_over(now) {
            self.change(&mut core, word, Change::to(State::Closed, Reason::RampEnded, now));
            drop(core);
            self.deliver();
            return None;
        }
        let admitted =
            drawn && (core.stay.passed || core.stay.in_flight < self.settings().max_half_open_calls);
        core.stay.in_flight += u32::from(admitted);
        Some(if admitted { Answer::Admitted } else { Answer::Refused(NEVER) })
    }

    /// The error for a call that was refused under `word`.
    #[inline(never)]
    fn refused(&self, word: Word, left: u64) -> CallNotPermitted {
        let [node, part, whole] = [0, 1, 2].map(|figure| self.cause[figure].load(Ordering::Relaxed));
        // The cause belongs to this opening only if the state is still the same: see `Breaker::change`.
        fence(Ordering::Acquire);
        let same = self.state.load(Ordering::Relaxed) == word.0;
        let figures = Figures { node: if same { node } else { NEVER }, part, whole };
        CallNotPermitted { source: self.settings.clone(), state: word.state(), left, figures }
    }

    /// The set-up that a breaker does once in its life.
    #[cold]
    fn first_use(&self) {
        if self.clock.is_none() && Word(self.state.load(Ordering::Relaxed)).is_dated() {
            clock::calibrate();
        }
        let now = self.now();
        let registers = {
            let _core = self.core.lock();
            let word = Word(self.state.load(Ordering::Relaxed));
            if word.is_fresh() {
                self.since.store(now, Ordering::Relaxed);
                self.state.store(word.used().0, Ordering::Release);
            }
            word.is_fresh()
        };
        if registers {
            registry::enroll(&self.own);
        }
    }

    /// Makes sure that the first use is over, for callers that do not make a call.
    pub(crate) fn used(&self) -> &Self {
        if Word(self.state.load(Ordering::Relaxed)).is_fresh() {
            self.first_use();
        }
        self
    }

    pub(crate) fn settings(&self) -> &Settings {
        self.settings.get()
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        self.settings().rule.nodes()
    }

    /// The length of a trial. Computed on demand: as a constant, it would take the compiler longer than all the rest of a guarded
    /// function.
    pub(crate) fn trial(&self) -> u32 {
        trial_length(self.nodes()).unwrap_or(1)
    }

    pub(crate) fn name(&self) -> &Name {
        &self.settings().name
    }

    /// The current time.
    #[inline(never)]
    pub(crate) fn now(&self) -> u64 {
        match &self.clock {
            None => clock::now(),
            Some(clock) => clock::of(&**clock),
        }
    }

    /// The breaker itself, or its double if a test has isolated this thread.
    #[cfg(not(feature = "test-util"))]
    #[inline]
    pub(crate) const fn resolve(&self) -> &Self {
        self
    }

    /// The breaker itself, or its double if a test has isolated this thread.
    #[cfg(feature = "test-util")]
    #[inline]
    pub(crate) fn resolve(&self) -> &Self {
        match &self.settings {
            Source::Static(settings) => crate::testing::double(self, settings).unwrap_or(self),
            Source::Shared(_) => self,
        }
    }
}
