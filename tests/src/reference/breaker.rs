//! The breaker itself, by definition: its state, what it knows, and its transitions.

mod admission;
mod assessment;
mod reconfiguration;
mod recording;
mod running;

use std::time::Duration;

use fluxgate::State;

use super::interface::{Event, Life, Mark, Why};
use super::rule::{Evidence, Record};
use super::settings::{Settings, Window};
use super::trial::Trial;

/// The stage of a half-open breaker.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Trial,
    Ramp,
}

#[derive(Clone, Debug)]
pub struct Reference {
    pub settings: Settings,
    pub trial: Trial,
    pub state: State,
    pub since: Duration,
    generation: u64,
    /// Every call that counted since the window was last empty.
    calls: Vec<Record>,
    phase: Phase,
    /// When each running call of this generation began, where the breaker tracks them.
    running: Vec<Duration>,
    /// For how long the trial's calls had run without an outcome by `waits_since`.
    waited: Duration,
    waits_since: Duration,
    /// How long abandoned calls ran since the trial's last outcome that was not ignored, and when that outcome came.
    given_up: Duration,
    told_at: Duration,
    /// What the breaker knew when it tripped; shown while no calls are counted.
    evidence: Evidence,
    /// How long the failure being recorded asks to be left alone.
    asked: Option<Duration>,
    /// The pause of the last opening, from then on; `None` is endless.
    pause: Option<Duration>,
    /// When that pause ends and the ramp begins.
    deadline: Option<Duration>,
    reopens: u32,
    last_open: Duration,
    closed_at: Option<Duration>,
    /// When a call last succeeded, in any state; before any success, when the first outcome came.
    succeeded_at: Option<Duration>,
    pub rejected: u64,
    pub life: Life,
    would_trip: bool,
    /// Whether the rule has changed since the last event, and may no longer have the condition that caused it.
    pub may_lack_cause: bool,
    pub events: Vec<Event>,
}

