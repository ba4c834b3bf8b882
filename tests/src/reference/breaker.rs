//! The breaker itself, by definition.

use std::time::Duration;

use fluxgate::{Outcome, State};

use super::rule::{Evidence, Record};
use super::settings::{Permit, Settings, Window};
use super::trial::Trial;

/// Why a transition happened, without the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    Tripped,
    RetryDue,
    TrialPassed,
    RampEnded,
    HalfOpenTimeout,
    Trip,
    OpenFor,
    Reset,
    ForceOpen,
    Disable,
    MetricsOnly,
}

/// What a listener should hear.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub from: State,
    pub to: State,
    pub why: Why,
    pub retry_after: Option<Duration>,
    pub total: u64,
    pub failures: u64,
}

/// An admitted call.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    generation: u64,
    began: Duration,
    /// It takes a slot of the trial.
    probe: bool,
    /// It is one of those that are known to run.
    runs: bool,
    /// Whether its outcome would ever have counted.
    counts: bool,
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Reported(Outcome),
    /// It fails, and the service asks to be left alone for so long.
    Asking(Duration),
    Cancelled,
}

/// Why a call is not admitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refusal {
    pub state: State,
    pub retry_after: Wait,
}

/// What a refusal says of the time to wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wait {
    Exactly(Option<Duration>),
    /// Drawn from this range.
    Between(Duration, Duration),
}

impl Wait {
    pub fn is(self, said: Option<Duration>) -> bool {
        match self {
            Self::Exactly(wait) => said == wait,
            Self::Between(shortest, longest) => said.is_some_and(|wait| (shortest..=longest).contains(&wait)),
        }
    }
}

/// A time at which something becomes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// An open breaker tries again.
    Retry,
    /// Calls of a trial have been running for too long since the last outcome.
    Stall,
    RampEnd,
    /// A closed breaker has held as long as it had been open.
    Forgiveness,
    /// A call that runs is slow.
    Slow,
}

/// What a half-open breaker is at.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Trial,
    Ramp,
}

#[derive(Clone, Debug)]
pub struct Reference {
    settings: Settings,
    pub trial: Trial,
    pub state: State,
    pub since: Duration,
    generation: u64,
    /// Every call that counted since the window was last empty.
    calls: Vec<Record>,
    phase: Phase,
    /// When the calls of this generation began that run, as far as that matters.
    running: Vec<Duration>,
    /// For how long calls of the trial may still run without an outcome, and since when they do.
    patience: Duration,
    waits_since: Duration,
    /// How long calls of the trial took that were given up since its last outcome that was not ignored, and when that came.
    given_up: Duration,
    told_at: Duration,
    /// What the breaker knew when it tripped; shown while no calls are counted.
    evidence: Evidence,
    /// For how long the service asks to be left alone, by the failure that is being entered.
    asked: Option<Duration>,
    /// The pause that was drawn when it last opened; `None` has no end.
    pause: Option<Duration>,
    /// When that pause ends. The ramp begins then.
    deadline: Option<Duration>,
    reopens: u32,
    last_open: Duration,
    closed_at: Option<Duration>,
    /// When a call last succeeded, in whatever state, or else the first outcome.
    succeeded_at: Option<Duration>,
    pub rejected: u64,
    pub late: u64,
    would_trip: bool,
    pub events: Vec<Event>,
}

impl Reference {
    pub fn new(settings: Settings, now: Duration) -> Self {
        let trial = Trial::of(&settings.rule).expect("the rule can end a trial");
        Self {
            settings,
            trial,
            state: State::Closed,
            since: now,
            generation: 0,
            calls: Vec::new(),
            phase: Phase::Trial,
            running: Vec::new(),
            patience: Duration::ZERO,
            waits_since: Duration::ZERO,
            given_up: Duration::ZERO,
            told_at: Duration::ZERO,
            evidence: Evidence::default(),
            asked: None,
            pause: None,
            deadline: None,
            reopens: 0,
            last_open: Duration::ZERO,
            closed_at: None,
            succeeded_at: None,
            rejected: 0,
            late: 0,
            would_trip: false,
            events: Vec::new(),
        }
    }

    /// What the breaker should say of recent calls.
    pub fn evidence(&self, now: Duration) -> Evidence {
        if !self.counts() {
            return self.evidence.clone();
        }
        self.evidence_with(now, &[])
    }

    /// Whether the state counts calls.
    fn counts(&self) -> bool {
        matches!(self.state, State::Closed | State::MetricsOnly | State::HalfOpen)
    }

