//! A function and what guards it -> the guarded function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::Lifetime;

use crate::input::attributes;
use crate::input::boxed_tails::{Boxed, BoxedTails};
use crate::input::callable::Callable;
use crate::input::function::Function;
use crate::input::future_block::FutureBlock;
use crate::input::returns::{Form, Returns};
use crate::input::tokens::{braced, local, respan, span_of};
use crate::input::unseen::Unseen;
use crate::model::guard::GuardedFunction;
use crate::model::outcome::Outcomes;
use crate::model::target::BreakerLocation;
use crate::model::timeout::Timeout;
use crate::output::body::{self, Capture};
use crate::output::private::{Name, Private};
use crate::output::target::Target;
use crate::output::warnings::warnings;
use crate::output::{handler, outcome, references, returns, settings};

/// The function, with its body guarded.
pub(crate) fn guarded(guard: &GuardedFunction, private: &Private) -> TokenStream {
    let Function { attributes, visibility, signature, inner, block, .. } = &guard.function;
    let target = Target::of(&guard.breaker, &guard.function, private);
    let writer = BodyWriter { guard, private: &private.name, target: &target };
    let body = match (guard.function.returns.form, &guard.function.future) {
        (Form::Sync, _) => writer.sync(),
        (Form::Async, _) => writer.asynchronous(),
        (Form::Future | Form::Boxed, Some(future)) => writer.future(future),
        (Form::Future | Form::Boxed, None) => writer.eager(),
    };
    let (beside, import) = (&target.beside, &private.import);
    let of_settings = guard.breaker.settings().map(|settings| &settings.warnings[..]).unwrap_or_default();
    let warnings = [of_settings, &guard.warnings].map(warnings);
    let warnings = quote!(#(#warnings)*);
    let references = references::statements(&guard.references, &private.fluxgate, &private.name);
    let attributes = attributes::of_function(attributes, !beside.is_empty());
    let inner = attributes::of_body(inner, !beside.is_empty());
    let hint = guard.function.returns.unseen.as_ref().filter(|_| !guard.has_tracker).map(hint);
    let body = braced(quote!(#inner #import #references #warnings #hint #body), block.span());
    quote!(#beside #(#attributes)* #visibility #signature #body)
}

/// A warning by the compiler, the only one that may warn: that of a constant which is deprecated for this reason.
fn hint(Unseen { message, span }: &Unseen) -> TokenStream {
    let name = Ident::new("__FLUXGATE_HINT", *span);
    quote!(
        #[deprecated(note = #message)]
        const __FLUXGATE_HINT: () = ();
        const _: () = #name;
    )
}

/// Writes the body.
struct BodyWriter<'a> {
    guard: &'a GuardedFunction,
    private: &'a Name,
    target: &'a Target,
}

impl BodyWriter<'_> {
    fn returns(&self) -> &Returns {
        &self.guard.function.returns
    }

    /// Whether a handler is outside the call, since it awaits something, or may move what the body moves. Any other is part of the call.
    fn has_handlers_beside(&self) -> bool {
        let stands_beside =
            |handler: &Callable| handler.is_async() || self.guard.function.has_parameter_in(&handler.tokens);
        self.guard.fallback.is_some() || self.guard.rejected.as_ref().is_some_and(stands_beside)
    }

    // Input:
    //     fn charge(order: &Order) -> Result<Receipt, PaymentError> { .. }
    //
    // Output:
    //     fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    //         Returned::call(breaker, evidence, become_error, || -> Result<Receipt, PaymentError> { .. })
    //     }
    //
    // and with a `rejected` that may move what the body moves:
    //
    //         let call = match Call::enter(breaker) {
    //             Ok(call) => call,
    //             Err(refusal) => return reject(refusal, rejected),
    //         };
    //         Returned::run(call, evidence, || -> Result<Receipt, PaymentError> { .. })
    fn sync(&self) -> TokenStream {
        let Self { guard, private, target } = self;
        let capture = Capture::of_closure(guard);
        let body = body::closure(&guard.function.block, self.returns(), &capture, private);
        let (setup, breaker, returns) = (&target.setup, &target.breaker, self.returns());
        let inference = returns::inference(returns, private);
        let alias = returns::alias(returns, private);
        let output = returns::witness(returns, private);
        let entered = quote!(#private::Call::enter(#breaker));
        let called = match self.evidence() {
            Some(evidence) if !self.has_handlers_beside() => {
                let (method, refused) = match &guard.rejected {
                    Some(rejected) => ("call_or", handler::of_refusal(rejected, returns, private)),
                    None => ("call", returns::become_error(returns, private)),
                };
                let arguments = quote!(#output, #output, #breaker, #evidence, #refused, #body);
                let called = returns::call(returns, "Returned", method, &arguments, private);
                quote!(return #called;)
            }
            // With a `fallback`, what the body returns is taken apart at once. A single call would have to put it together first.
            Some(evidence) if guard.fallback.is_none() => {
                let call = local("call");
                let arguments = quote!(#output, #output, #call, #evidence, #body);
                let called = returns::call(returns, "Returned", "run", &arguments, private);
                self.admitted(&entered, &TokenStream::new(), &called)
            }
            _ => {
                let returned = local("returned");
                let run = quote!(let #returned = #private::run(#output, #body););
                self.admitted(&entered, &run, &self.finish())
            }
        };
        quote!(#inference #alias #setup #called)
    }

    // Input:
    //     async fn charge(order: Order) -> Result<Receipt, PaymentError> { .. }
    //
    // Output:
    //     async fn charge(order: Order) -> Result<Receipt, PaymentError> {
    //         deferred(breaker, async move { .. }, evidence, by).await
    //     }
    //
    // and with a `fallback`, or a `rejected` that may move what the body moves:
    //
    //         let call = match Call::enter_async(breaker) {
    //             Ok(call) => call,
    //             Err(refusal) => return IntoError::into_error(refusal, rejected),
    //         };
    //         guarded(call, async move { .. }, evidence).await
    fn asynchronous(&self) -> TokenStream {
        let function = &self.guard.function;
        let capture = Capture::of_future(function);
        let returns = self.returns();
        let body = body::future(&quote!(async move), &function.block, returns, &capture, self.private);
        let inference = returns::inference(returns, self.private);
        let (setup, awaited) = (&self.target.setup, self.awaited(&body));
        quote!(#inference #setup #awaited)
    }

    // Input:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> {
    //         async move { .. }
    //     }
    //
    // Output:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> {
    //         deferred(breaker, async move { .. }, evidence, by)
    //     }
    //
    // or, where handlers or attributes below need it, `async move { .. }` as for an `async fn`; boxed, if the user's is.
    fn future(&self, FutureBlock { boxed, keywords, block, .. }: &FutureBlock) -> TokenStream {
        let Self { guard, private, target } = self;
        let body = body::future(keywords, block, self.returns(), &Capture::none(), private);
        let inference = returns::inference(self.returns(), private);
        let setup = &target.setup;
        let is_plain = !self.has_handlers_beside() && !guard.function.has_attributes_below();
        let (setup, future) = match &guard.breaker {
            BreakerLocation::Lent(_) => {
                let awaited = self.awaited(&body);
                (None, quote!(async move { #setup #awaited }))
            }
            BreakerLocation::Inside(_)
            | BreakerLocation::Beside(..)
            | BreakerLocation::Associated(..)
            | BreakerLocation::Static(_)
            | BreakerLocation::Given(_)
            | BreakerLocation::Field(_)
                if is_plain =>
            {
                (Some(setup), self.deferred(&body))
            }
            _ => {
                let awaited = self.awaited(&body);
                (Some(setup), quote!(async move { #awaited }))
            }
        };
        let future = boxed.as_ref().map_or_else(|| future.clone(), |pin| quote!(#pin(#future)));
        let returned = self.returned(&future);
        quote!(#inference #setup #returned)
    }

    // Input:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> {
    //         let sent = send(order);
    //         async move { .. }
    //     }
    //
    // Output:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> {
    //         Eager::new(breaker, || -> _ { .. }, finish, settle)
    //     }
    //
    // and with a `fallback`, or a `rejected` that may move what the body moves:
    //
    //         let begun = Eager::new(breaker, || -> _ { .. }, finish, told);
    //         async move { match begun.await { .. } }
    fn eager(&self) -> TokenStream {
        let Self { guard, private, target } = self;
        let is_visible = guard.function.has_attributes_below();
        if let (Some(tails), false, false) = (&guard.function.tails, is_visible, self.has_handlers_beside()) {
            return self.boxed(tails);
        }
        let returns = self.returns();
        let inference = returns::inference(returns, private);
        let [output, declared] =
            [returns::witness(returns, private), returns::declared_witness(returns, private)];
        let body = body::closure(&guard.function.block, self.returns(), &Capture::none(), private);
        let hold = &target.hold;
        let finish = self.finisher();
        let begun = local("begun");
        let (new, limit) = self.constructor();
        let new = |settle: &TokenStream| quote!(#private::Eager::#new(#output, #declared, #hold, #body, #limit move #finish, #settle));
        let (setup, future) = if self.has_handlers_beside() {
            // To clippy, a path would be a `static` that is changed.
            let result = local("result");
            let new = new(&quote!(|#result| #private::Yielded(#private::told(#result))));
            let ended =
                self.admitted(&quote!(#begun.await), &TokenStream::new(), &local("call").to_token_stream());
            (quote!(let #begun = #new;), quote!(async move { #ended }))
        } else {
            let new = new(&self.settled());
            if is_visible {
                (quote!(let #begun = #new;), quote!(async move { #begun.await }))
            } else {
                (TokenStream::new(), new)
            }
        };
        let future = if returns.form == Form::Boxed { quote!(#private::Box::pin(#future)) } else { future };
        let returned = self.returned(&future);
        quote!(#inference #setup #returned)
    }

    /// Returns a future. An attribute that reads what we write looks for one in the last expression, so that it wraps the future and
    /// not only around what makes it.
    fn returned(&self, future: &TokenStream) -> TokenStream {
        if self.guard.function.has_attributes_below() { future.clone() } else { quote!(return #future;) }
    }

    // Input:
    //     fn charge(order: Order) -> BoxFuture<'static, Result<Receipt, PaymentError>> {
    //         let sent = send(order);
    //         Box::pin(async move { .. })
    //     }
    //
    // Output:
    //     fn charge(order: Order) -> BoxFuture<'static, Result<Receipt, PaymentError>> {
    //         let mut making = match Making::new(breaker, finish, settle) {
    //             Ok(making) => making,
    //             Err(refused) => return Box::pin(refused),
    //         };
    //         let boxed = run(|| -> _ {
    //             let sent = send(order);
    //             Box::pin(making.guard(async move { .. }))
    //         });
    //         if making.is_done() { boxed } else { Box::pin(making.guard(boxed)) }
    //     }
    fn boxed(&self, tails: &BoxedTails) -> TokenStream {
        let Self { guard, private, target } = self;
        let (making, boxed, refused) = (local("making"), local("boxed"), local("refused"));
        let returns = self.returns();
        let inference = returns::inference(returns, private);
        let [output, declared] =
            [returns::witness(returns, private), returns::declared_witness(returns, private)];
        let (new, limit) = self.constructor();
        let names = if limit.is_empty() {
            ["guard", "__fluxgate_guard"]
        } else {
            ["guard_limited", "__fluxgate_guard_limited"]
        };
        let [guarded, guarded_if_future] = names.map(|name| Ident::new(name, Span::call_site()));
        let mut wrap = |future: TokenStream, boxed| match boxed {
            Boxed::Future => quote!(#making.#guarded(#limit #future)),
            Boxed::PerhapsFuture => {
                // Where the user's method is called, so that lints still see that as the user's.
                let span = span_of(&future).map_or(Span::call_site(), |(first, _)| first);
                let boxing = respan(quote!(#private::Boxing::new), span);
                quote!(#boxing(#output, #future).#guarded_if_future(#limit &mut #making))
            }
        };
        let wrapped = tails.wrapped(&mut wrap).unwrap_or_else(|| guard.function.block.clone());
        let body = body::closure(&wrapped, self.returns(), &Capture::none(), private);
        let (hold, finish, settle) = (&target.hold, self.finisher(), self.settled());
        let left = wrap(boxed.to_token_stream(), Boxed::Future);
        quote!(
            #inference
            let mut #making = match #private::Making::#new(#output, #hold, move #finish, #settle) {
                ::core::result::Result::Ok(#making) => #making,
                ::core::result::Result::Err(#refused) => return #private::Box::pin(#refused),
            };
            use #private::NoFuture as _;
            let #boxed = #private::run(#declared, #body);
            return if #making.is_done() { #boxed } else { #private::Box::pin(#left) };
        )
    }

    /// A closure from what a call returned, or from the refusal, to what the function returns. No handler is outside the call.
    fn settled(&self) -> TokenStream {
        let (result, refusal) = (local("result"), local("refusal"));
        let (private, refused) = (self.private, self.refused(&refusal));
        quote!(move |#result| #private::Yielded(match #result {
            ::core::result::Result::Ok(#result) => #result,
            ::core::result::Result::Err(#refusal) => #refused,
        }))
    }

    /// Awaits the body's future, unless the call is refused.
    fn awaited(&self, future: &TokenStream) -> TokenStream {
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
    fn deferred(&self, future: &TokenStream) -> TokenStream {
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

    /// The constructor of a future, and what turns a refusal into a result for it.
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
    fn evidence(&self) -> Option<TokenStream> {
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
    fn finish(&self) -> TokenStream {
        let (call, returned) = (local("call"), local("returned"));
        let request = self.guard.request.as_ref();
        outcome::finish(&self.guard.outcomes, request, self.returns(), &call, &returned, self.private)
    }

    /// The same as a closure from the call and what it returned, if it did in time.
    fn finisher(&self) -> TokenStream {
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
        let arguments = quote!(#call.time_out(#returned), #become_error);
        returns::call(self.returns(), of, "timed_out", &arguments, private)
    }

    /// The name of a future's constructor, and its argument after the body: the limit, if there is one.
    fn constructor(&self) -> (Ident, TokenStream) {
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
    fn admitted(&self, entered: &TokenStream, run: &TokenStream, made: &TokenStream) -> TokenStream {
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

    /// What a refused call returns, but for a `fallback`.
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
            let (output, told) = (returns::witness(self.returns(), private), local("told"));
            let argument = quote!(|#told| #private::Probe::new(#output).argument(#told));
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
