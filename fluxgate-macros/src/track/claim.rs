//! What a tracker says of `Ok`, of `Err`, or of a return value that may be neither.
//!
//! A tracker is evaluated separately for `Ok` and for `Err`. One that looks at the one kind does not apply to the other, and neither
//! does its negation: `!matches(NotFound)` never claims an `Ok`. So each half becomes a plain condition, or none if nothing applies.

use proc_macro2::{Span, TokenStream};
use syn::Type;

use crate::track::tracker::{Arm, Tracker};

/// The kind of result that a tracker is evaluated for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Domain {
    Ok,
    Err,
    /// The return value of a function that may return no `Result`.
    Whole,
}

/// Which results of a domain a tracker claims.
pub(crate) enum Claim {
    /// It does not apply to such results.
    Inapplicable,
    /// All of them, or none.
    Constant(bool),
    /// Those for which a condition holds.
    If(Condition),
}

/// A question that is asked of each result.
pub(crate) enum Condition {
    /// The error matches.
    Error(Arm),
    /// The `Ok` value matches.
    Value(Arm),
    /// The return value matches.
    Returned(Arm),
    /// The error, or one of its sources, has one of these types. The span is that of the word.
    TypeOf(Span, Vec<Type>),
    /// The user's function says so of the error.
    Custom(TokenStream),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

impl Claim {
    pub(crate) fn of(tracker: &Tracker, domain: Domain) -> Self {
        match tracker {
            Tracker::All if domain == Domain::Err => Self::Constant(true),
            Tracker::Matches(arm) if domain == Domain::Err => Self::If(Condition::Error(arm.clone())),
            Tracker::TypeOf(span, types) if domain == Domain::Err => {
                Self::If(Condition::TypeOf(*span, types.clone()))
            }
            Tracker::Custom(function) if domain == Domain::Err => {
                Self::If(Condition::Custom(function.clone()))
            }
            Tracker::Ok(arm) if domain == Domain::Ok => Self::If(Condition::Value(arm.clone())),
            Tracker::Returned(arm) => Self::If(Condition::Returned(arm.clone())),
            Tracker::Not(inner) => Self::of(inner, domain).not(),
            Tracker::And(left, right) => Self::of(left, domain).and(Self::of(right, domain)),
            Tracker::Or(left, right) => Self::of(left, domain).or(Self::of(right, domain)),
            _ => Self::Inapplicable,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Inapplicable => Self::Inapplicable,
            Self::Constant(claims) => Self::Constant(!claims),
            Self::If(condition) => Self::If(Condition::Not(Box::new(condition))),
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Inapplicable, _) | (_, Self::Inapplicable) => Self::Inapplicable,
            (Self::Constant(false), _) | (_, Self::Constant(false)) => Self::Constant(false),
            (Self::Constant(true), claim) | (claim, Self::Constant(true)) => claim,
            (Self::If(left), Self::If(right)) => Self::If(Condition::And(Box::new(left), Box::new(right))),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Inapplicable | Self::Constant(false), claim)
            | (claim, Self::Inapplicable | Self::Constant(false)) => claim,
            (Self::Constant(true), _) | (_, Self::Constant(true)) => Self::Constant(true),
            (Self::If(left), Self::If(right)) => Self::If(Condition::Or(Box::new(left), Box::new(right))),
        }
    }
}

impl Condition {
    /// Whether it runs the user's code, which may panic.
    pub(crate) fn runs_user_code(&self) -> bool {
        match self {
            Self::Error(arm) | Self::Value(arm) | Self::Returned(arm) => arm.guard.is_some(),
            Self::TypeOf(..) | Self::Custom(_) => true,
            Self::Not(inner) => inner.runs_user_code(),
            Self::And(left, right) | Self::Or(left, right) => left.runs_user_code() || right.runs_user_code(),
        }
    }
}

/// Why a tracker can never claim a result, if so: nothing is both an `Ok` and an `Err`, or it contradicts itself.
pub(crate) fn claims_nothing(tracker: &Tracker) -> Option<&'static str> {
    use Claim::{Constant, Inapplicable};
    match [Domain::Ok, Domain::Err].map(|domain| Claim::of(tracker, domain)) {
        [Inapplicable, Inapplicable] => Some(
            "no result is both an `Ok` and an `Err`\n\
             help: join what looks at `Ok` and what looks at `Err` with `|`",
        ),
        [Inapplicable | Constant(false), Inapplicable | Constant(false)] => Some(
            "it excludes every result\nhelp: remove it, or say which results are meant: `matches(PATTERN)`",
        ),
        _ => None,
    }
}
