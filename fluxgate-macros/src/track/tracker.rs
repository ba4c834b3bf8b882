//! Which results a tracker claims.

use proc_macro2::{Span, TokenStream};
use syn::Type;

use crate::input::callable::Callable;

/// The value of `track`, `success` or `ignore`.
#[derive(Clone)]
pub(crate) enum Tracker {
    /// Every `Err`.
    All,
    /// An `Err` that matches.
    Matches(Arm),
    /// An `Err` whose error, or one of its sources, has one of these types. The span is that of the word.
    TypeOf(Span, Vec<Type>),
    /// An `Err` for which a user's function returns `true`.
    Custom(Callable),
    /// An `Ok` that matches.
    Ok(Arm),
    /// A return value that matches.
    Returned(Arm),
    /// An `Ok` or an `Err` whose status says that the server failed, and an `Err` without a status. The span is that of the word.
    ServerErrors(Span),
    Not(Box<Tracker>),
    And(Vec<Tracker>),
    Or(Vec<Tracker>),
}

/// A pattern, perhaps with a guard.
#[derive(Clone)]
pub(crate) struct Arm {
    /// As it was written.
    pub(crate) pattern: TokenStream,
    /// The same, for a reference to what it describes.
    pub(crate) of_reference: TokenStream,
    pub(crate) guard: Option<TokenStream>,
    /// What it is matched against, if that has to be borrowed from the value.
    pub(crate) borrowed: Option<Borrowed>,
}

/// What text or bytes in a pattern are matched against, whoever owns it: `"down"` also matches a `String`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Borrowed {
    Text,
    Bytes,
}

impl Tracker {
    /// The span of the word `server_errors`, if the tracker contains it.
    pub(crate) fn server_errors(&self) -> Option<Span> {
        match self {
            Self::ServerErrors(span) => Some(*span),
            Self::Not(inner) => inner.server_errors(),
            Self::And(members) | Self::Or(members) => members.iter().find_map(Self::server_errors),
            _ => None,
        }
    }

    /// Whether it looks at whole return values only, so that the function need not return a `Result`.
    pub(crate) fn is_of_returned(&self) -> bool {
        match self {
            Self::Returned(_) => true,
            Self::Not(inner) => inner.is_of_returned(),
            Self::And(members) | Self::Or(members) => members.iter().all(Self::is_of_returned),
            _ => false,
        }
    }
}