    /// The same, with calls that run as if they had just ended.
    fn evidence_with(&self, now: Duration, slow: &[Record]) -> Evidence {
        let calls = [&self.calls[..], slow].concat();
        let streak = calls.iter().rev().filter(|call| !call.runs).take_while(|call| call.failed).count();
        let calls = match self.state {
            State::HalfOpen if self.phase == Phase::Trial => calls,
            _ => self.window(now, &calls),
        };
        let failing_for = self.succeeded_at.map_or(Duration::ZERO, |at| now.saturating_sub(at));
        let running = if self.is_tracking() { self.running.len() as u64 } else { 0 };
        Evidence { calls, streak, failing_for, running }
    }

    /// Whether the rule asks which calls run.
    pub fn is_tracking(&self) -> bool {
        self.settings.rule.least_in_flight().is_some()
    }

    /// When a call that began then is known to have run for so long: time is cut into sixteenths of that, and it is when so many have
    /// passed since the end of the one in which the call began.
    fn slow_at(began: Duration, threshold: Duration) -> Duration {
        let part = threshold.as_nanos().div_ceil(16);
        let slow = (began.as_nanos() / part + 17) * part;
        Duration::from_nanos(slow.try_into().expect("the night is not that long"))
    }

    /// The longest threshold that a call has reached which began then.
    fn reached(&self, began: Duration, now: Duration) -> Option<Duration> {
        let mut thresholds = self.settings.rule.thresholds();
        thresholds.retain(|&threshold| now >= Self::slow_at(began, threshold));
        thresholds.last().copied()
    }

    /// What the rule is asked of beside the calls that have ended: for each threshold, the running calls that have reached it, the
    /// slowest last.
    fn slow_running(&self, now: Duration) -> Vec<Vec<Record>> {
        if !self.is_tracking() {
            return Vec::new();
        }
        let mut reached: Vec<Duration> =
            self.running.iter().filter_map(|&began| self.reached(began, now)).collect();
        reached.sort_unstable();
        let mut least = reached.clone();
        least.dedup();
        let record = |&took: &Duration| Record { at: now, failed: false, took, runs: true };
        let of = |least: &Duration| reached.iter().filter(|took| *took >= least).map(record).collect();
        least.iter().rev().map(of).collect()
    }

    fn window(&self, now: Duration, calls: &[Record]) -> Vec<Record> {
        match self.settings.window {
            Window::Count(size) => calls[calls.len().saturating_sub(size)..].to_vec(),
            Window::Time(duration, buckets) => {
                let length = duration.as_nanos() / buckets as u128;
                let bucket = |at: Duration| at.as_nanos() / length;
                let recent = |call: &&Record| bucket(call.at) + buckets as u128 > bucket(now);
                calls.iter().filter(recent).copied().collect()
            }
        }
    }

    /// How long until an open breaker tries again.
    pub fn retry_after(&self, now: Duration) -> Option<Duration> {
        if self.state == State::Open { Some(self.deadline?.saturating_sub(now)) } else { None }
    }

    pub fn is_ramping(&self) -> bool {
        self.state == State::HalfOpen && self.phase == Phase::Ramp
    }

    /// When this becomes due, if it is still to come.
    pub fn due(&self, mark: Mark) -> Option<Duration> {
        let half_open = |phase| self.state == State::HalfOpen && self.phase == phase;
        match mark {
            Mark::Retry if self.state == State::Open => self.deadline,
            Mark::Stall if half_open(Phase::Trial) && !self.running.is_empty() => {
                Some(self.waits_since.saturating_add(self.patience))
            }
            Mark::RampEnd if self.state == State::HalfOpen => {
                Some(self.deadline? + self.settings.permit.ramp()?)
            }
            Mark::Forgiveness if self.state == State::Closed => Some(self.closed_at? + self.last_open),
            Mark::Slow if self.is_tracking() => {
                let thresholds = self.settings.rule.thresholds();
                let slow = self.running.iter().flat_map(|&began| {
                    thresholds.iter().map(move |&threshold| Self::slow_at(began, threshold))
                });
                slow.min()
            }
            _ => None,
        }
    }

    fn reaches(&self, mark: Mark, now: Duration) -> bool {
        self.due(mark).is_some_and(|due| now >= due)
    }

