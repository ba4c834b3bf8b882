//! The breaker itself, by definition.

use std::time::Duration;

use fluxgate::{Outcome, State};

use super::rule::{Evidence, Record};
use super::settings::{Permit, Settings, Window};

/// Why a transition happened, without the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    Tripped,
    RetryDue,
    TrialPassed,
    RampEnded,
    HalfOpenTimeout,
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
    probe: bool,
    /// Whether its outcome would ever have counted.
    counts: bool,
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
    trial: usize,
    pub state: State,
    pub since: Duration,
    generation: u64,
    /// Every call that counted since the window was last empty.
    calls: Vec<Record>,
    phase: Phase,
    probes: u32,
    /// What the breaker knew when it tripped; shown while no calls are counted.
    evidence: Evidence,
    deadline: Option<Duration>,
    reopens: u32,
    last_open: Duration,
    closed_at: Option<Duration>,
    pub rejected: u64,
    pub late: u64,
    would_trip: bool,
    pub events: Vec<Event>,
}

impl Reference {
    pub fn new(settings: Settings, now: Duration) -> Self {
        let trial = settings.rule.trial_length().expect("the rule can end a trial");
        Self {
            settings,
            trial,
            state: State::Closed,
            since: now,
            generation: 0,
            calls: Vec::new(),
            phase: Phase::Trial,
            probes: 0,
            evidence: Evidence::default(),
            deadline: None,
            reopens: 0,
            last_open: Duration::ZERO,
            closed_at: None,
            rejected: 0,
            late: 0,
            would_trip: false,
            events: Vec::new(),
        }
    }

    /// What the breaker should say of recent calls.
    pub fn evidence(&self, now: Duration) -> Evidence {
        let streak = self.calls.iter().rev().take_while(|call| call.failed).count();
        match self.state {
            State::Closed | State::MetricsOnly => Evidence { calls: self.window(now), streak },
            State::HalfOpen if self.phase == Phase::Ramp => Evidence { calls: self.window(now), streak },
            State::HalfOpen => Evidence { calls: self.calls.clone(), streak },
            _ => self.evidence.clone(),
        }
    }

    fn window(&self, now: Duration) -> Vec<Record> {
        match self.settings.window {
            Window::Count(size) => self.calls[self.calls.len().saturating_sub(size)..].to_vec(),
            Window::Time(duration, buckets) => {
                let length = duration.as_nanos() / buckets as u128;
                let bucket = |at: Duration| at.as_nanos() / length;
                let recent = |call: &&Record| bucket(call.at) + buckets as u128 > bucket(now);
                self.calls.iter().filter(recent).copied().collect()
            }
        }
    }

    pub fn retry_after(&self, now: Duration) -> Option<Duration> {
        if self.state == State::Open { Some(self.deadline?.saturating_sub(now)) } else { None }
    }

    /// A call asks to be admitted.
    pub fn acquire(&mut self, now: Duration) -> Option<Call> {
        if self.state == State::HalfOpen {
            self.half_open_ends(now);
        }
        if self.state == State::Open && self.deadline.is_some_and(|deadline| now >= deadline) {
            self.last_open = now - self.since;
            self.enter(now, State::HalfOpen, Why::RetryDue);
        }
        let admitted = match self.state {
            State::Open | State::ForcedOpen => false,
            State::HalfOpen => {
                let slot = self.phase == Phase::Ramp || self.probes < self.settings.slots;
                slot && self.settings.permit.admits(now - self.since)
            }
            _ => true,
        };
        if !admitted {
            self.rejected += 1;
            return None;
        }
        let probe = self.state == State::HalfOpen && self.phase == Phase::Trial;
        self.probes += u32::from(probe);
        let counts = self.state != State::Disabled;
        Some(Call { generation: self.generation, began: now, probe, counts })
    }

