//! Why a rule held.

use core::fmt;
use std::time::Duration;

use fluxgate_rules::duration::{Spelled, Spoken, third_digit};
use fluxgate_rules::evaluate::{Situation, cause};
use fluxgate_rules::metrics::nanos;
use fluxgate_rules::ratio::Percent;
use fluxgate_rules::{Condition, Metrics, Node, Ratio};

/// The condition that held, with its figures.
///
/// It prints as a sentence: `6 of the last 10 calls failed (60% >= 50%)`.
#[derive(Clone, Copy, PartialEq)]
pub struct Cause {
    condition: Condition,
    figures: Figures,
}

/// What a condition was compared with: `part` of `whole` calls, or, as `part`, the mean of `whole` calls in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Figures {
    /// The index of the condition among the rule's nodes.
    pub(crate) node: u64,
    pub(crate) part: u64,
    pub(crate) whole: u64,
}

impl Figures {
    /// No figures.
    pub(crate) const NONE: Self = Self { node: u64::MAX, part: 0, whole: 0 };

    /// No condition, but an injected fault.
    pub(crate) const FAULT: Self = Self { node: u64::MAX - 1, part: 0, whole: 0 };

    /// No condition, but something else, by its number in some list.
    pub(crate) const fn other(number: u64) -> Self {
        Self { node: u64::MAX - 2, part: number, whole: 0 }
    }

    /// The number, if this is something else.
    pub(crate) fn number(self) -> Option<u64> {
        (self == Self::other(self.part)).then_some(self.part)
    }

    /// The figures, taken from `metrics`, of the condition that best explains why the rule holds in `situation`.
    pub(crate) fn of(nodes: &[Node], situation: &Situation<'_>, metrics: &Metrics) -> Self {
        let node = cause(nodes, situation);
        let part = match &nodes[node] {
            Node::Condition(condition) => part(condition, metrics),
            Node::All(_) | Node::Any(_) => metrics.total(),
        };
        Self { node: node as u64, part, whole: metrics.total() }
    }

    /// The cause, if the node is one of the rule's conditions.
    pub(crate) fn cause(self, nodes: &[Node]) -> Option<Cause> {
        match nodes.get(usize::try_from(self.node).ok()?)? {
            Node::Condition(condition) => Some(Cause { condition: *condition, figures: self }),
            Node::All(_) | Node::Any(_) => None,
        }
    }

    /// The same figures, for a breaker whose rule is now `new`; none if that lacks the condition.
    pub(crate) fn of_rule(self, old: &[Node], new: &[Node]) -> Self {
        let Some(cause) = self.cause(old) else { return self };
        let place = new.iter().position(|node| *node == Node::Condition(cause.condition));
        place.map_or(Self::NONE, |place| Self { node: place as u64, ..self })
    }
}

impl Cause {
    /// The condition as the rule spells it: `failure_rate(0.5)`.
    pub fn condition(&self) -> String {
        self.condition.to_string()
    }

    pub(super) fn figures(self) -> Figures {
        self.figures
    }
}

/// Contains the sentence, because people see this when they unwrap a refusal.
impl fmt::Debug for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Cause({self})")
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { part, whole, .. } = self.figures;
        fmt::Display::fmt(&Sentence { condition: self.condition, part, whole, holds: true }, formatter)
    }
}

/// With the feature `serde`: `condition`, and `message`, which is what it prints.
#[cfg(feature = "serde")]
impl serde::Serialize for Cause {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut fields = serializer.serialize_struct("Cause", 2)?;
        fields.serialize_field("condition", &format_args!("{}", self.condition))?;
        fields.serialize_field("message", &format_args!("{self}"))?;
        fields.end()
    }
}

