//! The promises, in figures.
//!
//! # A healthy dependency gets its traffic back
//! Every call succeeds, faster than every threshold of the rule and than `half_open_timeout`. With a call each `gap`, each of
//! which takes `duration`, a breaker whose pause ends at `due` is closed, and admits every call, after at most
//!
//! ```text
//! due + max(gap + trial, ramp) + gap
//! trial = attempts * gap + ceil(N / slots) * (duration + gap) + duration
//! ```
//!
//! where `N` is the length of the trial, `slots` the least of `max_half_open_calls` and `N`, and `attempts` the calls of which the
//! permit admits `N`: `N` for all permits except `random`, for which it is `N` over its share, plus more for bad luck. A `custom` permit
//! adds the time until it admits. If no call comes when the pause ends, `due` is when one does, and the ramp has already begun.
//!
//! # A dead one is given up again
//! Every call fails, or is slow by some threshold of the rule, or hangs. Each trial admits at most `K - 1 + slots` calls, where `K` is
//! the number of outcomes that make a trip certain (at most `N` where half-open asks for what the dead calls do), and at most `N` that
//! hang; then it is open for its pause, and admits none. In the ramp and while closed it is given up after as many calls as
//! push all good ones out of the window, and then make the rule hold. If `in_flight(n)` is enough to trip, hanging calls are noticed, too: it is
//! given up after n of them. Callers that abandon hanging calls after `D`, from which nothing
//! is learnt, make up to `slots * (ceil(half_open_timeout / D) + 1)` of them.

use std::time::Duration;

use fluxgate_tests::reference::{Evidence, Permit, Record, Rule, Settings, Trial, Window};

use crate::configuration::{Configuration, Death, MOST_GAPS};

pub(crate) struct Bounds<'a> {
    configuration: &'a Configuration,
    settings: &'a Settings,
    trial: Trial,
}

/// How a trial of a dead service ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    /// It is lost after this many outcomes.
    Lost(usize),
    /// It stalls.
    Stalls,
    /// It passes after this many outcomes, because the rule does not look for this in half-open. Only a user function can be the
    /// reason; otherwise the rule is refused.
    Passes(usize),
}

impl<'a> Bounds<'a> {
    pub(crate) fn of(configuration: &'a Configuration) -> Self {
        let settings = &configuration.settings;
        let trial = Trial::of(&settings.rule).expect("`build()` refuses a rule without a trial");
        Self { configuration, settings, trial }
    }

    fn slots(&self) -> usize {
        self.trial.length.min(self.settings.slots as usize)
    }

    /// How many calls it takes until the permit of a trial has admitted `admitted`.
    ///
    /// For a share, enough that fewer are admitted less than once in 10^15 times (Chernoff's bound).
    fn attempts(&self, admitted: usize) -> u32 {
        let Permit::Random(share @ ..1_000) = self.settings.permit else { return admitted as u32 };
        let (unlikely, admitted) = (35.0, admitted as f64);
        let expected = admitted + unlikely + (unlikely * (unlikely + 2.0 * admitted)).sqrt();
        (expected * 1_000.0 / f64::from(share)).ceil() as u32
    }

    /// How long a trial takes at most until it has this many outcomes.
    fn trial_of(&self, outcomes: usize, duration: Duration) -> Duration {
        let gap = self.configuration.gap;
        // An extended trial waits once more, until its first half is in.
        let extended = u32::from(outcomes > self.trial.length);
        let rounds = outcomes.div_ceil(self.slots()) as u32 + extended;
        let patience =
            if let Permit::Patient = self.settings.permit { Permit::PATIENCE + gap } else { Duration::ZERO };
        patience + gap * self.attempts(outcomes) + (duration + gap) * rounds + duration
    }

    pub(crate) fn ramp(&self) -> Duration {
        self.settings.permit.ramp().unwrap_or_default()
    }

    /// When a breaker is closed at the latest, if its pause ends at `due` and its next call comes at or after `first`.
    pub(crate) fn closed_by(&self, due: Duration, first: Duration) -> Duration {
        let trial = self.trial_of(self.trial.length, self.configuration.healthy);
        (first.max(due) + self.configuration.gap + trial).max(due + self.ramp()) + self.configuration.gap
    }

    /// How long earlier calls may keep a service that has just come back waiting in half-open: a trial in which dead calls still take
    /// part, and the ramp after it. They may still trip it once.
    pub(crate) fn aftermath(&self) -> Duration {
        let gap = self.configuration.gap;
        let dead = self.configuration.death.duration().unwrap_or_default();
        let trial = self.trial_of(2 * self.trial.length, self.configuration.healthy.max(dead));
        trial
            + self.settings.half_open_timeout() * 2
            + dead
            + self.ramp()
            + self.configuration.healthy
            + gap * 4
    }

    /// After how many calls of a healthy service no trace of earlier calls is left.
    pub(crate) fn calls_until_forgotten(&self) -> usize {
        let dead = self.configuration.death.duration().unwrap_or_default();
        let held = match self.settings.window {
            Window::Count(size) => size,
            Window::Time(duration, _) => self.calls_in(duration * 2),
        };
        held + self.calls_in(dead) + self.calls_in(self.configuration.healthy) + 4
    }

    fn calls_in(&self, time: Duration) -> usize {
        (time.as_nanos() / self.configuration.gap.as_nanos()) as usize
    }