impl Reference {
    const LONGEST_ASKED: Duration = Duration::from_secs(3_600);

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
            waited: Duration::ZERO,
            waits_since: Duration::ZERO,
            given_up: Duration::ZERO,
            told_at: Duration::ZERO,
            evidence: Evidence::default(),
            asked: None,
            pause: None,
            deadline: None,
            reopens: 0,
            last_open: Duration::ZERO,
            closed_at: Some(Duration::ZERO),
            succeeded_at: None,
            rejected: 0,
            life: Life::default(),
            would_trip: false,
            may_lack_cause: false,
            events: Vec::new(),
        }
    }

    /// What the breaker should know about recent calls.
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

    /// The same, with these running calls counted as if they had just ended.
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

    /// What happened so far, with the present stay.
    pub fn life_until(&self, now: Duration) -> Life {
        let mut life = self.life.clone();
        *life.spent.entry(self.state.as_str()).or_default() += now - self.since;
        life.spent.retain(|_, spent| !spent.is_zero());
        life
    }

    /// How long until an open breaker tries again.
    pub fn retry_after(&self, now: Duration) -> Option<Duration> {
        if self.state == State::Open { Some(self.deadline?.saturating_sub(now)) } else { None }
    }

    pub fn is_ramping(&self) -> bool {
        self.state == State::HalfOpen && self.phase == Phase::Ramp
    }

    /// When this becomes due, if it ever does.
    pub fn due(&self, mark: Mark) -> Option<Duration> {
        let half_open = |phase| self.state == State::HalfOpen && self.phase == phase;
        match mark {
            Mark::Retry if self.state == State::Open => self.deadline,
            Mark::Stall if half_open(Phase::Trial) && !self.running.is_empty() => {
                Some(self.waits_since + self.settings.half_open_timeout().saturating_sub(self.waited))
            }
            Mark::RampEnd if self.state == State::HalfOpen => {
                Some(self.deadline? + self.settings.permit.ramp().unwrap_or_default())
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

    /// Opens the breaker if the rule holds for finished calls, alone or with some running ones.
    fn trips(&mut self, now: Duration) -> bool {
        let sets = [vec![Vec::new()], self.slow_running(now)].concat();
        let Some(slow) = sets.into_iter().find(|slow| self.holds_with(now, slow)) else { return false };
        self.life.slow += slow.len() as u64;
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

    /// Whether the rule may still hold on a breaker that only reports. `custom` conditions are not asked between calls, so they count
    /// as true.
    fn may_hold(&self, now: Duration) -> bool {
        let sets = [vec![Vec::new()], self.slow_running(now)].concat();
        sets.iter().any(|slow| self.settings.rule.holds(false, &self.evidence_with(now, slow), Some(true)))
    }

    /// Reports that it would have tripped, once each time the rule starts to hold.
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

    fn open(&mut self, now: Duration, why: Why) {
        self.count_opening(now);
        // A breaker that never retries does not start to because a failure asks for a pause.
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

    /// If it has just opened for as long as it was asked to, that is for this long, up to a tenth more.
    pub fn draw(&mut self, asked: Duration, drawn: Duration) {
        let [least, most] = [asked, asked + asked / 10].map(|pause| pause.min(Self::LONGEST_ASKED));
        if let Some(Event { to: State::Open, retry_after: Some(pause), .. }) = self.events.last_mut()
            && *pause == least
            && (least..=most).contains(&drawn)
        {
            *pause = drawn;
            self.pause = Some(drawn);
            self.deadline = Some(self.since + drawn);
        }
    }

    fn count_opening(&mut self, now: Duration) {
        self.reopens = if self.is_forgiven(now) { 0 } else { self.reopens + 1 };
        self.closed_at = None;
    }

    /// Whether it has since been closed for as long as it was last open.
    fn is_forgiven(&self, now: Duration) -> bool {
        self.closed_at.is_some_and(|closed_at| now - closed_at >= self.last_open)
    }

    /// The re-openings not yet forgiven.
    pub fn reopens(&self, now: Duration) -> u32 {
        if self.is_forgiven(now) { 0 } else { self.reopens }
    }

    fn close(&mut self, now: Duration, why: Why) {
        let kept = if why == Why::RampEnded { self.calls.clone() } else { Vec::new() };
        self.closed_at = Some(now);
        self.enter(now, State::Closed, why);
        self.calls = kept;
    }

    fn enter(&mut self, now: Duration, to: State, why: Why) {
        self.report(now, to, why);
        *self.life.spent.entry(self.state.as_str()).or_default() += now - self.since;
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
        self.waited = Duration::ZERO;
        (self.given_up, self.told_at) = (Duration::ZERO, Duration::ZERO);
        self.would_trip = false;
    }

    fn report(&mut self, now: Duration, to: State, why: Why) {
        let evidence = self.evidence(now);
        self.report_evidence(&evidence, to, why);
    }

    fn report_evidence(&mut self, evidence: &Evidence, to: State, why: Why) {
        self.may_lack_cause = false;
        self.events.push(Event {
            from: self.state,
            to,
            why,
            retry_after: if to == State::Open { self.pause } else { None },
            total: evidence.total(),
            failures: evidence.failures(),
        });
    }

    /// The command to open now and recover as usual.
    pub fn trip(&mut self, now: Duration) {
        if self.state != State::Open {
            self.open(now, Why::Trip);
        }
    }

    /// The command to open for exactly this long. If already open, only the end of the pause moves.
    pub fn open_for(&mut self, now: Duration, pause: Duration) {
        if self.state == State::Open {
            self.pause = Some(now + pause - self.since);
            self.deadline = Some(now + pause);
        } else {
            self.count_opening(now);
            self.open_until(now, Some(pause), Why::OpenFor);
        }
    }

    pub fn is_due(&self, now: Duration) -> bool {
        self.reaches(Mark::Retry, now)
    }

    /// A manual command: to `Closed` (a reset), `ForcedOpen`, `Disabled` or `MetricsOnly`.
    pub fn command(&mut self, now: Duration, to: State) {
        if self.state == to {
            if to == State::Closed {
                self.begin_generation();
                self.forget_openings(now);
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
        if to == State::Closed {
            self.forget_openings(now);
        }
    }

    fn forget_openings(&mut self, now: Duration) {
        (self.reopens, self.last_open, self.closed_at) = (0, Duration::ZERO, Some(now));
    }
}