/// The figure that the condition compares.
fn part(condition: &Condition, metrics: &Metrics) -> u64 {
    match *condition {
        Condition::FailureRate(_) | Condition::SureFailureRate(_) | Condition::Failures(_) => {
            metrics.failures()
        }
        Condition::FailureStreak(_) => u64::from(metrics.failure_streak()),
        Condition::SlowRate(_, threshold) => metrics.slow(threshold).unwrap_or(0),
        Condition::AvgLatency(_) => metrics.avg_latency().map_or(0, nanos),
        Condition::FailingFor(_) => metrics.failing_for().map_or(0, nanos),
        Condition::InFlight(_) => u64::from(metrics.running()),
        Condition::Closed | Condition::HalfOpen | Condition::Min(_) | Condition::Custom { .. } => {
            metrics.total()
        }
    }
}

/// A condition and its figures, as a sentence.
pub(crate) struct Sentence {
    condition: Condition,
    part: u64,
    whole: u64,
    holds: bool,
}

impl Sentence {
    /// For a condition that now holds or does not.
    pub(crate) fn of(condition: Condition, metrics: &Metrics, holds: bool) -> Self {
        Self { condition, part: part(&condition, metrics), whole: metrics.total(), holds }
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { condition, part, whole, holds } = *self;
        let sign = if holds { ">=" } else { "<" };
        match condition {
            Condition::FailureRate(least) => {
                let (calls, (share, least)) = (Fraction(part, whole), self.shares(least, !holds));
                write!(formatter, "{calls} failed ({share} {sign} {least})")
            }
            Condition::SureFailureRate(rate) => {
                let (calls, (found, share)) = (Fraction(part, whole), self.shares(rate.share(), false));
                let sure = Percent(rate.sure());
                if holds {
                    write!(formatter, "{calls} failed ({found} > {share}, {sure} sure)")
                } else {
                    write!(formatter, "{calls} failed ({found}, not {sure} sure to be > {share})")
                }
            }
            Condition::Failures(least) => {
                write!(formatter, "{} failed ({part} {sign} {least})", Fraction(part, whole))
            }
            Condition::FailureStreak(least) => {
                write!(formatter, "{part} failed in a row ({part} {sign} {least})")
            }
            Condition::SlowRate(least, threshold) => {
                let (calls, (share, least)) = (Fraction(part, whole), self.shares(least, !holds));
                write!(formatter, "{calls} took {} or longer ({share} {sign} {least})", Spelled(threshold))
            }
            Condition::AvgLatency(least) => {
                let mean = self.duration(least);
                let (calls, least) = (Recent(whole), Spelled(least));
                write!(formatter, "{calls} took {mean} on average ({mean} {sign} {least})")
            }
            Condition::FailingFor(least) => {
                let failing = self.duration(least);
                write!(formatter, "no call has succeeded for {failing} ({failing} {sign} {})", Spelled(least))
            }
            Condition::InFlight(least) => {
                let are = if part == 1 { "is" } else { "are" };
                write!(formatter, "{} {are} running at once ({part} {sign} {least})", Counted(part))
            }
            Condition::Custom { path, .. } => {
                write!(formatter, "custom({path}) held for {}", Recent(whole))
            }
            Condition::Min(_) | Condition::Closed | Condition::HalfOpen => {
                write!(formatter, "{} made ({condition})", Counted(whole))
            }
        }
    }
}

/// Figures are rounded, but not across the limit that they are compared with.
impl Sentence {
    /// The share of calls and its limit, to hundredths of a percent, or finer if the limit is small.
    fn shares(&self, limit: Ratio, is_less: bool) -> (Percent, Percent) {
        let limit = limit.parts_per_billion().unsigned_abs();
        let step = third_digit(limit).min(100_000);
        let limit = (limit + step / 2) / step;
        let parts = u128::from(self.part) * 1_000_000_000;
        let steps = u128::from(self.whole.max(1)) * u128::from(step);
        let share = ((parts + steps / 2) / steps) as u64;
        let share = if is_less { share.min(limit.saturating_sub(1)) } else { share };
        let percent = |steps: u64| {
            Percent(Ratio::from_parts_per_billion(i64::try_from(steps * step).unwrap_or(i64::MAX)))
        };
        (percent(share), percent(limit))
    }

