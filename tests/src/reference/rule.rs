//! Rules as a tree, evaluated by definition on a list of calls.

use std::time::Duration;

use fluxgate::trip;

/// A call that counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    pub at: Duration,
    pub failed: bool,
    pub took: Duration,
    /// Whether it still runs, and is counted as slow.
    pub runs: bool,
}

/// What a rule is evaluated on: the calls in the window, and what no window limits: the failures in a row, and for how long
/// nothing has succeeded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    pub calls: Vec<Record>,
    pub streak: usize,
    /// How long no call has succeeded, if the last one failed.
    pub failing_for: Duration,
    /// How many calls run.
    pub running: u64,
}

impl Evidence {
    pub fn total(&self) -> u64 {
        self.calls.len() as u64
    }

    pub fn failures(&self) -> u64 {
        self.calls.iter().filter(|call| call.failed).count() as u64
    }

    pub fn slow(&self, threshold: Duration) -> u64 {
        self.calls.iter().filter(|call| call.took >= threshold).count() as u64
    }

    pub fn latency(&self) -> u128 {
        self.calls.iter().map(|call| call.took.as_nanos()).sum()
    }

    /// The mean duration in nanoseconds, rounded down.
    pub fn average(&self) -> Option<u128> {
        (!self.calls.is_empty()).then(|| self.latency() / u128::from(self.total()))
    }

    pub(crate) fn push(&mut self, failed: bool, took: Duration) {
        self.calls.push(Record { at: Duration::ZERO, failed, took, runs: false });
        self.streak = if failed { self.streak + 1 } else { 0 };
        // Nobody knows when a future call will come; a bad one may come after any time.
        self.failing_for = if failed { Duration::MAX } else { Duration::ZERO };
        // How many calls will run by then is unknown, and is not evidence.
        self.running = 0;
    }

    /// With this many more calls that all failed and took forever.
    #[must_use]
    pub fn worst(&self, more: usize) -> Self {
        let mut worst = self.clone();
        (0..more).for_each(|_| worst.push(true, Duration::MAX));
        worst
    }

    /// With this many more calls that all succeeded in no time.
    #[must_use]
    pub fn best(&self, more: usize) -> Self {
        let mut best = self.clone();
        (0..more).for_each(|_| best.push(false, Duration::ZERO));
        best
    }
}

/// A `custom` condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// Two failures or more.
    TwoFailures,
    /// A total that three divides, which is not monotone.
    ThirdCall,
    /// A mean of 30 ms or more.
    Slow,
}

fn two_failures(metrics: &fluxgate::Metrics) -> bool {
    metrics.failures() >= 2
}

fn third_call(metrics: &fluxgate::Metrics) -> bool {
    metrics.total().is_multiple_of(3)
}

fn slow(metrics: &fluxgate::Metrics) -> bool {
    metrics.avg_latency().is_some_and(|mean| mean >= Duration::from_millis(30))
}

impl Predicate {
    fn holds(self, evidence: &Evidence) -> bool {
        match self {
            Self::TwoFailures => evidence.failures() >= 2,
            Self::ThirdCall => evidence.total().is_multiple_of(3),
            Self::Slow => evidence.average().is_some_and(|mean| mean >= 30_000_000),
        }
    }

    fn function(self) -> fn(&fluxgate::Metrics) -> bool {
        match self {
            Self::TwoFailures => two_failures,
            Self::ThirdCall => third_call,
            Self::Slow => slow,
        }
    }
}

/// A rule as a tree. Ratios are per mille.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    Closed,
    HalfOpen,
    Min(u32),
    FailureRate(u32),
    /// More than a share failed, with this certainty.
    SureFailureRate(u32, u32),
    Failures(u32),
    FailureStreak(u32),
    SlowRate(u32, Duration),
    AvgLatency(Duration),
    FailingFor(Duration),
    InFlight(u32),
    Custom(Predicate),
    All(Vec<Rule>),
    Any(Vec<Rule>),
}

impl Rule {
    /// Whether the rule holds. `customs` stands in for the `custom` conditions where they must not be asked.
    pub fn holds(&self, half_open: bool, evidence: &Evidence, customs: Option<bool>) -> bool {
        let reached = |part: u64, per_mille: u32| part * 1_000 >= evidence.total() * u64::from(per_mille);
        match self {
            Self::Closed => !half_open,
            Self::HalfOpen => half_open,
            Self::Min(count) => evidence.total() >= u64::from(*count),
            Self::FailureRate(share) => reached(evidence.failures(), *share),
            Self::SureFailureRate(share, sure) => {
                is_sure(evidence.failures(), evidence.total(), *share, *sure)
            }
            Self::Failures(count) => evidence.failures() >= u64::from(*count),
            Self::FailureStreak(count) => evidence.streak >= *count as usize,
            Self::SlowRate(share, threshold) => reached(evidence.slow(*threshold), *share),
            Self::AvgLatency(mean) => evidence.latency() >= mean.as_nanos() * u128::from(evidence.total()),
            Self::FailingFor(duration) => evidence.streak > 0 && evidence.failing_for >= *duration,
            Self::InFlight(count) => evidence.running >= u64::from(*count),
            Self::Custom(predicate) => customs.unwrap_or_else(|| predicate.holds(evidence)),
            Self::All(members) => members.iter().all(|member| member.holds(half_open, evidence, customs)),
            Self::Any(members) => members.iter().any(|member| member.holds(half_open, evidence, customs)),
        }
    }

