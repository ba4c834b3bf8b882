//! What a rule will do.

use core::fmt;

use crate::choosing::forecast::{self, Forecast};
use crate::choosing::wording;
use crate::figures::bounds::{false_alarm, oversight};
use crate::figures::nearest::{self, Expectations};
use crate::figures::opening::Opening;
use crate::figures::spelled::grouped;
use crate::figures::thresholds::{Thresholds, UnknownPart};
use crate::figures::trial::{TrialCourse, TrialOdds};
use crate::model::limits::MAX_WINDOW_SIZE;
use crate::model::ratio::{Percent, Ratio};
use crate::model::rule::{Node, Rule};
use crate::model::window::{Extent, Window};
use crate::reading::by_hand;
use crate::text::config_error::ConfigError;

impl Rule {
    /// Explains in figures what the rule will do to a breaker with this window: how often it opens and how its trials
    /// end, by the share of calls that fail. The page "Choosing numbers" of the documentation shows how to read them.
    ///
    /// ```
    /// use fluxgate_rules::{Rule, Window};
    ///
    /// let rule: Rule = "min(10) & failure_rate(50%)".parse()?;
    /// let explanation = rule.explain(Window::count(100))?;
    /// // If 30% of calls fail, the breaker opens within 100 calls in one of five cases.
    /// let chance = explanation.chance_to_open(0.3, 100);
    /// assert!((0.19..0.21).contains(&chance));
    /// println!("{explanation}");
    /// # Ok::<(), fluxgate_rules::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// Everything wrong with the window, or with the rule for it, in the words of the compiler.
    pub fn explain(&self, window: Window) -> Result<Explanation, ConfigError> {
        let mut problems = by_hand::window(&window);
        if problems.is_empty() {
            problems = by_hand::rule(self, &window);
        }
        if problems.is_empty() {
            Ok(Explanation { rule: self.clone(), window, rate: None })
        } else {
            Err(ConfigError::new(problems))
        }
    }
}

/// What a rule will do, in figures; returned by [`Rule::explain`].
///
/// Calls are assumed to fail independently, each with the same probability. Figures for closed breakers start with an
/// empty window, as after a start or a recovery. While it fills, chances are exact; after that, they are exact for
/// windows of up to 10 calls, and otherwise within about one percentage point (J. I. Naus, 1982). For a rule with a
/// `failure_streak`, the chance may then be overestimated, by no more than the chance of the streak, or of the rest,
/// alone. Conditions unrelated to failures (`slow_rate`, `avg_latency`, `failing_for`, `in_flight`, `custom`) are left
/// out: figures describe the rule as if they did not hold.
///
/// It prints as a page: the rule in words, and a table.
#[derive(Clone, PartialEq, Debug)]
pub struct Explanation {
    rule: Rule,
    window: Window,
    rate: Option<f64>,
}

impl Explanation {
    /// The assumed calls per second for a time window, unless [`at_rate`](Self::at_rate) sets it.
    const USUAL_RATE: f64 = 10.0;

    /// Sets the number of calls per second, evenly spaced; values that are not positive are ignored. By default, a time
    /// window is assumed to see 10 calls per second.
    #[must_use]
    pub fn at_rate(mut self, calls_per_second: f64) -> Self {
        self.rate = Some(calls_per_second).filter(|rate| *rate > 0.0 && rate.is_finite()).or(self.rate);
        self
    }

    /// The rule.
    pub const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The window.
    pub const fn window(&self) -> &Window {
        &self.window
    }

    /// The number of calls per second, if [`at_rate`](Self::at_rate) has set it.
    pub const fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// How many calls the window holds: for a time window, as many as arrive in it at the assumed rate, at most 1,000,000.
    pub fn calls_in_window(&self) -> u64 {
        match self.window.extent {
            Extent::Count(size) => size as u64,
            Extent::Time(duration) => {
                let calls = duration.as_secs_f64() * self.rate.unwrap_or(Self::USUAL_RATE);
                (calls.round() as u64).clamp(1, MAX_WINDOW_SIZE as u64)
            }
        }
    }

    /// Whether so few calls arrive in a time window that failures cannot make the rule hold, though more of them could.
    fn are_calls_too_few(&self) -> bool {
        let thresholds = Thresholds::of(self.rule.nodes(), UnknownPart::NeverHolds);
        let opens_with =
            |calls| thresholds.first(calls).is_some() || thresholds.streak_beyond(calls).is_some();
        matches!(self.window.extent, Extent::Time(_))
            && !opens_with(self.calls_in_window())
            && opens_with(MAX_WINDOW_SIZE as u64)
    }

    /// The chance that a closed breaker opens within `calls` calls from an empty window if this share of calls fails.
    /// Share and chance are from 0 to 1.
    pub fn chance_to_open(&self, share: f64, calls: u64) -> f64 {
        self.opening(share).chance(calls)
    }

    /// The mean number of calls until a closed breaker opens; infinite if it never does.
    pub fn calls_to_open(&self, share: f64) -> f64 {
        self.opening(share).mean()
    }

    /// How a trial ends if this share of calls fails. `None` if trials are too long to compute: more than about
    /// two thousand calls, or fewer with a long `failure_streak`. A ramp after the trial may also re-open the breaker.
    pub fn trial(&self, share: f64) -> Option<TrialOdds> {
        Some(TrialCourse::of(self.rule.nodes())?.odds(valid(share)))
    }

    /// The highest share of failing calls, in steps of 0.1%, that the compiler accepts as `normal` for this rule.
    /// `None` if it rejects even 0.1%.
    pub fn highest_normal(&self) -> Option<f64> {
        let is_kept = |share| false_alarm(self.rule.nodes(), &self.window, share).is_none();
        let first_too_great = steps(|step| !is_kept(share_of(step)));
        Some(first_too_great.unwrap_or(1_001) - 1).filter(|step| *step > 0).map(share_of)
    }