    /// Nobody reads nanoseconds next to milliseconds.
    fn duration(&self, limit: Duration) -> String {
        let spoken = Spoken(Duration::from_nanos(self.part));
        let is_below = spoken.rounded() < limit;
        if self.holds && is_below { Spelled(limit).to_string() } else { spoken.to_string() }
    }
}

/// `6 of the last 10 calls`.
pub(crate) struct Fraction(pub(crate) u64, pub(crate) u64);

impl fmt::Display for Fraction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.0, Recent(self.1))
    }
}

/// `the last 10 calls`, or `1 call`, which is the last one in any case.
struct Recent(u64);

impl fmt::Display for Recent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > 1 {
            formatter.write_str("the last ")?;
        }
        Counted(self.0).fmt(formatter)
    }
}

/// `10 calls`, `1 call`.
pub(crate) struct Counted(pub(crate) u64);

impl fmt::Display for Counted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0, if self.0 == 1 { "call" } else { "calls" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, Sentence};
    use crate::trip;
    use fluxgate_rules::evaluate::{Customs, Situation, condition_holds};
    use fluxgate_rules::{Metrics, Node, Rule, Tally};
    use std::time::Duration;

    fn sentence(rule: &Rule, total: u64, failures: u64, slow: u64, streak: u32) -> String {
        let tally =
            Tally { total, failures, slow: [slow, 0, 0, 0], latency: u128::from(total) * 1_234_567_891 };
        let metrics = Metrics::new(tally, streak, Rule::measures(rule.nodes())).after_success(5_678_901_234);
        let metrics = metrics.while_running(7);
        let situation = Situation { half_open: false, metrics: &metrics, customs: Customs::ALL };
        Figures::of(rule.nodes(), &situation, &metrics).cause(rule.nodes()).unwrap().to_string()
    }

    #[test]
    fn a_cause_is_a_sentence() {
        let second = Duration::from_secs(1);
        for (rule, text) in [
            (trip::min(10) & trip::failure_rate(0.5), "6 of the last 10 calls failed (60% >= 50%)"),
            (trip::failure_rate(0.1).sure(0.99), "6 of the last 10 calls failed (60% > 10%, 99% sure)"),
            (trip::failures(5), "6 of the last 10 calls failed (6 >= 5)"),
            (trip::failure_streak(3), "4 failed in a row (4 >= 3)"),
            (
                trip::min(1) & trip::slow_rate(0.25, second),
                "3 of the last 10 calls took 1s or longer (30% >= 25%)",
            ),
            (
                trip::min(1) & trip::avg_latency(second),
                "the last 10 calls took 1.23s on average (1.23s >= 1s)",
            ),
            (trip::failing_for(second), "no call has succeeded for 5.67s (5.67s >= 1s)"),
            (trip::in_flight(7), "7 calls are running at once (7 >= 7)"),
            (trip::min(1) & trip::custom(|_| true), "custom(..) held for the last 10 calls"),
        ] {
            assert_eq!(sentence(&rule, 10, 6, 3, 4), text);
        }
        let third = trip::min(3) & trip::failure_rate(0.333);
        assert_eq!(sentence(&third, 3, 1, 0, 1), "1 of the last 3 calls failed (33.33% >= 33.3%)");
    }

    /// Regression: `1 of the last 1 calls failed`.
    #[test]
    fn a_single_call_is_no_plural() {
        let second = Duration::from_secs(1);
        for (rule, text) in [
            (trip::min(1) & trip::failure_rate(0.5), "1 of 1 call failed (100% >= 50%)"),
            (trip::failures(1), "1 of 1 call failed (1 >= 1)"),
            (trip::min(1) & trip::slow_rate(0.25, second), "1 of 1 call took 1s or longer (100% >= 25%)"),
            (trip::min(1) & trip::avg_latency(second), "1 call took 1.23s on average (1.23s >= 1s)"),
            (trip::min(1) & trip::custom(|_| true), "custom(..) held for 1 call"),
        ] {
            assert_eq!(sentence(&rule, 1, 1, 1, 1), text);
        }
    }

    /// Regression: `no call has succeeded for 90000s (90000s >= 24h)`.
    #[test]
    fn a_long_time_is_said_in_two_units() {
        let (hour, long) = (Duration::from_secs(3_600), Duration::from_secs(5_678));
        for (least, passed, text) in [
            (hour, long, "no call has succeeded for 1h 34m (1h 34m >= 1h)"),
            (2 * hour, long, "no call has succeeded for 1h 34m (1h 34m < 2h)"),
            (long, long, "no call has succeeded for 5678s (5678s >= 5678s)"),
            (long + hour, long + hour / 2, "no call has succeeded for 2h 4m (2h 4m < 9278s)"),
        ] {
            let rule = trip::failing_for(least);
            let [Node::Condition(condition)] = rule.nodes() else { panic!("one condition") };
            let nanos = u64::try_from(passed.as_nanos()).unwrap();
            let metrics =
                Metrics::new(Tally::default(), 1, Rule::measures(rule.nodes())).after_success(nanos);
            assert_eq!(Sentence::of(*condition, &metrics, passed >= least).to_string(), text);
        }
    }

    /// Regression: `49999 of the last 100000 calls failed (50% < 50%)`, `(0% >= 0%)`, `(1.02s >= 1.024s)`.
    #[test]
    fn a_rounded_figure_stays_on_its_side_of_the_limit() {
        let milliseconds = |least| trip::avg_latency(Duration::from_millis(least));
        for (rule, failures, mean, text) in [
            (trip::failure_rate(0.5), 49_999, 0, "49999 of the last 100000 calls failed (49.99% < 50%)"),
            (trip::failure_rate(0.5), 50_001, 0, "50001 of the last 100000 calls failed (50% >= 50%)"),
            (trip::failure_rate(0.5), 0, 0, "0 of the last 100000 calls failed (0% < 50%)"),
            (trip::failure_rate(0.57), 56_996, 0, "56996 of the last 100000 calls failed (56.99% < 57%)"),
            (trip::failure_rate(0.57), 33_333, 0, "33333 of the last 100000 calls failed (33.33% < 57%)"),
            (trip::failure_rate(0.00002), 1, 0, "1 of the last 100000 calls failed (0.001% < 0.002%)"),
            (trip::failure_rate(0.00002), 2, 0, "2 of the last 100000 calls failed (0.002% >= 0.002%)"),
            (
                milliseconds(1_024),
                0,
                1_024_999_999,
                "the last 100000 calls took 1.024s on average (1.024s >= 1.024s)",
            ),
            (
                milliseconds(1_024),
                0,
                1_023_999_999,
                "the last 100000 calls took 1.02s on average (1.02s < 1.024s)",
            ),
            (
                milliseconds(1_000),
                0,
                1_024_999_999,
                "the last 100000 calls took 1.02s on average (1.02s >= 1s)",
            ),
            (milliseconds(1), 0, 123_456, "the last 100000 calls took 123us on average (123us < 1ms)"),
        ] {
            let tally = Tally { total: 100_000, failures, slow: [0; 4], latency: mean * 100_000 };
            let metrics = Metrics::new(tally, 0, Rule::measures(rule.nodes()));
            let [Node::Condition(condition)] = rule.nodes() else { panic!("one condition") };
            let situation = Situation { half_open: false, metrics: &metrics, customs: Customs::ALL };
            let holds = condition_holds(condition, 0, &situation);
            assert_eq!(Sentence::of(*condition, &metrics, holds).to_string(), text);
        }
    }
}
