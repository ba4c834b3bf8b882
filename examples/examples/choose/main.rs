//! What a rule will do, in words, in figures and as a curve, and what to write.
//!
//! ```sh
//! cargo run --example choose -- 'min(10) & failure_rate(50%)' --window 'count(100)' --normal 5% --rate 100/s
//! ```
//!
//! `--normal` and `--outage` are the shares of calls that fail normally and in an outage, `--rate` is the number of calls
//! (`100/s`, `20/m`), and `--svg` draws the curve into a file. Mistakes in the rule are reported in the compiler's words.

mod curve;

use std::process::ExitCode;

use fluxgate::trip::{Explanation, Rule};
use fluxgate::window::{self, Window};
use fluxgate::{CircuitBreaker, ConfigError};
use fluxgate_examples::arguments::{Arguments, rate, share};

const NAMES: [&str; 5] = ["window", "normal", "outage", "rate", "svg"];

fn main() -> ExitCode {
    match answer() {
        Ok(page) => {
            print!("{page}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is known about the dependency.
#[derive(Clone, Copy)]
struct Expected {
    normal: Option<f64>,
    outage: Option<f64>,
}

fn answer() -> Result<String, String> {
    let arguments = Arguments::read(std::env::args().skip(1), &NAMES)?;
    let [rule] = arguments.free.as_slice() else {
        return Err("write one rule, in quotes: cargo run --example choose -- 'min(10) & failure_rate(50%)' --window 'count(100)'"
            .to_owned());
    };
    let rule: Rule = rule.parse().map_err(|error: ConfigError| error.to_string())?;
    let window = arguments.last("window").map_or(Ok(window::count(100)), str::parse);
    let window: Window = window.map_err(|error| error.to_string())?;
    let expected = Expected {
        normal: arguments.last("normal").map(share).transpose()?,
        outage: arguments.last("outage").map(share).transpose()?,
    };
    let mut explanation = rule.explain(window).map_err(|error| error.to_string())?;
    if let Some(text) = arguments.last("rate") {
        explanation = explanation.at_rate(rate(text)?);
    }
    if let Some(path) = arguments.last("svg") {
        std::fs::write(path, curve::picture(&explanation)).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(format!("{explanation}\n{}\n{}", curve::drawn(&explanation), suggestion(&explanation, expected)))
}

/// What to write into the attribute, and why, if it differs from the rule.
fn suggestion(explanation: &Explanation, expected: Expected) -> String {
    let (rule, window) = (explanation.rule(), explanation.window());
    let mut builder = CircuitBreaker::builder("chosen").window(*window).trip(rule.clone());
    if let Some(normal) = expected.normal {
        builder = builder.normal(normal);
    }
    if let Some(outage) = expected.outage {
        builder = builder.outage(outage);
    }
    let refused =
        builder.build().err().map(|error| format!("The compiler would refuse that:\n\n{error}\n\n"));
    let refused = refused.unwrap_or_default();
    let Some(rule) = explanation.nearest(expected.normal, expected.outage) else { return refused };
    let Ok(explanation) = rule.explain(*window) else { return refused };
    let shares = [
        ("normal", expected.normal.or_else(|| explanation.highest_normal())),
        ("outage", expected.outage.or_else(|| explanation.lowest_outage())),
    ];
    let shares =
        shares.into_iter().filter_map(|(name, share)| Some(format!(", {name} = {}", percent(share?))));
    format!(
        "{refused}Write:\n\n    #[circuit_breaker(window = {window}, trip = {rule}{})]\n",
        shares.collect::<String>()
    )
}

fn percent(share: f64) -> String {
    // Rounded, to hide the error of binary fractions.
    let tenths_of_a_percent = (share * 1_000_000.0).round() / 10_000.0;
    format!("{tenths_of_a_percent}%")
}