    /// A call asks to be admitted. Where a share decides, `lucky` is what was drawn, and `lucky_again` what was drawn for the trial that
    /// began instead, if what runs has opened the breaker.
    pub fn acquire(&mut self, now: Duration, lucky: bool, lucky_again: bool) -> Result<Call, Refusal> {
        if self.reaches(Mark::Stall, now) {
            self.open(now, Why::HalfOpenTimeout);
        } else if self.is_ramping() && self.reaches(Mark::RampEnd, now) {
            self.close(now, Why::RampEnded);
        }
        if self.reaches(Mark::Retry, now) {
            self.enter(now, State::HalfOpen, Why::RetryDue);
        }
        let probe = self.state == State::HalfOpen && self.phase == Phase::Trial;
        let admitted = match self.state {
            State::Open | State::ForcedOpen => false,
            State::HalfOpen if probe => self.has_slot() && self.trial_permits(now, lucky),
            State::HalfOpen => self.share(now) >= 1.0 || lucky,
            _ => true,
        };
        let runs = self.state == State::HalfOpen || self.is_tracking() && self.counts();
        let counts = self.state != State::Disabled;
        let call = Call { generation: self.generation, began: now, probe, runs, counts };
        if self.state == State::MetricsOnly && runs {
            self.would_trip &= self.may_hold(now);
        }
        if admitted && runs {
            if probe && self.running.is_empty() {
                self.waits_since = now;
            }
            self.running.push(now);
        }
        if runs && self.is_tracking() {
            self.judge_running(now);
        }
        if admitted {
            return Ok(call);
        }
        if call.generation != self.generation {
            // What runs has opened it.
            return self.acquire(now, lucky_again, lucky_again);
        }
        self.rejected += 1;
        Err(Refusal { state: self.state, retry_after: self.wait(now) })
    }

    /// One more call runs, or the others have for longer: judged if there are as many as the rule asks for, or if any is slow.
    fn judge_running(&mut self, now: Duration) {
        let slow = self.slow_running(now);
        let least = self.settings.rule.least_in_flight().unwrap_or(u32::MAX);
        if self.running.len() < least as usize && slow.is_empty() {
            return;
        }
        match self.state {
            State::MetricsOnly => self.report_crossing(now),
            _ => {
                self.trips(now);
            }
        }
    }

    /// Opens the breaker if the rule holds for the calls that have ended, or for these and some that run.
    fn trips(&mut self, now: Duration) -> bool {
        let sets = [vec![Vec::new()], self.slow_running(now)].concat();
        let Some(slow) = sets.into_iter().find(|slow| self.holds_with(now, slow)) else { return false };
        self.calls.extend(slow);
        self.open(now, Why::Tripped);
        true
    }

    fn holds_with(&self, now: Duration, slow: &[Record]) -> bool {
        let evidence = self.evidence_with(now, slow);
        let holds = |half_open| self.settings.rule.holds(half_open, &evidence, None);
        match self.state {
            State::HalfOpen if self.phase == Phase::Trial => self.trial.verdict(&evidence) == Some(true),
            State::HalfOpen => holds(false) || holds(true),
            _ => holds(false),
        }
    }

    /// Whether a breaker that only reports may still be where it would have tripped. What a `custom` condition would have said of the
    /// time between two calls, nobody asked.
    fn may_hold(&self, now: Duration) -> bool {
        let sets = [vec![Vec::new()], self.slow_running(now)].concat();
        sets.iter().any(|slow| self.settings.rule.holds(false, &self.evidence_with(now, slow), Some(true)))
    }

    /// Reports that it would have tripped, once each time the rule begins to hold.
    fn report_crossing(&mut self, now: Duration) {
        let sets = [vec![Vec::new()], self.slow_running(now)].concat();
        let held = sets.into_iter().find(|slow| self.holds_with(now, slow));
        if let Some(slow) = &held
            && !self.would_trip
        {
            let evidence = self.evidence_with(now, slow);
            self.report_evidence(&evidence, State::MetricsOnly, Why::Tripped);
        }
        self.would_trip = held.is_some();
    }

    /// Neither more calls at once than allowed, nor more than the trial can still use.
    fn has_slot(&self) -> bool {
        let total = self.calls.len();
        let in_flight = self.running.len();
        in_flight < self.settings.slots as usize && total + in_flight < self.trial.limit(total)
    }

    /// A ramp is not asked.
    fn trial_permits(&self, now: Duration, lucky: bool) -> bool {
        match self.settings.permit {
            Permit::All | Permit::Ramp(..) | Permit::Random(1_000..) => true,
            Permit::Random(_) => lucky,
            Permit::Patient => now - self.since >= Permit::PATIENCE,
        }
    }

