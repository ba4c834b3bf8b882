//! What trackers claim -> a closure that finds the outcome of a call.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};

use crate::input::returns::Returns;
use crate::input::tokens::{local, respan, span_of};
use crate::model::outcome::{Claims, Outcomes};
use crate::output::returns;
use crate::track::claim::{Claim, Predicate};
use crate::track::tracker::{Arm, Borrowed};

/// A closure from a reference to the return value, and the breaker, to an `Outcome`; `ownership` is `move`, or nothing.
pub(crate) fn outcome(
    outcomes: &Outcomes,
    its: &Returns,
    ownership: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let (returned, breaker, error) = (local("returned"), local("breaker"), local("error"));
    let is_own_refusal = quote!(#private::Sources::of(#error).is_refusal_by(#breaker));
    let (success, ignored) = (quote!(#private::Outcome::Success), quote!(#private::Outcome::Ignored));
    let body = match outcomes {
        Outcomes::Standard => {
            let arguments = quote!(#returned, |#error| #is_own_refusal);
            returns::call(its, &quote!(#private::Returned), "outcome", &arguments)
        }
        Outcomes::OfReturned(claims) => {
            let of = quote!(#private::Probe::of(#returned).error(#returned));
            let is_err = quote!(#of.is_some());
            let unclaimed = quote!(if #is_err { #ignored } else { #success });
            let outcome = among(claims, &is_err, &unclaimed, private);
            quote!(#private::evidence(#outcome, || #of.is_some_and(|#error| #is_own_refusal)))
        }
        Outcomes::OfResult { ok, err } => {
            let value = local("value");
            let of_ok = among(ok, &quote!(false), &success, private);
            let of_err = among(err, &quote!(true), &ignored, private);
            let result =
                returns::call(its, &quote!(#private::Returned), "as_result", &returned.to_token_stream());
            quote!(match #result {
                ::core::result::Result::Ok(#value) => #of_ok,
                ::core::result::Result::Err(#error) => #private::evidence(#of_err, || #is_own_refusal),
            })
        }
    };
    quote!(#ownership |#returned, #breaker| #body)
}

/// The outcome of a result among those that the claims are about. Where the user's code panics instead of claiming a failure,
/// `absent` says whether there is one. `unclaimed` is the outcome of a result that no tracker claims.
fn among(
    claims: &Claims,
    absent: &TokenStream,
    unclaimed: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let questions = [
        (&claims.ignored, quote!(Ignored), quote!(false)),
        (&claims.successes, quote!(Success), quote!(false)),
        (&claims.failures, quote!(Failure), absent.clone()),
    ];
    questions.into_iter().rev().fold(unclaimed.clone(), |otherwise, (claim, outcome, absent)| match claim {
        Claim::Inapplicable | Claim::Constant(false) => otherwise,
        Claim::Constant(true) => quote!(#private::Outcome::#outcome),
        Claim::If(predicate) => {
            let predicate = contained(predicate, &absent, private);
            quote!(if #predicate { #private::Outcome::#outcome } else { #otherwise })
        }
    })
}

/// The predicate, or `absent` if it panics.
fn contained(predicate: &Predicate, absent: &TokenStream, private: &TokenStream) -> TokenStream {
    let tokens = holds(predicate, private);
    if predicate.runs_user_code() { quote!(#private::ask(#absent, || #tokens)) } else { tokens }
}

fn holds(predicate: &Predicate, private: &TokenStream) -> TokenStream {
    match predicate {
        Predicate::Error(arm) => matches(arm, "error", private),
        Predicate::Value(arm) => matches(arm, "value", private),
        Predicate::Returned(arm) => matches(arm, "returned", private),
        Predicate::TypeOf(span, types) => {
            let mut error = local("error");
            error.set_span(error.span().located_at(*span));
            let has = quote_spanned!(*span=> .has);
            let of = respan(quote!(#private::Sources::of), *span);
            let sources = quote_spanned!(*span=> #of(#error));
            let end = quote_spanned!(*span=> ());
            quote!((#(#sources #has::<#types> #end)||*))
        }
        Predicate::Custom(function) => custom(function, private),
        Predicate::Not(inner) => {
            let inner = holds(inner, private);
            quote!(!(#inner))
        }
        Predicate::And(members) => joined(members, &quote!(&&), private),
        Predicate::Or(members) => joined(members, &quote!(||), private),
    }
}

fn joined(members: &[Predicate], operator: &TokenStream, private: &TokenStream) -> TokenStream {
    let members = members.iter().map(|member| holds(member, private));
    members.reduce(|left, right| quote!(((#left) #operator (#right)))).unwrap_or_default()
}

fn matches(arm: &Arm, subject: &str, private: &TokenStream) -> TokenStream {
    let Arm { pattern, guard, borrowed } = arm;
    let subject = local(subject);
    let subject = match borrowed {
        Some(Borrowed::Text) => borrow(&quote!(#private::Text::as_text), &subject, pattern, private),
        Some(Borrowed::Bytes) => borrow(&quote!(#private::Bytes::as_bytes), &subject, pattern, private),
        None => subject.into_token_stream(),
    };
    // In a closure, so that a guard may panic without leaving code that is never reached.
    let guard = guard.as_ref().map(|guard| quote!(if #private::holds(|| #guard)));
    // In a `Some`, so that a pattern may match everything without making the last arm one that is never reached.
    let some = quote!(::core::option::Option::Some);
    quote!((match #some(#subject) { #some(#pattern) #guard => true, _ => false }))
}

/// A call of the method that borrows a pattern's subject, spanned so that a value that is nothing of the kind is told at the pattern.
fn borrow(
    method: &TokenStream,
    subject: &Ident,
    pattern: &TokenStream,
    private: &TokenStream,
) -> TokenStream {
    let span = span_of(pattern).map_or(Span::call_site(), |(first, _)| first);
    let [method, function] = [method.clone(), quote!(#private::subject)].map(|path| respan(path, span));
    quote_spanned!(span=> #method(#function(#subject)))
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
