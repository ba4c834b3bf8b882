//! Who is admitted, and what a refusal says.

use std::time::Duration;

use fluxgate::State;

use super::{Phase, Reference};
use crate::reference::interface::{Call, Mark, Refusal, Wait, Why};
use crate::reference::settings::Permit;

impl Reference {
    /// A call asks to be admitted. Where a share decides, `lucky` is the draw; `lucky_again` is the draw for the next trial, in case
    /// running calls open the breaker first.
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
        let is_watched = self.life.watched.is_some();
        let (generation, state) = (self.generation, self.state);
        let call = Call { generation, began: now, state, probe, runs, is_watched };
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
            // Running calls opened it.
            return self.acquire(now, lucky_again, lucky_again);
        }
        self.rejected += 1;
        self.life.refused += 1;
        Err(Refusal { state: self.state, retry_after: self.wait(now) })
    }

    /// Whether another call stays within the concurrency limit and within what the trial can still use.
    pub(super) fn has_slot(&self) -> bool {
        let total = self.calls.len();
        let in_flight = self.running.len();
        in_flight < self.settings.slots as usize && total + in_flight < self.trial.limit(total)
    }

    /// A ramp always permits during the trial.
    pub(super) fn trial_permits(&self, now: Duration, lucky: bool) -> bool {
        match self.settings.permit {
            Permit::All | Permit::Ramp(..) | Permit::Random(1_000..) => true,
            Permit::Random(_) => lucky,
            Permit::Patient => now - self.since >= Permit::PATIENCE,
        }
    }

    /// The share of calls admitted now; 1 where nothing is drawn.
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

    pub(super) fn wait(&self, now: Duration) -> Wait {
        if self.state != State::HalfOpen {
            return Wait::Exactly(self.retry_after(now));
        }
        let tenth = self.pause.expect("half-open comes after a pause") / 10;
        let wait = tenth.clamp(Duration::from_millis(10), Duration::from_secs(10));
        let rounding = Duration::from_nanos(1 + wait.as_nanos() as u64 / 1_000_000);
        Wait::Between(wait - rounding, wait * 3 / 2 + rounding)
    }
}