    /// The share that a draw admits now. A breaker that draws nothing admits all or none.
    pub fn share(&self, now: Duration) -> f64 {
        match self.settings.permit {
            Permit::Random(share) => f64::from(share) / 1_000.0,
            Permit::Ramp(from, to, duration) if self.is_ramping() => {
                let began = self.deadline.expect("half-open comes after a pause");
                let passed = (now.saturating_sub(began)).as_secs_f64() / duration.as_secs_f64();
                (f64::from(from) + f64::from(to - from) * passed.min(1.0)) / 1_000.0
            }
            _ => 1.0,
        }
    }

    fn wait(&self, now: Duration) -> Wait {
        if self.state != State::HalfOpen {
            return Wait::Exactly(self.retry_after(now));
        }
        let tenth = self.pause.expect("half-open comes after a pause") / 10;
        let wait = tenth.clamp(Duration::from_millis(10), Duration::from_secs(10));
        let rounding = Duration::from_nanos(1 + wait.as_nanos() as u64 / 1_000_000);
        Wait::Between(wait - rounding, wait * 3 / 2 + rounding)
    }

    /// An admitted call ends.
    pub fn finish(&mut self, now: Duration, call: Call, ending: Ending) {
        let mut lasts = call.generation == self.generation;
        if self.reaches(Mark::Stall, now) && lasts && call.probe {
            self.open(now, Why::HalfOpenTimeout);
            lasts = false;
        }
        if lasts && call.runs {
            let place = self.running.iter().position(|&began| began == call.began);
            self.running.remove(place.expect("it runs"));
        }
        if lasts && call.probe {
            // A cancelled call is an outcome only if it counts. Otherwise the wait goes on, or pauses.
            if ending != Ending::Cancelled || self.settings.on_cancel == Outcome::Failure {
                self.patience = self.settings.half_open_timeout();
                self.waits_since = now;
            } else if self.running.is_empty() {
                // After the trial, which an outcome learnt without a call may have ended meanwhile, it no longer matters.
                self.patience = self.patience.saturating_sub(now - self.waits_since);
            }
            if ending == Ending::Cancelled && self.settings.on_cancel != Outcome::Failure {
                self.give_up(now, call.began);
            }
        }
        let outcome = match ending {
            Ending::Reported(outcome) => outcome,
            Ending::Asking(_) => Outcome::Failure,
            Ending::Cancelled => self.settings.on_cancel,
        };
        if outcome == Outcome::Ignored {
            return;
        }
        if !lasts {
            self.late += u64::from(call.counts);
            return;
        }
        // At most an hour. No time says nothing.
        self.asked = match ending {
            Ending::Asking(pause) if pause > Duration::ZERO => Some(pause.min(Duration::from_secs(3_600))),
            _ => None,
        };
        self.enter_outcome(now, outcome == Outcome::Failure, now.saturating_sub(call.began));
        self.asked = None;
    }

    /// A caller no longer waits. Outcomes that say nothing of the service do not keep its trial going for ever.
    fn give_up(&mut self, now: Duration, began: Duration) {
        if self.state == State::HalfOpen && self.phase == Phase::Trial {
            self.given_up += now - began.max(self.told_at);
            let at_once = (self.settings.slots as usize).min(2 * self.trial.length);
            if self.given_up >= self.settings.half_open_timeout() * at_once as u32 {
                self.open(now, Why::HalfOpenTimeout);
            }
        }
    }

    /// An outcome that was learnt without a call.
    pub fn record(&mut self, now: Duration, outcome: Outcome, took: Duration) {
        if outcome != Outcome::Ignored {
            if self.reaches(Mark::Stall, now) {
                self.open(now, Why::HalfOpenTimeout);
            }
            self.patience = self.settings.half_open_timeout();
            self.waits_since = now;
            self.enter_outcome(now, outcome == Outcome::Failure, took);
        }
    }

    fn enter_outcome(&mut self, now: Duration, failed: bool, took: Duration) {
        let record = Record { at: now, failed, took, runs: false };
        if self.state == State::MetricsOnly {
            self.would_trip &= self.may_hold(now);
        }
        if self.counts() && (!failed || self.succeeded_at.is_none()) {
            self.succeeded_at = Some(now);
        }
        match self.state {
            State::Closed => {
                self.calls.push(record);
                self.trips(now);
            }
            State::MetricsOnly => {
                self.calls.push(record);
                self.report_crossing(now);
            }
            State::HalfOpen if self.phase == Phase::Trial => self.judge(now, record),
            State::HalfOpen => self.watch(now, record),
            _ => {}
        }
    }