    /// The longest pause.
    pub(crate) fn pause(&self) -> Option<Duration> {
        Some(self.settings.retry.longest()?.mul_f64(1.0 + f64::from(self.configuration.jitter) / 1_000.0))
    }

    /// How a trial of this dead service ends.
    pub(crate) fn fate(&self, death: Death) -> Fate {
        match death.duration() {
            Some(took) if took < self.settings.half_open_timeout() => {
                let mut calls = 0;
                loop {
                    calls += 1;
                    match self.trial.verdict(&self.evidence(death, took, calls, calls)) {
                        Some(true) => return Fate::Lost(calls),
                        Some(false) => return Fate::Passes(calls),
                        None => {}
                    }
                }
            }
            _ => Fate::Stalls,
        }
    }

    /// The most calls that a trial of a dead service admits.
    pub(crate) fn calls_of_trial(&self, fate: Fate) -> usize {
        match fate {
            Fate::Stalls => self.slots() * self.rounds_until_stalled(),
            Fate::Lost(outcomes) | Fate::Passes(outcomes) => {
                (outcomes - 1 + self.slots()).min(self.trial.limit(outcomes - 1))
            }
        }
    }

    /// The fewest good calls on which a trial of a healthy service may pass.
    pub(crate) fn good(&self) -> u64 {
        self.trial.good as u64
    }

    /// How often the slots are taken, at most, before a trial stalls because its callers give up.
    fn rounds_until_stalled(&self) -> usize {
        match self.configuration.death {
            Death::Hang(Some(given_up)) => {
                let timeout = self.settings.half_open_timeout();
                (timeout.as_nanos().div_ceil(given_up.as_nanos().max(1)) + 1) as usize
            }
            _ => 1,
        }
    }

    /// The most calls that any trial admits.
    pub(crate) fn calls_of_any_trial(&self) -> usize {
        (2 * self.trial.length).max(self.slots() * self.rounds_until_stalled())
    }

    /// How long a trial of a dead service takes at most.
    pub(crate) fn dead_trial(&self, fate: Fate) -> Duration {
        let gap = self.configuration.gap;
        if let (Fate::Lost(outcomes) | Fate::Passes(outcomes), Some(took)) =
            (fate, self.configuration.death.duration())
        {
            return self.trial_of(outcomes, took) + gap;
        }
        // The first admitted call starts the wait, which pauses while no call is in flight.
        let rounds = self.rounds_until_stalled();
        self.trial_of(rounds, Duration::ZERO) + self.settings.half_open_timeout() + gap * (rounds as u32 + 2)
    }

    /// The most calls that a closed breaker admits once no call ends any more, if only the number of calls in
    /// flight can open it.
    pub(crate) fn calls_until_crowded(&self) -> Option<usize> {
        let crowd = |alternative: Vec<Rule>| match &alternative[..] {
            [Rule::InFlight(calls)] | [Rule::Closed, Rule::InFlight(calls)] => Some(*calls as usize),
            _ => None,
        };
        self.settings.rule.alternatives().into_iter().filter_map(crowd).min()
    }

    /// The most calls that a breaker, closed or in its ramp, admits to a service once it is dead; `None` if the rule cannot
    /// notice it: the rule does not look for what the service does, or needs more calls than come in a time window.
    pub(crate) fn calls_until_trip(&self, death: Death) -> Option<usize> {
        let took = death.duration()?;
        let calls_in = |time| self.calls_in(time);
        let (holds, forgets) = match self.settings.window {
            Window::Count(size) => (size, 0),
            Window::Time(duration, buckets) => {
                let bucket = duration / buckets as u32;
                (calls_in(bucket * buckets as u32).max(1), calls_in(duration + bucket * 2))
            }
        };
        let trips = |calls: &usize| {
            self.settings.rule.holds(false, &self.evidence(death, took, holds.min(*calls), *calls), None)
        };
        // A streak may be longer than the window, and so may the time for which calls have failed.
        let needed = (holds..holds + 30 + MOST_GAPS as usize).find(trips)?;
        // Those that the ramp admits before a time window fills at the full rate; those in flight when the
        // service died, when the ramp ended, and when the rule held.
        let ramp = self.settings.permit.ramp().map_or(0, |ramp| {
            let thins_out = matches!(self.settings.window, Window::Time(..));
            if thins_out { calls_in(ramp) + 1 } else { 0 }
        });
        let in_flight = calls_in(self.configuration.healthy) + 2 * calls_in(took) + 4;
        Some(needed + forgets + ramp + in_flight)
    }

    /// `calls` calls of a dead service, the given number of them in a row, one in each gap at most.
    fn evidence(&self, death: Death, took: Duration, calls: usize, in_a_row: usize) -> Evidence {
        let failed = death.fails();
        Evidence {
            calls: vec![Record { at: Duration::ZERO, failed, took, runs: false }; calls],
            streak: if failed { in_a_row } else { 0 },
            failing_for: self.configuration.gap * (in_a_row as u32 - 1),
            ..Evidence::default()
        }
    }
}

impl Death {
    /// How long its calls take; `None` without end.
    pub(crate) fn duration(self) -> Option<Duration> {
        match self {
            Self::Fail(duration) | Self::Succeed(duration) => Some(duration),
            Self::Hang(_) => None,
        }
    }

    pub(crate) fn fails(self) -> bool {
        matches!(self, Self::Fail(_))
    }
}