    /// A half-open breaker that was left alone too long, or whose ramp is over, moves on when it is next asked: to where it
    /// would have gone first.
    fn half_open_ends(&mut self, now: Duration) {
        if self.is_overdue(now) {
            self.open(now, Why::HalfOpenTimeout);
        } else if self.phase == Phase::Ramp && self.ramp_is_over(now) {
            self.close(now, Why::RampEnded);
        }
    }

    fn is_overdue(&self, now: Duration) -> bool {
        let Some(longest) = self.settings.half_open_timeout else { return false };
        let closes_before = match (self.phase, self.settings.permit) {
            (Phase::Ramp, Permit::Ramp(ramp)) => ramp <= longest,
            _ => false,
        };
        now - self.since >= longest && !closes_before
    }

    fn ramp_is_over(&self, now: Duration) -> bool {
        match self.settings.permit {
            Permit::Ramp(duration) => now - self.since >= duration,
            _ => true,
        }
    }

    /// An admitted call ends.
    pub fn finish(&mut self, now: Duration, call: Call, outcome: Outcome) {
        let lasts = call.generation == self.generation;
        if lasts && call.probe {
            self.probes -= 1;
        }
        let overdue = lasts && self.state == State::HalfOpen && self.is_overdue(now);
        if overdue {
            self.open(now, Why::HalfOpenTimeout);
        }
        if outcome == Outcome::Ignored {
            return;
        }
        if !lasts || overdue {
            self.late += u64::from(call.counts);
            return;
        }
        let record =
            Record { at: now, failed: outcome == Outcome::Failure, took: now.saturating_sub(call.began) };
        match self.state {
            State::Closed => {
                self.calls.push(record);
                if self.settings.rule.holds(false, &self.evidence(now), None) {
                    self.open(now, Why::Tripped);
                }
            }
            State::MetricsOnly => {
                // What a `custom` condition would have said of the time between two calls, nobody asked.
                self.would_trip &= self.settings.rule.holds(false, &self.evidence(now), Some(true));
                self.calls.push(record);
                let holds = self.settings.rule.holds(false, &self.evidence(now), None);
                if holds && !self.would_trip {
                    self.report(now, State::MetricsOnly, Why::Tripped);
                }
                self.would_trip = holds;
            }
            State::HalfOpen => self.judge(now, record),
            _ => {}
        }
    }

    fn judge(&mut self, now: Duration, record: Record) {
        self.calls.push(record);
        let evidence = self.evidence(now);
        if self.phase == Phase::Ramp {
            if self.settings.rule.holds(true, &evidence, None) {
                self.open(now, Why::Tripped);
            } else if self.ramp_is_over(now) {
                self.close(now, Why::RampEnded);
            }
            return;
        }
        match self.settings.rule.verdict(&evidence, self.trial - self.calls.len()) {
            Some(true) => self.open(now, Why::Tripped),
            Some(false) if self.ramp_is_over(now) => self.close(now, Why::TrialPassed),
            Some(false) => {
                self.phase = Phase::Ramp;
                self.calls.clear();
            }
            None => {}
        }
    }

    fn open(&mut self, now: Duration, why: Why) {
        let again = self.state == State::HalfOpen || self.is_recent(now);
        self.reopens = if again { self.reopens + 1 } else { 0 };
        self.deadline = self.settings.retry.delay(self.reopens).map(|delay| now + delay);
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
        self.state = to;
        self.since = now;
        self.rejected = 0;
        self.begin_generation();
    }

    fn begin_generation(&mut self) {
        self.generation += 1;
        self.calls.clear();
        self.phase = Phase::Trial;
        self.probes = 0;
        self.would_trip = false;
    }

    fn report(&mut self, now: Duration, to: State, why: Why) {
        let evidence = self.evidence(now);
        self.events.push(Event {
            from: self.state,
            to,
            why,
            retry_after: if to == State::Open { self.deadline.map(|deadline| deadline - now) } else { None },
            total: evidence.total(),
            failures: evidence.failures(),
        });
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