    /// The lowest share of failing calls, in steps of 0.1%, at which failures alone open a breaker soon enough for the
    /// compiler to accept the share as `outage`. `None` if not even 100% does. If the rule has conditions unrelated to
    /// failures, the compiler also accepts lower shares, because those conditions may hold in an outage.
    pub fn lowest_outage(&self) -> Option<f64> {
        let (nodes, unknown) = (self.rule.nodes(), UnknownPart::NeverHolds);
        let is_noticed = |share| oversight(nodes, &self.window, share, unknown).is_none();
        steps(|step| is_noticed(share_of(step))).map(share_of)
    }

    /// The nearest rule that the compiler accepts with these shares as `normal` and `outage`; may be the rule itself.
    /// `None` if there is none.
    pub fn nearest(&self, normal: Option<f64>, outage: Option<f64>) -> Option<Rule> {
        let share = |share: Option<f64>| share.map(|share| Ratio::new(valid(share)));
        let expectations = Expectations { normal: share(normal), outage: share(outage) };
        nearest::nearest(self.rule.nodes(), &self.window, expectations).map(Rule::from_nodes)
    }

    /// The conditions left out of the figures, as the rule spells them, each once.
    pub fn left_out(&self) -> Vec<String> {
        let says_nothing = |node: &Node| match node {
            Node::Condition(condition) if condition.needs_more_than_failures() => Some(condition.to_string()),
            _ => None,
        };
        let mut names: Vec<String> = Vec::new();
        for name in self.rule.nodes().iter().filter_map(says_nothing) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// What the figures assume, in words.
    fn assumptions(&self, are_calls_too_few: bool) -> String {
        let mut sentences = Vec::new();
        if let Extent::Time(_) = self.window.extent {
            sentences.push(format!(
                "This assumes that the window holds {} calls.",
                grouped(self.calls_in_window())
            ));
        }
        if are_calls_too_few {
            sentences.push("They are too few for the rule: it never opens.".to_owned());
        }
        let left_out: Vec<_> = self.left_out().into_iter().map(|name| format!("`{name}`")).collect();
        match left_out.as_slice() {
            [] => {}
            [name] => sentences.push(format!("{name} says nothing about failures: assumed not to hold.")),
            [first @ .., last] => sentences.push(format!(
                "{} and {last} say nothing about failures: assumed not to hold.",
                first.join(", ")
            )),
        }
        sentences.push(
            "Calls fail independently of each other here; in an outage, they fail together.".to_owned(),
        );
        sentences.join(" ")
    }

    fn opening(&self, share: f64) -> Opening {
        let thresholds = Thresholds::of(self.rule.nodes(), UnknownPart::NeverHolds);
        Opening::of(&thresholds, self.calls_in_window(), valid(share))
    }

    fn forecasts(&self, shares: &[f64]) -> Vec<Forecast> {
        let thresholds = Thresholds::of(self.rule.nodes(), UnknownPart::NeverHolds);
        let trial = TrialCourse::of(self.rule.nodes());
        let forecast = |share: &f64| {
            let opening = Opening::of(&thresholds, self.calls_in_window(), *share);
            let within = |calls| forecast::Bound {
                value: opening.chance(calls),
                is_complete: opening.is_complete(calls),
            };
            let mean = opening.mean();
            let at_most = |value| forecast::Bound { value, is_complete: opening.is_complete(u64::MAX) };
            Forecast {
                share: *share,
                of_a_thousand: within(1_000),
                of_an_hour: self.rate.map(|rate| within((rate * 3_600.0).round() as u64)),
                calls: at_most(mean),
                seconds: self.rate.map(|rate| at_most(mean / rate)),
                trial: trial.as_ref().map(|trial| trial.odds(*share)),
            }
        };
        shares.iter().map(forecast).collect()
    }
}

/// The rule in words, and a table.
impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&wording::words(self.rule.nodes(), &self.window))?;
        formatter.write_str("\n")?;
        let forecasts = self.forecasts(&forecast::SHARES);
        formatter.write_str(&forecast::drawn(&forecasts))?;
        if !forecasts.iter().all(Forecast::is_complete) {
            formatter.write_str("+ at least, < at most: as far as it was computed\n")?;
        }
        formatter.write_str("\n")?;
        let are_too_few = self.are_calls_too_few();
        formatter.write_str(&wording::wrapped(&self.assumptions(are_too_few)))?;
        formatter.write_str("\n")?;
        let percent = |share: f64| Percent(Ratio::new(share));
        let normal = self.highest_normal().map(percent);
        let outage = self.lowest_outage().map(percent);
        if let Some(share) = normal {
            writeln!(formatter, "Healthy breakers stay closed while {share} of calls or fewer fail.")?;
        } else {
            formatter.write_str("Too many healthy breakers open, even if only 0.1% of calls fail.\n")?;
        }
        match outage {
            _ if are_too_few => formatter.write_str("No outage is noticed.\n"),
            Some(share) => {
                writeln!(formatter, "An outage is noticed within a window of calls if {share} or more fail.")
            }
            None => formatter.write_str("No outage is noticed for certain within a window of calls.\n"),
        }
    }
}

/// Clamps a share to 0 to 1.
fn valid(share: f64) -> f64 {
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

/// A share in steps of 0.1%.
fn share_of(step: u32) -> f64 {
    f64::from(step) / 1_000.0
}

/// The lowest step, from 1 to 1000, that satisfies `is_true`, which must also hold for all higher ones.
fn steps(is_true: impl Fn(u32) -> bool) -> Option<u32> {
    let (mut low, mut high) = (0, 1_001);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is_true(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    (high <= 1_000).then_some(high)
}
