//! What trackers claim -> the end of a call, with the outcome that is found.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};

use crate::input::callable::Callable;
use crate::input::returns::Returns;
use crate::input::tokens::{local, respan, span_of};
use crate::model::outcome::{Claims, Outcomes};
use crate::output::private::ModuleName;
use crate::output::{returns, status};
use crate::track::claim::{Claim, Predicate};
use crate::track::tracker::{Arm, Borrowed};

/// Ends a call that has returned, and yields what it returned.
pub(crate) fn finish(
    outcomes: &Outcomes,
    request: Option<&Callable>,
    its: &Returns,
    call: &Ident,
    returned: &Ident,
    private: &ModuleName,
) -> TokenStream {
    let classify = match outcomes {
        Outcomes::Standard => {
            let evidence =
                evidence_of(its, &quote!(#private::Output::new(), #private::Output::of(&#returned)), private);
            let Some(request) = request else {
                let arguments = quote!(#evidence, #returned, #call);
                return returns::call_of(its, "settle", &arguments, private);
            };
            let (error, asked) = (local("error"), asked(request, private));
            let arguments = quote!(#evidence, #returned, #call, |#error| #asked);
            return returns::call_of(its, "settle_with_request", &arguments, private);
        }
        Outcomes::OfReturned(claims) => of_returned(claims, private),
        Outcomes::OfResult { ok, err } => of_result(ok, err, its, private),
    };
    // By paths, not as methods: the compiler would report them, too, if it knows no type because `private` is wrong.
    let Some(request) = request else { return quote!(#private::Call::finish(#call, #returned, #classify)) };
    let request = of_request(request, its, private);
    quote!(#private::Call::finish_with_request(#call, #returned, #classify, #request))
}

/// A value that decides by its type whether an error is evidence. `outputs` holds the output's type twice, so that neither is blamed.
pub(crate) fn evidence_of(its: &Returns, outputs: &TokenStream, private: &ModuleName) -> TokenStream {
    let errors = returns::call(its, "Returned", "errors", outputs, private);
    // Spanned so that a wrong type is blamed once.
    let evidence = quote_spanned!(its.span.1=> .evidence());
    quote!(#errors #evidence)
}

/// A closure from a reference to the return value, which is a `Result`, to the pause that its error asks for.
fn of_request(request: &Callable, its: &Returns, private: &ModuleName) -> TokenStream {
    let (returned, error) = (local("returned"), local("error"));
    let result = returns::call_of(its, "as_result", &returned.to_token_stream(), private);
    let asked = asked(request, private);
    quote!(|#returned| match #result {
        ::core::result::Result::Ok(_) => ::core::option::Option::None,
        ::core::result::Result::Err(#error) => #asked,
    })
}

/// The pause that an error asks for, by the user's function.
fn asked(request: &Callable, private: &ModuleName) -> TokenStream {
    let pause = quote!(::core::option::Option<::core::time::Duration>);
    of_error(request, ["request", "FromError", "requests"], &pause, private)
}

/// A closure from a reference to the return value, and the breaker, to an `Outcome`.
fn of_returned(claims: &Claims, private: &ModuleName) -> TokenStream {
    let (returned, breaker, error, found) =
        (local("returned"), local("breaker"), local("error"), local("outcome"));
    let of = quote!(#private::Probe::of(#returned).error(#returned));
    let is_err = quote!(#of.is_some());
    let unclaimed = quote!(if #is_err { #private::Outcome::Ignored } else { #private::Outcome::Success });
    let outcome = among(claims, &is_err, &unclaimed, private);
    let evidence = evidence(&found.to_token_stream(), private);
    quote!(|#returned, #breaker| {
        let #found = #outcome;
        #of.map_or(#found, |#error| #evidence)
    })
}

/// The same for a `Result`.
fn of_result(ok: &Claims, err: &Claims, its: &Returns, private: &ModuleName) -> TokenStream {
    let (returned, breaker, error, value) =
        (local("returned"), local("breaker"), local("error"), local("value"));
    let success = quote!(#private::Outcome::Success);
    let of_ok = among(ok, &quote!(false), &success, private);
    let ignored = quote!(#private::Outcome::Ignored);
    let server_failed = local("server_failed");
    let unclaimed = match err.answers {
        Some(_) => quote!(if #server_failed { #ignored } else { #success }),
        None => ignored,
    };
    let of_err = evidence(&among(err, &quote!(true), &unclaimed, private), private);
    let result = returns::call_of(its, "as_result", &returned.to_token_stream(), private);
    let classified = quote!(match #result {
        ::core::result::Result::Ok(#value) => #of_ok,
        ::core::result::Result::Err(#error) => #of_err,
    });
    let classified = err.answers.map_or(classified.clone(), |span| {
        let failed = status::server_failed(span, &result, private);
        quote!({
            let #server_failed = #failed;
            #classified
        })
    });
    quote!(|#returned, #breaker| #classified)
}

/// The outcome of an error that trackers have claimed. A failure may not be evidence.
fn evidence(outcome: &TokenStream, private: &ModuleName) -> TokenStream {
    let (error, breaker) = (local("error"), local("breaker"));
    quote!(#private::evidence(#outcome, #error, #breaker, #private::ErrorType::of(#error).evidence()))
}

/// The outcome of a result that the claims apply to. If the user's code panics instead of claiming a failure,
/// `absent` decides whether it is one. `unclaimed` is the outcome of a result that no tracker claims.
fn among(
    claims: &Claims,
    absent: &TokenStream,
    unclaimed: &TokenStream,
    private: &ModuleName,
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
fn contained(predicate: &Predicate, absent: &TokenStream, private: &ModuleName) -> TokenStream {
    let tokens = holds(predicate, private);
    if predicate.runs_user_code() { quote!(#private::ask(#absent, || #tokens)) } else { tokens }
}

fn holds(predicate: &Predicate, private: &ModuleName) -> TokenStream {
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
            let mut argument = Group::new(Delimiter::Parenthesis, error.to_token_stream());
            argument.set_span(*span);
            quote!((#(#sources #has::<#types> #argument)||*))
        }
        Predicate::Custom(function) => custom(function, private),
        Predicate::ServerError => local("server_failed").into_token_stream(),
        Predicate::Not(inner) => {
            let inner = holds(inner, private);
            quote!(!(#inner))
        }
        Predicate::And(members) => joined(members, &quote!(&&), private),
        Predicate::Or(members) => joined(members, &quote!(||), private),
    }
}

fn joined(members: &[Predicate], operator: &TokenStream, private: &ModuleName) -> TokenStream {
    let members = members.iter().map(|member| holds(member, private));
    members.reduce(|left, right| quote!(((#left) #operator (#right)))).unwrap_or_default()
}

fn matches(arm: &Arm, subject: &str, private: &ModuleName) -> TokenStream {
    let Arm { pattern, of_reference, guard, borrowed } = arm;
    let subject = local(subject);
    let (subject, pattern) = match borrowed {
        Some(Borrowed::Text) => {
            (borrow(&quote!(#private::Text::as_text), &subject, pattern, private), pattern)
        }
        Some(Borrowed::Bytes) => {
            (borrow(&quote!(#private::TextOfBytes::as_bytes), &subject, pattern, private), pattern)
        }
        None => (subject.into_token_stream(), of_reference),
    };
    // In a closure, so that a guard that always panics leaves no unreachable code.
    let guard = guard.as_ref().map(|guard| quote!(if #private::holds(|| #guard)));
    // In a `Some`, so that a pattern that matches everything does not make the last arm unreachable.
    let some = quote!(::core::option::Option::Some);
    quote!((match #some(#subject) { #some(#pattern) #guard => true, _ => false }))
}

/// A call of the method that borrows a pattern's subject, spanned so that a value of the wrong type is reported at the pattern.
fn borrow(method: &TokenStream, subject: &Ident, pattern: &TokenStream, private: &ModuleName) -> TokenStream {
    let span = span_of(pattern).map_or(Span::call_site(), |(first, _)| first);
    let [method, function] = [method.clone(), quote!(#private::subject)].map(|path| respan(path, span));
    quote_spanned!(span=> #method(#function(#subject)))
}

/// A call of a user's tracker.
fn custom(function: &Callable, private: &ModuleName) -> TokenStream {
    of_error(function, ["custom", "Custom", "claims"], &quote!(bool), private)
}

/// A call of a user's function of the error, spanned so that type errors point at it: by a function of ours if it is a closure, or else by the
/// method of a trait, which has messages for it.
fn of_error(
    function: &Callable,
    [closure, of, method]: [&str; 3],
    output: &TokenStream,
    private: &ModuleName,
) -> TokenStream {
    let [closure, of, method] = [closure, of, method].map(|name| Ident::new(name, Span::call_site()));
    let error = local("error");
    let (first, last) = span_of(&function.tokens).unwrap_or((Span::call_site(), Span::call_site()));
    let called = if function.closure.is_some() {
        respan(quote!(#private::#closure), first)
    } else {
        let of = respan(quote!(#private::#of::<_, _>::), first);
        let method = respan(method.to_token_stream(), last);
        quote!(#of #method)
    };
    let tokens = function.with_types_inside(&quote!(#private::Output::<#output>::new()), private);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#error, #tokens));
    arguments.set_span(last);
    quote!(#called #arguments)
}
