//! The parts of a guarded call: how it is admitted, what a refused one returns, and how it ends. The forms of functions put them together.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Lifetime;

use crate::input::callable::Callable;
use crate::input::returns::Returns;
use crate::input::tokens::local;
use crate::model::guarded_function::GuardedFunction;
use crate::model::outcome::Outcomes;
use crate::model::timeout::Timeout;
use crate::output::private::ModuleName;
use crate::output::target::Target;
use crate::output::{handler, outcome, returns, settings};

/// Writes the body of a guarded function, in parts.
pub(super) struct BodyWriter<'a> {
    pub(super) guard: &'a GuardedFunction,
    pub(super) private: &'a ModuleName,
    pub(super) target: &'a Target,
}

impl BodyWriter<'_> {
    pub(super) fn returns(&self) -> &Returns {
        &self.guard.function.returns
    }

    /// Whether a handler is outside the call, since it awaits something, or may move what the body moves. Any other is part of the call.
    pub(super) fn has_handlers_beside(&self) -> bool {
        let stands_beside =
            |handler: &Callable| handler.is_async() || self.guard.function.has_parameter_in(&handler.tokens);
        self.guard.fallback.is_some() || self.guard.rejected.as_ref().is_some_and(stands_beside)
    }

    /// A closure from what a call returned, or from the refusal, to what the function returns. No handler is outside the call.
    pub(super) fn settled(&self) -> TokenStream {
        let (result, refusal) = (local("result"), local("refusal"));
        let (private, refused) = (self.private, self.refused(&refusal));
        quote!(move |#result| #private::Yielded(match #result {
            ::core::result::Result::Ok(#result) => #result,
            ::core::result::Result::Err(#refusal) => #refused,
        }))
    }

    /// Awaits the body's future, unless the call is refused.
    pub(super) fn awaited(&self, future: &TokenStream) -> TokenStream {
        if !self.has_handlers_beside() {
            let deferred = self.deferred(future);
            return quote!(return #deferred.await;);
        }
        let Self { private, target, .. } = self;
        let call = local("call");
        let awaited = if let Some(evidence) = self.evidence() {
            quote!(#private::guarded(#call, #future, #evidence).await)
        } else {
            let (finish, (new, limit)) = (self.finisher(), self.constructor());
            quote!(#private::Guarded::#new(#call, #future, #limit #finish).await)
        };
        let locate = &target.locate;
        let entered = quote!(#private::Admitted::enter(#locate));
        self.admitted(&entered, &TokenStream::new(), &awaited)
    }

    /// The future that asks the breaker to admit the call when it is first polled, and then polls `future`. No handler is outside the call.
    pub(super) fn deferred(&self, future: &TokenStream) -> TokenStream {
        let Self { private, target, .. } = self;
        let locate = &target.locate;
        if let Some(evidence) = self.evidence() {
            let output = returns::witness(self.returns(), private);
            let (deferred, refused) = self.refused_by();
            return quote!(#private::#deferred(#output, #locate, #future, #evidence, #refused));
        }
        let refusal = local("refusal");
        let refused = self.refused(&refusal);
        let (finish, (new, limit)) = (self.finisher(), self.constructor());
        let refused = quote!(move |#refusal| #private::Yielded(#refused));
        quote!(#private::Deferred::#new(#locate, #future, #limit move #finish, #refused))
    }

    /// The constructor of a deferred future, and what turns a refusal into a result for it.
    fn refused_by(&self) -> (Ident, TokenStream) {
        let (returns, private) = (self.returns(), self.private);
        let (name, refused) = if let Some(rejected) = &self.guard.rejected {
            ("deferred_or", handler::of_refusal(rejected, returns, private))
        } else if let Some(by) = returns::by_conversion(returns, private) {
            ("deferred", by)
        } else {
            let refusal = local("refusal");
            let refused = self.refused(&refusal);
            ("deferred_or", quote!(|#refusal| #refused))
        };
        (Ident::new(name, Span::mixed_site()), refused)
    }

    /// A value that decides whether an error is evidence, if nothing else matters about a call, and its
    /// type is known before it returns.
    pub(super) fn evidence(&self) -> Option<TokenStream> {
        let guard = self.guard;
        let is_all = matches!(guard.outcomes, Outcomes::Standard)
            && guard.request.is_none()
            && guard.timeout.is_none();
        let returns = self.returns();
        if !is_all || !returns.is_inferred {
            return None;
        }
        let output = returns::witness(returns, self.private);
        Some(outcome::evidence_of(returns, &quote!(#output, #output), self.private))
    }

    /// Ends the call, which has returned.
    pub(super) fn finish(&self) -> TokenStream {
        let (call, returned) = (local("call"), local("returned"));
        let request = self.guard.request.as_ref();
        outcome::finish(&self.guard.outcomes, request, self.returns(), &call, &returned, self.private)
    }

    /// The same as a closure from the call and what it returned, if it returned in time.
    pub(super) fn finisher(&self) -> TokenStream {
        let (call, returned, finish) = (local("call"), local("returned"), self.finish());
        let private = self.private;
        if self.guard.timeout.is_none() {
            return quote!(|#call, #returned| #private::Yielded(#finish));
        }
        let timed_out = self.timed_out();
        quote!(|#call, #returned| #private::Yielded(match #returned {
            ::core::result::Result::Ok(#returned) => #finish,
            ::core::result::Result::Err(#returned) => #timed_out,
        }))
    }

    /// Ends the call, which took too long, and makes what the function returns.
    fn timed_out(&self) -> TokenStream {
        let (private, call, returned) = (self.private, local("call"), local("returned"));
        let of = if self.guard.outcomes.is_of_returned() { "Limitable" } else { "Returned" };
        let become_error = returns::timed_out_error(self.returns(), private);
        let arguments = quote!(#private::Call::time_out(#call, #returned), #become_error);
        returns::call(self.returns(), of, "timed_out", &arguments, private)
    }

    /// The name of a future's constructor, and its argument after the body: the limit, if there is one.
    pub(super) fn constructor(&self) -> (Ident, TokenStream) {
        let name = |name| Ident::new(name, Span::mixed_site());
        match &self.guard.timeout {
            None => (name("new"), TokenStream::new()),
            Some(Timeout { value, span }) => {
                let limit = settings::limit(value, *span, self.private);
                (name("limited"), quote!(#limit,))
            }
        }
    }

    /// Returns what `run` and then `made` make from `call`, or what the function returns when it is refused. `entered` is a
    /// `Result` of the call, or a refusal. Only one of the two ever runs, so a handler may move what the body does.
    pub(super) fn admitted(
        &self,
        entered: &TokenStream,
        run: &TokenStream,
        made: &TokenStream,
    ) -> TokenStream {
        let Self { guard, private, .. } = self;
        let returns = self.returns();
        let (call, refusal, returned, error) =
            (local("call"), local("refusal"), local("returned"), local("error"));
        let ok = quote!(::core::result::Result::Ok);
        let err = quote!(::core::result::Result::Err);
        // Not in a match around `run`, or a future would keep the value of `entered` while it waits.
        let call_or = |refused: &TokenStream| {
            quote!(let #call = match #entered {
                #ok(#call) => #call,
                #err(#refusal) => #refused
            };)
        };
        let Some(fallback) = &guard.fallback else {
            let refused = self.refused(&refusal);
            let call = call_or(&quote!(return #refused,));
            return quote!(#call #run return #made;);
        };
        let label = Lifetime::new("'_failed", Span::mixed_site());
        let refused = if guard.rejected.is_some() {
            let refused = self.refused(&refusal);
            quote!(return #refused,)
        } else {
            let refused = self.refused_error(&refusal);
            quote!({
                let #error = #refused;
                break #label #error;
            })
        };
        let call = call_or(&refused);
        let split = self.split(made);
        let handled = handler::fallback(fallback, &error, returns, private);
        quote!(
            let #returned = #label: {
                #call
                #run
                #split
            };
            return match #returned {
                #ok(#returned) => #returned,
                #err(#error) => #handled,
            };
        )
    }

    /// What a refused call returns, unless there is a `fallback`.
    fn refused(&self, refusal: &Ident) -> TokenStream {
        let private = self.private;
        if let Some(rejected) = &self.guard.rejected {
            return handler::rejected(rejected, refusal, self.returns(), private);
        }
        let of = if self.guard.outcomes.is_of_returned() { "Refusable" } else { "Returned" };
        let become_error = returns::become_error(self.returns(), private);
        returns::call(self.returns(), of, "refused", &quote!(#refusal, #become_error), private)
    }

    /// `Err` with what a `fallback` takes for a refusal.
    fn refused_error(&self, refusal: &Ident) -> TokenStream {
        let private = self.private;
        if self.guard.outcomes.is_of_returned() {
            let (output, error) = (returns::witness(self.returns(), private), local("error"));
            let argument = quote!(|#error| #private::Probe::new(#output).argument(#error));
            quote!(::core::result::Result::Err(#private::IntoError::into_error(#refusal, #argument)))
        } else {
            let become_error = returns::become_error(self.returns(), private);
            let arguments = quote!(#refusal, #become_error);
            returns::call(self.returns(), "Returned", "refused_error", &arguments, private)
        }
    }

    /// `Err` with what a `fallback` takes, if the result of `run` calls for it, or else `Ok` with that result.
    fn split(&self, run: &TokenStream) -> TokenStream {
        let Self { private, .. } = self;
        if self.guard.outcomes.is_of_returned() {
            let output = returns::witness(self.returns(), private);
            quote!(#private::Probe::new(#output).split(#run))
        } else {
            returns::call_of(self.returns(), "split", run, private)
        }
    }
}
