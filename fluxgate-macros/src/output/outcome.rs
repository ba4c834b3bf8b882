//! Trackers -> a closure that finds the outcome of a call.
//!
//! A tracker is evaluated separately for `Ok` and for `Err`. One that looks at the one kind does not apply to the other, and neither
//! does its negation: `!matches(NotFound)` never claims an `Ok`. So each half becomes a plain condition, or none if nothing applies.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::input::errors::span_of;
use crate::input::source::respan;
use crate::output::returns::Returns;
use crate::track::parser::{Arm, Tracker};

/// The kind of result that a tracker is evaluated for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Domain {
    Ok,
    Err,
    /// The return value of a function that may return no `Result`.
    Whole,
}

/// What a tracker becomes in a domain.
#[derive(Clone)]
enum Claim {
    /// It does not apply to such results.
    Inapplicable,
    Constant(bool),
    Condition {
        tokens: TokenStream,
        /// It runs user code, which may panic.
        is_foreign: bool,
    },
}

/// The trackers of a function.
pub(crate) struct Judge<'a> {
    pub(crate) returns: &'a Returns,
    pub(crate) track: Option<&'a Tracker>,
    pub(crate) success: Option<&'a Tracker>,
    pub(crate) private: &'a TokenStream,
}

impl Judge<'_> {
    /// Whether the function may return something other than a `Result`.
    pub(crate) fn is_of_returned(&self) -> bool {
        self.track.is_some_and(Tracker::is_of_returned) && self.success.is_none_or(Tracker::is_of_returned)
    }

    /// A function from a reference to the return value to an `Outcome`.
    pub(crate) fn tokens(&self, capture: &TokenStream) -> TokenStream {
        let private = self.private;
        let returned = local("returned");
        if self.track.is_none_or(|track| matches!(track, Tracker::All)) && self.success.is_none() {
            let outcome = self.returns.call(&quote!(#private::Returned), "outcome", quote!(#returned));
            return quote!(#capture |#returned| #outcome);
        }
        let body = if self.is_of_returned() {
            let probe = local("probe");
            let is_err = quote!(#probe.is_err(#returned));
            let outcome = self.outcome(
                Domain::Whole,
                &is_err,
                &quote!(if #is_err { #private::Outcome::Ignored } else { #private::Outcome::Success }),
            );
            quote!(
                #[allow(unused_imports)]
                use #private::Whatever as _;
                let #probe = #private::Probe::of(#returned);
                #outcome
            )
        } else {
            let (value, error) = (local("value"), local("error"));
            let success = quote!(#private::Outcome::Success);
            let ignored = quote!(#private::Outcome::Ignored);
            let of_ok = self.outcome(Domain::Ok, &quote!(false), &success);
            let of_err = self.outcome(Domain::Err, &quote!(true), &ignored);
            let result = self.returns.call(&quote!(#private::Returned), "as_result", quote!(#returned));
            quote!(match #result {
                ::core::result::Result::Ok(#value) => #of_ok,
                ::core::result::Result::Err(#error) => #of_err,
            })
        };
        quote!(#capture |#returned| {
            #[allow(unreachable_code, unreachable_patterns)]
            let outcome = { #body };
            outcome
        })
    }

    /// `absent` is the outcome if a tracker panics, `unclaimed` that of a result that no tracker claims.
    fn outcome(&self, domain: Domain, absent: &TokenStream, unclaimed: &TokenStream) -> TokenStream {
        let private = self.private;
        let success = self.success.map_or(Claim::Inapplicable, |tracker| claim(tracker, domain, private));
        let track = claim(self.track.unwrap_or(&Tracker::All), domain, private);
        let track = match track {
            Claim::Inapplicable | Claim::Constant(false) => unclaimed.clone(),
            Claim::Constant(true) => quote!(#private::Outcome::Failure),
            Claim::Condition { tokens, is_foreign } => {
                let condition = self.contained(tokens, is_foreign, absent);
                quote!(if #condition { #private::Outcome::Failure } else { #unclaimed })
            }
        };
        match success {
            Claim::Inapplicable | Claim::Constant(false) => track,
            Claim::Constant(true) => quote!(#private::Outcome::Success),
            Claim::Condition { tokens, is_foreign } => {
                let condition = self.contained(tokens, is_foreign, &quote!(false));
                quote!(if #condition { #private::Outcome::Success } else { #track })
            }
        }
    }

    fn contained(&self, tokens: TokenStream, is_foreign: bool, absent: &TokenStream) -> TokenStream {
        let private = self.private;
        if is_foreign { quote!(#private::ask(#absent, || #tokens)) } else { tokens }
    }
}

fn claim(tracker: &Tracker, domain: Domain, private: &TokenStream) -> Claim {
    match tracker {
        Tracker::All if domain == Domain::Err => Claim::Constant(true),
        Tracker::Matches(arm) if domain == Domain::Err => condition(arm, "error"),
        Tracker::TypeOf(span, types) if domain == Domain::Err => {
            let error = local("error");
            let has = quote_spanned!(*span=> .has);
            let sources = quote_spanned!(*span=> (&&&&#private::Sources(#error)));
            let tokens = quote!({
                #[allow(unused_imports)]
                use #private::{ViaBoth as _, ViaError as _, ViaNothing as _, ViaPointer as _};
                #(#sources #has::<#types>())||*
            });
            Claim::Condition { tokens, is_foreign: true }
        }
        Tracker::Custom(function) if domain == Domain::Err => {
            Claim::Condition { tokens: custom(function, private), is_foreign: true }
        }
        Tracker::Ok(arm) if domain == Domain::Ok => condition(arm, "value"),
        Tracker::Returned(arm) => condition(arm, "returned"),
        Tracker::Not(inner) => match claim(inner, domain, private) {
            Claim::Inapplicable => Claim::Inapplicable,
            Claim::Constant(claims) => Claim::Constant(!claims),
            Claim::Condition { tokens, is_foreign } => {
                Claim::Condition { tokens: quote!(!(#tokens)), is_foreign }
            }
        },
        Tracker::And(left, right) => and(claim(left, domain, private), claim(right, domain, private)),
        Tracker::Or(left, right) => or(claim(left, domain, private), claim(right, domain, private)),
        _ => Claim::Inapplicable,
    }
}

/// A call of a user's function, spanned so that type errors point at it.
fn custom(function: &TokenStream, private: &TokenStream) -> TokenStream {
    let error = local("error");
    let span = span_of(function).map_or(Span::call_site(), |(first, _)| first);
    let custom = respan(quote!(#private::custom), span);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#error, #function));
    arguments.set_span(span);
    quote!(#custom #arguments)
}

/// Why the tracker can never claim a result, if so: nothing is both an `Ok` and an `Err`, or it contradicts itself.
pub(crate) fn claims_nothing(tracker: &Tracker) -> Option<&'static str> {
    let claims = [Domain::Ok, Domain::Err].map(|domain| claim(tracker, domain, &TokenStream::new()));
    match claims {
        [Claim::Inapplicable, Claim::Inapplicable] => Some(
            "no result is both an `Ok` and an `Err`\n\
             help: join what looks at `Ok` and what looks at `Err` with `|`",
        ),
        [Claim::Inapplicable | Claim::Constant(false), Claim::Inapplicable | Claim::Constant(false)] => Some(
            "it excludes every result\nhelp: remove it, or say which results are meant: `matches(PATTERN)`",
        ),
        _ => None,
    }
}

fn and(left: Claim, right: Claim) -> Claim {
    match (left, right) {
        (Claim::Inapplicable, _) | (_, Claim::Inapplicable) => Claim::Inapplicable,
        (Claim::Constant(false), _) | (_, Claim::Constant(false)) => Claim::Constant(false),
        (Claim::Constant(true), other) | (other, Claim::Constant(true)) => other,
        (left, right) => joined(left, right, &quote!(&&)),
    }
}

fn or(left: Claim, right: Claim) -> Claim {
    match (left, right) {
        (Claim::Inapplicable | Claim::Constant(false), other)
        | (other, Claim::Inapplicable | Claim::Constant(false)) => other,
        (Claim::Constant(true), _) | (_, Claim::Constant(true)) => Claim::Constant(true),
        (left, right) => joined(left, right, &quote!(||)),
    }
}

fn joined(left: Claim, right: Claim, operator: &TokenStream) -> Claim {
    match (left, right) {
        (
            Claim::Condition { tokens: left, is_foreign: first },
            Claim::Condition { tokens: right, is_foreign: second },
        ) => Claim::Condition { tokens: quote!(((#left) #operator (#right))), is_foreign: first || second },
        (left, _) => left,
    }
}

fn condition(arm: &Arm, subject: &str) -> Claim {
    let Arm { pattern, guard } = arm;
    let subject = local(subject);
    let guard_tokens = guard.as_ref().map(|guard| quote!(if #guard));
    let tokens = quote!((match #subject { #pattern #guard_tokens => true, _ => false }));
    Claim::Condition { tokens, is_foreign: guard.is_some() }
}

/// A variable that user code cannot see.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