    /// Whether a closed breaker knows something that good calls alone would not have brought about, and that some condition looks at.
    pub fn has_evidence(&self, evidence: &Evidence) -> bool {
        self.has(&|condition| match condition {
            Self::FailureRate(_) | Self::SureFailureRate(..) | Self::Failures(_) => evidence.failures() > 0,
            Self::FailureStreak(_) | Self::FailingFor(_) => evidence.streak > 0,
            Self::SlowRate(_, threshold) => evidence.slow(*threshold) > 0,
            Self::AvgLatency(mean) => evidence.average().is_some_and(|average| average >= mean.as_nanos()),
            Self::Custom(_) => evidence.total() > 0 || evidence.streak > 0,
            _ => false,
        })
    }

    /// All ways in which the rule can hold: each is a list of conditions that have to hold together.
    pub fn alternatives(&self) -> Vec<Vec<Self>> {
        let both = |one: Vec<Vec<Self>>, other: Vec<Vec<Self>>| {
            let with = |one: &Vec<Self>| -> Vec<Vec<Self>> {
                other.iter().map(|other| [&one[..], other].concat()).collect()
            };
            one.iter().flat_map(with).collect()
        };
        match self {
            Self::Any(members) => members.iter().flat_map(Self::alternatives).collect(),
            Self::All(members) => members.iter().map(Self::alternatives).fold(vec![Vec::new()], both),
            condition => vec![vec![condition.clone()]],
        }
    }

    /// The thresholds its `slow_rate` conditions name.
    pub fn thresholds(&self) -> Vec<Duration> {
        let mut thresholds = match self {
            Self::SlowRate(_, threshold) => vec![*threshold],
            Self::All(members) | Self::Any(members) => members.iter().flat_map(Self::thresholds).collect(),
            _ => Vec::new(),
        };
        thresholds.sort_unstable();
        thresholds.dedup();
        thresholds
    }

    /// The smallest number of concurrent calls that it looks for, if any.
    pub fn least_in_flight(&self) -> Option<u32> {
        match self {
            Self::InFlight(count) => Some(*count),
            Self::All(members) | Self::Any(members) => members.iter().filter_map(Self::least_in_flight).min(),
            _ => None,
        }
    }

    /// Whether it asks for the mean duration of calls.
    pub fn averages(&self) -> bool {
        self.has(&|condition| matches!(condition, Self::AvgLatency(_) | Self::Custom(_)))
    }

    /// Whether it compares a share or an average of the calls.
    pub fn is_share(&self) -> bool {
        matches!(
            self,
            Self::FailureRate(_) | Self::SureFailureRate(..) | Self::SlowRate(..) | Self::AvgLatency(_)
        )
    }

    /// Whether it has such a condition.
    pub fn has(&self, such: &dyn Fn(&Self) -> bool) -> bool {
        match self {
            Self::All(members) | Self::Any(members) => members.iter().any(|member| member.has(such)),
            condition => such(condition),
        }
    }

    /// The same rule, as a user would build it.
    pub fn build(&self) -> trip::Rule {
        let ratio = |per_mille: &u32| f64::from(*per_mille) / 1_000.0;
        let join = |members: &[Self], join: fn(trip::Rule, trip::Rule) -> trip::Rule| {
            members.iter().map(Self::build).reduce(join).expect("a group has members")
        };
        match self {
            Self::Closed => trip::closed(),
            Self::HalfOpen => trip::half_open(),
            Self::Min(count) => trip::min(*count),
            Self::FailureRate(share) => trip::failure_rate(ratio(share)),
            Self::SureFailureRate(share, sure) => trip::failure_rate(ratio(share)).sure(ratio(sure)),
            Self::Failures(count) => trip::failures(*count),
            Self::FailureStreak(count) => trip::failure_streak(*count),
            Self::SlowRate(share, threshold) => trip::slow_rate(ratio(share), *threshold),
            Self::AvgLatency(mean) => trip::avg_latency(*mean),
            Self::FailingFor(duration) => trip::failing_for(*duration),
            Self::InFlight(count) => trip::in_flight(*count),
            Self::Custom(predicate) => trip::custom(predicate.function()),
            Self::All(members) => join(members, |a, b| a & b),
            Self::Any(members) => join(members, |a, b| a | b),
        }
    }
}

/// Whether this many failures among this many calls are more than chance explains. Of n calls that fail with probability `share`,
/// exactly that many do with a probability of at most `(1 - sure) / (n + 1)`; computed as a logarithm, factor by factor.
fn is_sure(failures: u64, total: u64, share: u32, sure: u32) -> bool {
    let [share, sure] = [share, sure].map(|per_mille| f64::from(per_mille) / 1_000.0);
    if (failures as f64) < share * total as f64 {
        return false;
    }
    let ways: f64 = (0..failures).map(|at| ((total - at) as f64 / (at + 1) as f64).ln()).sum();
    let chance = ways + failures as f64 * share.ln() + (total - failures) as f64 * (1.0 - share).ln();
    chance + ((total + 1) as f64).ln() <= (1.0 - sure).ln() + 1e-9
}
