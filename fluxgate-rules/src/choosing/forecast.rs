//! What a rule does at several shares of failing calls, as the table of an explanation.

use crate::figures::spelled::{Chance, Count, Seconds};
use crate::figures::trial::TrialOdds;
use crate::model::ratio::{Percent, Ratio};

/// What a rule does if some share of calls fails.
pub(crate) struct Forecast {
    pub(crate) share: f64,
    /// The chance to open within 1,000 calls.
    pub(crate) of_a_thousand: Bound,
    /// The same within an hour.
    pub(crate) of_an_hour: Option<Bound>,
    /// The mean number of calls until it opens.
    pub(crate) calls: Bound,
    pub(crate) seconds: Option<Bound>,
    pub(crate) trial: Option<TrialOdds>,
}

/// A figure, or a bound if it could not be computed in full.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) value: f64,
    pub(crate) is_complete: bool,
}

impl Bound {
    /// Spells a chance, which may be a lower bound.
    fn chance(self) -> String {
        format!("{}{}", Chance(self.value), if self.is_complete { "" } else { "+" })
    }

    /// Spells a number or time with `spelled`, which may be an upper bound.
    fn at_most(self, spelled: impl Fn(f64) -> String) -> String {
        format!("{}{}", if self.is_complete { "" } else { "<" }, spelled(self.value))
    }
}

impl Forecast {
    /// Whether all of its figures are complete.
    pub(crate) fn is_complete(&self) -> bool {
        self.calls.is_complete
    }
}

/// The shares of failing calls in the table's rows.
pub(crate) const SHARES: [f64; 15] =
    [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// Draws the table, with columns as wide as necessary.
pub(crate) fn drawn(forecasts: &[Forecast]) -> String {
    let is_timed = forecasts.iter().any(|forecast| forecast.seconds.is_some());
    let mut lines = vec![heading([
        "calls",
        "opens within",
        "opens within",
        "calls until",
        "time until",
        "trial",
        "calls",
    ])];
    lines.push(heading([
        "that fail",
        "1,000 calls",
        "an hour",
        "it opens",
        "it opens",
        "passes",
        "it takes",
    ]));
    lines.extend(forecasts.iter().map(cells));
    let widths: Vec<_> =
        (0..7).map(|at| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for line in &lines {
        let columns = line.iter().zip(&widths).enumerate();
        let shown = columns.filter(|(at, _)| is_timed || !matches!(at, 2 | 4));
        let cells: Vec<_> = shown.map(|(_, (cell, width))| format!("{cell:>width$}")).collect();
        text += cells.join("   ").trim_end();
        text += "\n";
    }
    text
}

fn heading(words: [&str; 7]) -> [String; 7] {
    words.map(str::to_owned)
}

fn cells(forecast: &Forecast) -> [String; 7] {
    let or_nothing = |text: Option<String>| text.unwrap_or_else(|| "?".to_owned());
    [
        Percent(Ratio::new(forecast.share)).to_string(),
        forecast.of_a_thousand.chance(),
        or_nothing(forecast.of_an_hour.map(Bound::chance)),
        forecast.calls.at_most(|calls| Count(calls).to_string()),
        or_nothing(forecast.seconds.map(|bound| bound.at_most(|seconds| Seconds(seconds).to_string()))),
        or_nothing(forecast.trial.map(|trial| Chance(trial.passes).to_string())),
        or_nothing(forecast.trial.map(|trial| Count(trial.calls).to_string())),
    ]
}