    /// An outcome of the trial.
    fn judge(&mut self, now: Duration, record: Record) {
        (self.given_up, self.told_at) = (Duration::ZERO, now);
        self.calls.push(record);
        if self.trips(now) {
            return;
        }
        match self.trial.verdict(&self.evidence(now)) {
            Some(false) if self.due(Mark::RampEnd).is_none_or(|end| now >= end) => {
                self.close(now, Why::TrialPassed);
            }
            Some(false) => {
                self.phase = Phase::Ramp;
                self.calls.clear();
            }
            Some(true) | None => {}
        }
    }

    /// An outcome in the ramp.
    fn watch(&mut self, now: Duration, record: Record) {
        self.calls.push(record);
        if !self.trips(now) && self.reaches(Mark::RampEnd, now) {
            self.close(now, Why::RampEnded);
        }
    }

    fn open(&mut self, now: Duration, why: Why) {
        let again = self.state == State::HalfOpen || self.is_recent(now);
        self.reopens = if again { self.reopens + 1 } else { 0 };
        // A breaker that is never tried again stays so.
        let drawn = self.settings.retry.delay(self.reopens);
        let pause = drawn.map(|drawn| self.asked.unwrap_or(drawn));
        self.open_until(now, pause, why);
    }

    fn open_until(&mut self, now: Duration, pause: Option<Duration>, why: Why) {
        self.pause = pause;
        self.deadline = self.pause.map(|pause| now + pause);
        self.evidence = self.evidence(now);
        self.enter(now, State::Open, why);
    }

    /// Whether it closed more recently than the time for which it had been open.
    fn is_recent(&self, now: Duration) -> bool {
        self.closed_at.is_some_and(|closed_at| now - closed_at < self.last_open)
    }

    /// The re-openings that have not been forgiven.
    pub fn reopens(&self, now: Duration) -> u32 {
        if self.state == State::Closed && !self.is_recent(now) { 0 } else { self.reopens }
    }

    fn close(&mut self, now: Duration, why: Why) {
        let kept = if why == Why::RampEnded { self.calls.clone() } else { Vec::new() };
        self.closed_at = Some(now);
        self.enter(now, State::Closed, why);
        self.calls = kept;
    }

    fn enter(&mut self, now: Duration, to: State, why: Why) {
        self.report(now, to, why);
        if self.state == State::Open {
            let open = now - self.since;
            self.last_open = self.pause.map_or(open, |pause| pause.min(open));
        }
        self.state = to;
        self.since = now;
        self.rejected = 0;
        self.begin_generation();
    }

    fn begin_generation(&mut self) {
        self.generation += 1;
        self.calls.clear();
        self.phase = Phase::Trial;
        self.running.clear();
        self.patience = self.settings.half_open_timeout();
        (self.given_up, self.told_at) = (Duration::ZERO, Duration::ZERO);
        self.would_trip = false;
    }

    fn report(&mut self, now: Duration, to: State, why: Why) {
        let evidence = self.evidence(now);
        self.report_evidence(&evidence, to, why);
    }

    fn report_evidence(&mut self, evidence: &Evidence, to: State, why: Why) {
        self.events.push(Event {
            from: self.state,
            to,
            why,
            retry_after: if to == State::Open { self.pause } else { None },
            total: evidence.total(),
            failures: evidence.failures(),
        });
    }

    /// The command to open now, and recover as usual.
    pub fn trip(&mut self, now: Duration) {
        if self.state != State::Open {
            self.open(now, Why::Trip);
        }
    }

    /// The command to open for exactly so long. Open already, it only has another end.
    pub fn open_for(&mut self, now: Duration, pause: Duration) {
        if self.state == State::Open {
            self.pause = Some(pause);
            self.deadline = Some(now + pause);
        } else {
            let again = self.state == State::HalfOpen || self.is_recent(now);
            self.reopens = if again { self.reopens + 1 } else { 0 };
            self.open_until(now, Some(pause), Why::OpenFor);
        }
    }

    pub fn is_due(&self, now: Duration) -> bool {
        self.reaches(Mark::Retry, now)
    }

    /// A manual command: to `Closed` (a reset), `ForcedOpen`, `Disabled` or `MetricsOnly`.
    pub fn command(&mut self, now: Duration, to: State) {
        if to == State::Closed {
            self.reopens = 0;
            self.closed_at = None;
        }
        if self.state == to {
            if to == State::Closed {
                self.begin_generation();
            }
            return;
        }
        let why = match to {
            State::Closed => Why::Reset,
            State::ForcedOpen => Why::ForceOpen,
            State::Disabled => Why::Disable,
            _ => Why::MetricsOnly,
        };
        self.evidence = self.evidence(now);
        self.enter(now, to, why);
    }
}
