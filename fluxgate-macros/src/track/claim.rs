//! What a tracker claims of `Ok`, of `Err`, or of a return value that may be neither.
//!
//! A tracker is evaluated separately for `Ok` and for `Err`. One that looks at one kind does not apply to the other, and neither
//! does its negation: `!matches(NotFound)` never claims an `Ok`. So each half becomes a plain predicate, or none if nothing applies.

use proc_macro2::Span;
use syn::Type;

use crate::input::callable::Callable;

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
    /// Those for which a predicate holds.
    If(Predicate),
}

/// A question about each result.
pub(crate) enum Predicate {
    /// The error matches.
    Error(Arm),
    /// The `Ok` value matches.
    Value(Arm),
    /// The return value matches.
    Returned(Arm),
    /// The error, or one of its sources, has one of these types. The span is that of the word.
    TypeOf(Span, Vec<Type>),
    /// The user's function returns `true` for the error.
    Custom(Callable),
    /// The status in the `Result` says that the server failed, or an error has none.
    ServerError,
    Not(Box<Predicate>),
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
}

impl Claim {
    pub(crate) fn of(tracker: &Tracker, domain: Domain) -> Self {
        match tracker {
            Tracker::All if domain == Domain::Err => Self::Constant(true),
            Tracker::Matches(arm) if domain == Domain::Err => Self::If(Predicate::Error(arm.clone())),
            Tracker::TypeOf(span, types) if domain == Domain::Err => {
                Self::If(Predicate::TypeOf(*span, types.clone()))
            }
            Tracker::Custom(function) if domain == Domain::Err => {
                Self::If(Predicate::Custom(function.clone()))
            }
            Tracker::Ok(arm) if domain == Domain::Ok => Self::If(Predicate::Value(arm.clone())),
            Tracker::Returned(arm) => Self::If(Predicate::Returned(arm.clone())),
            Tracker::ServerErrors(_) if domain != Domain::Whole => Self::If(Predicate::ServerError),
            Tracker::Not(inner) => Self::of(inner, domain).not(),
            Tracker::And(members) => Self::all(members.iter().map(|member| Self::of(member, domain))),
            Tracker::Or(members) => Self::any(members.iter().map(|member| Self::of(member, domain))),
            _ => Self::Inapplicable,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Inapplicable => Self::Inapplicable,
            Self::Constant(claims) => Self::Constant(!claims),
            Self::If(predicate) => Self::If(Predicate::Not(Box::new(predicate))),
        }
    }

    fn all(claims: impl Iterator<Item = Self>) -> Self {
        let (mut predicates, mut is_applicable, mut is_possible) = (Vec::new(), true, true);
        for claim in claims {
            match claim {
                Self::Inapplicable => is_applicable = false,
                Self::Constant(claims) => is_possible &= claims,
                Self::If(predicate) => predicates.push(predicate),
            }
        }
        match predicates.len() {
            _ if !is_applicable => Self::Inapplicable,
            _ if !is_possible => Self::Constant(false),
            0 => Self::Constant(true),
            _ => Self::If(joined(predicates, Predicate::And)),
        }
    }

    fn any(claims: impl Iterator<Item = Self>) -> Self {
        let (mut predicates, mut is_applicable, mut is_certain) = (Vec::new(), false, false);
        for claim in claims {
            is_applicable |= !matches!(claim, Self::Inapplicable);
            match claim {
                Self::Inapplicable => {}
                Self::Constant(claims) => is_certain |= claims,
                Self::If(predicate) => predicates.push(predicate),
            }
        }
        match predicates.len() {
            _ if !is_applicable => Self::Inapplicable,
            _ if is_certain => Self::Constant(true),
            0 => Self::Constant(false),
            _ => Self::If(joined(predicates, Predicate::Or)),
        }
    }
}

impl Predicate {
    /// Whether it runs the user's code, which may panic.
    pub(crate) fn runs_user_code(&self) -> bool {
        match self {
            Self::Error(arm) | Self::Value(arm) | Self::Returned(arm) => {
                arm.guard.is_some() || arm.borrowed.is_some()
            }
            Self::TypeOf(..) | Self::Custom(_) => true,
            // The status is asked for once, before the predicates.
            Self::ServerError => false,
            Self::Not(inner) => inner.runs_user_code(),
            Self::And(members) | Self::Or(members) => members.iter().any(Self::runs_user_code),
        }
    }
}

fn joined(mut members: Vec<Predicate>, with: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    if members.len() == 1 { members.remove(0) } else { with(members) }
}

/// Why a tracker can never claim a result, if it cannot: nothing is both an `Ok` and an `Err`, or it contradicts itself.
pub(crate) fn claims_nothing(tracker: &Tracker) -> Option<&'static str> {
    use Claim::{Constant, Inapplicable};
    match [Domain::Ok, Domain::Err].map(|domain| Claim::of(tracker, domain)) {
        [Inapplicable, Inapplicable] => Some(
            "no result is both an `Ok` and an `Err`\n\
             help: join what looks at `Ok` and what looks at `Err` with `|`",
        ),
        [Inapplicable | Constant(false), Inapplicable | Constant(false)] => Some(
            "it excludes every result\nhelp: remove it, or name the results that it is about: `matches(PATTERN)`",
        ),
        _ => None,
    }
}
