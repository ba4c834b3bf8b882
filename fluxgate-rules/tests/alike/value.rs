//! Values of each kind.

use std::time::Duration;

use fluxgate_rules::duration::Spelled;
use fluxgate_rules::lexer::lex;
use fluxgate_rules::vocabulary::{Kind, Parameter};
use fluxgate_rules::{Ratio, check, read, syntax};

const LONGEST: Duration = Duration::from_nanos(u64::MAX);

/// A value in Rust.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Value {
    Count(usize),
    Number(f64),
    Duration(Duration),
}

impl Value {
    /// Values of this kind, at each limit and on either side of it.
    pub(crate) fn samples(kind: Kind) -> Vec<Self> {
        let counts = |more: &[usize]| {
            let all = [0, 1, 2, 10, 100, 101, 1_000, 1_001, 1_000_000, 1_000_001, u32::MAX as usize];
            all.into_iter().chain(more.iter().copied()).map(Self::Count).collect()
        };
        let nanos = [0, 1, 999, 1_000, 9_999, 10_000, 999_999, 1_000_000, 1_000_000_000, 60_000_000_000];
        match kind {
            Kind::Function => Vec::new(),
            Kind::Count | Kind::Concurrency => counts(&[]),
            Kind::Size | Kind::Buckets | Kind::Keys => counts(&[usize::MAX]),
            Kind::Ratio | Kind::Exceeded | Kind::Confidence | Kind::Jitter | Kind::Multiplier => {
                let extremes = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN];
                let small = [-95.0, -0.95, -0.0, 0.0, 1e-10, 1e-9, 0.009_999_999, 0.01, 0.05];
                let shares = [0.499_999_999, 0.5, 0.9, 0.95, 0.99, 0.999, 0.999_999_999, 1.0 - 1e-12, 1.0];
                let great = [1.000_000_001, 1.5, 2.0, 5.0, 50.0, 95.0, 99.9, 100.0];
                let all = extremes.into_iter().chain(small).chain(shares).chain(great);
                all.map(Self::Number).collect()
            }
            Kind::Duration | Kind::Threshold | Kind::Timeout => {
                let long = [LONGEST, LONGEST + Duration::from_nanos(1), Duration::MAX];
                nanos.map(Duration::from_nanos).into_iter().chain(long).map(Self::Duration).collect()
            }
        }
    }

    pub(crate) fn example(parameter: &Parameter) -> Self {
        match read::argument(&lex(parameter.example).tokens, parameter) {
            Ok(syntax::Value::Number(number)) => Self::Count(number as usize),
            Ok(syntax::Value::Ratio(ratio)) => Self::Number(ratio.as_f64()),
            Ok(syntax::Value::Multiplier(number)) => Self::Number(number),
            Ok(syntax::Value::Duration(duration)) => Self::Duration(duration),
            other => panic!("an example for `{}`: {other:?}", parameter.name),
        }
    }

    /// As a literal.
    pub(crate) fn text(self, kind: Kind) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Number(number) if kind == Kind::Multiplier => format!("{number:?}"),
            Self::Number(number) => Ratio::new(number).to_string(),
            Self::Duration(duration) => Spelled(duration).to_string(),
        }
    }

    /// Checks it as an expansion does if it is a constant.
    pub(crate) fn check(self, kind: Kind) {
        let message = kind.refuse(&self.text(kind));
        match (kind, self) {
            (Kind::Count, Self::Count(count)) => check::count(count as u32, &message),
            (Kind::Concurrency, Self::Count(count)) => check::concurrency(count as u32, &message),
            (Kind::Size, Self::Count(size)) => check::size(size, &message),
            (Kind::Buckets, Self::Count(buckets)) => check::buckets(buckets, &message),
            (Kind::Keys, Self::Count(keys)) => check::keys(keys, &message),
            (Kind::Ratio, Self::Number(share)) => check::ratio(share, &message),
            (Kind::Exceeded, Self::Number(share)) => check::exceeded(share, &message),
            (Kind::Confidence, Self::Number(level)) => check::confidence(level, &message),
            (Kind::Jitter, Self::Number(share)) => check::jitter(share, &message),
            (Kind::Multiplier, Self::Number(factor)) => check::multiplier(factor, &message),
            (Kind::Duration, Self::Duration(duration)) => check::duration(duration, &message),
            (Kind::Threshold, Self::Duration(duration)) => check::threshold(duration, &message),
            (Kind::Timeout, Self::Duration(duration)) => check::timeout(duration, &message),
            (kind, value) => panic!("how is {value:?} checked as {kind:?}?"),
        }
    }
}
