//! A function and what guards it -> the guarded function.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use crate::input::attributes;
use crate::input::function::Function;
use crate::input::future_block::FutureBlock;
use crate::input::parameters::without_mut;
use crate::input::returns::{Form, Returns};
use crate::input::tokens::{braced, local};
use crate::model::guard::GuardedFunction;
use crate::model::target::BreakerLocation;
use crate::output::body::{self, Capture};
use crate::output::outcome::outcome;
use crate::output::private::Private;
use crate::output::target::Target;
use crate::output::warnings::warnings;
use crate::output::{handler, references, returns};

/// The function, with its body guarded.
pub(crate) fn guarded(guard: &GuardedFunction, private: &Private) -> TokenStream {
    let Function { attributes, visibility, inner, block, .. } = &guard.function;
    let target = Target::of(&guard.breaker, &guard.function, private);
    let writer = BodyWriter { guard, private: &private.name, target: &target };
    let (body, capture) = match (guard.function.returns.form, &guard.function.future) {
        (Form::Sync, _) => writer.sync(),
        (Form::Async, _) => writer.asynchronous(),
        (Form::Future | Form::Boxed, Some(future)) => (writer.future(future), Capture::none()),
        (Form::Future | Form::Boxed, None) => (writer.eager(), Capture::none()),
    };
    let signature = without_mut(&guard.function.signature, &capture.bound_anew);
    let (beside, import) = (&target.beside, &private.import);
    let settings = guard.breaker.settings().map(|settings| &settings.warnings[..]).unwrap_or_default();
    let warnings = [settings, &guard.warnings].map(warnings);
    let warnings = quote!(#(#warnings)*);
    let references = references::statements(&guard.references, &private.fluxgate, &private.name);
    let attributes = attributes::of_function(attributes, !beside.is_empty());
    let inner = attributes::of_body(inner, !beside.is_empty());
    let body = braced(quote!(#inner #import #references #warnings #body), block.span());
    quote!(#beside #(#attributes)* #visibility #signature #body)
}

/// Writes the body.
struct BodyWriter<'a> {
    guard: &'a GuardedFunction,
    private: &'a TokenStream,
    target: &'a Target,
}

impl BodyWriter<'_> {
    fn returns(&self) -> &Returns {
        &self.guard.function.returns
    }

    fn has_handlers(&self) -> bool {
        self.guard.rejected.is_some() || self.guard.fallback.is_some()
    }

    // Input:
    //     fn charge(order: &Order) -> Result<Receipt, PaymentError> { .. }
    //
    // Output:
    //     fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    //         <Result<Receipt, PaymentError> as Returned>::settle(
    //             call(breaker, || -> Result<Receipt, PaymentError> { .. }, outcome),
    //         )
    //     }
    //
    // and with a `rejected` or `fallback`, which may use what the body moves:
    //
    //         match Call::enter(breaker) {
    //             Ok(call) => run(call, || -> Result<Receipt, PaymentError> { .. }, outcome),
    //             Err(refusal) => Refusal::into_error(refusal, rejected),
    //         }
    fn sync(&self) -> (TokenStream, Capture) {
        let Self { guard, private, target } = self;
        let capture = Capture::of_closure(&guard.function, guard.fallback.as_ref());
        let body = body::closure(&guard.function.block, &self.returns().declared, &capture, private);
        let (setup, breaker, outcome) = (&target.setup, &target.breaker, self.outcome(&TokenStream::new()));
        let called = if self.has_handlers() {
            let call = local("call");
            self.admit_then_branch(&quote!(#private::run(#call, #body, #outcome)))
        } else {
            self.settled(&quote!(#private::call(#breaker, #body, #outcome)))
        };
        (quote!(#setup #called), capture)
    }

    // Input:
    //     async fn charge(order: Order) -> Result<Receipt, PaymentError> { .. }
    //
    // Output:
    //     async fn charge(order: Order) -> Result<Receipt, PaymentError> {
    //         Deferred::new(breaker, async move { .. }, outcome, settle).await
    //     }
    //
    // and with a `rejected` or `fallback`:
    //
    //         match Call::enter(breaker) {
    //             Ok(call) => Guarded::new(call, async move { .. }, outcome).await,
    //             Err(refusal) => Refusal::into_error(refusal, rejected),
    //         }
    fn asynchronous(&self) -> (TokenStream, Capture) {
        let function = &self.guard.function;
        let capture = Capture::of_future(function);
        let declared = &self.returns().declared;
        let body = body::future(&quote!(async move), &function.block, declared, &capture, self.private);
        let (setup, awaited) = (&self.target.setup, self.awaited(&body));
        (quote!(#setup #awaited), capture)
    }

    // Input:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> {
    //         async move { .. }
    //     }
    //
    // Output:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> {
    //         Deferred::new(breaker, async move { .. }, outcome, settle)
    //     }
    //
    // or, where handlers or attributes below need it, `async move { Deferred::new(..).await }`; boxed, if the user's is.
    fn future(&self, FutureBlock { boxed, keywords, block }: &FutureBlock) -> TokenStream {
        let Self { guard, private, target } = self;
        let output = &self.returns().output;
        let body = body::future(keywords, block, output, &Capture::none(), private);
        let setup = &target.setup;
        let is_plain = !self.has_handlers() && !guard.function.has_attributes_below();
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
                if is_plain =>
            {
                (Some(setup), self.deferred(&body, &quote!(move)))
            }
            _ => {
                let awaited = self.awaited(&body);
                (Some(setup), quote!(async move { #awaited }))
            }
        };
        let future = boxed.as_ref().map_or_else(|| future.clone(), |pin| quote!(#pin(#future)));
        quote!(#setup #future)
    }

    // Input:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> {
    //         let sent = send(order);
    //         async move { .. }
    //     }
    //
    // Output:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> {
    //         Eager::new(breaker, || -> _ { .. }, outcome, settle)
    //     }
    //
    // and with a `rejected` or `fallback`:
    //
    //         let begun = Eager::new(breaker, || -> _ { .. }, outcome, told);
    //         async move { match begun.await { .. } }
    fn eager(&self) -> TokenStream {
        let Self { guard, private, target } = self;
        let Returns { form, declared, output, .. } = self.returns();
        let body = body::closure(&guard.function.block, declared, &Capture::none(), private);
        let handle = &target.handle;
        let outcome = self.outcome(&quote!(move));
        let begun = local("begun");
        let new = |settle: &TokenStream| quote!(#private::Eager::<_, #output, _, _>::new(#handle, #body, #outcome, #settle));
        let is_visible = guard.function.has_attributes_below();
        let (setup, future) = if self.has_handlers() {
            let new = new(&quote!(#private::told));
            let ended = self.branches(&quote!(#begun.await), None);
            (quote!(let #begun = #new;), quote!(async move { #ended }))
        } else {
            let new = new(&self.settle(&quote!(move)));
            if is_visible {
                (quote!(let #begun = #new;), quote!(async move { #begun.await }))
            } else {
                (TokenStream::new(), new)
            }
        };
        let future = if *form == Form::Boxed { quote!(#private::Box::pin(#future)) } else { future };
        quote!(#setup #future)
    }

    /// Awaits the body's future, unless the call is refused.
    fn awaited(&self, future: &TokenStream) -> TokenStream {
        let private = self.private;
        if self.has_handlers() {
            let (call, outcome) = (local("call"), self.outcome(&TokenStream::new()));
            // Not bound to a variable, which would cost a move.
            self.admit_then_branch(&quote!(#private::Guarded::new(#call, #future, #outcome).await))
        } else {
            let deferred = self.deferred(future, &TokenStream::new());
            quote!(#deferred.await)
        }
    }

    /// The future that asks the breaker to admit the call when it is first polled, and then polls `future`. `ownership` is that of
    /// the closures in it: `move`, or nothing.
    fn deferred(&self, future: &TokenStream, ownership: &TokenStream) -> TokenStream {
        let Self { private, target, .. } = self;
        let (breaker, outcome, settle) = (&target.breaker, self.outcome(ownership), self.settle(ownership));
        quote!(#private::Deferred::new(#breaker, #future, #outcome, #settle))
    }

    /// The closure that finds the outcome of the call.
    fn outcome(&self, ownership: &TokenStream) -> TokenStream {
        outcome(&self.guard.outcomes, self.returns(), ownership, self.private)
    }

    /// A function from a `Result<Output, Refusal>` to the output, if there are no handlers.
    fn settle(&self, ownership: &TokenStream) -> TokenStream {
        let result = local("result");
        let settled = self.settled(&result.to_token_stream());
        quote!(#ownership |#result| #settled)
    }

    /// The output from a `Result<Output, Refusal>`.
    fn settled(&self, result: &TokenStream) -> TokenStream {
        let become_error = returns::become_error(self.returns(), self.private);
        returns::call(self.returns(), &self.returned(), "settle", &quote!(#result, #become_error))
    }

    /// The trait of the output that says what a refused call returns.
    fn returned(&self) -> TokenStream {
        let private = self.private;
        if self.guard.outcomes.is_of_returned() {
            quote!(#private::Refusable)
        } else {
            quote!(#private::Returned)
        }
    }

    /// Admits the call and runs it, or else the handlers. Only one of them ever runs, so both may move the same things.
    fn admit_then_branch(&self, run: &TokenStream) -> TokenStream {
        let Self { private, target, .. } = self;
        let breaker = &target.breaker;
        self.branches(&quote!(#private::Call::enter(#breaker)), Some(run))
    }

    /// From a `Result` to the output. `Ok` is the call, which `run` runs, or without that what it returned; `Err` is a refusal.
    fn branches(&self, result: &TokenStream, run: Option<&TokenStream>) -> TokenStream {
        let Self { guard, private, .. } = self;
        let output = &self.returns().output;
        let (call, refusal, returned, error) =
            (local("call"), local("refusal"), local("returned"), local("error"));
        let ok = quote!(::core::result::Result::Ok);
        let err = quote!(::core::result::Result::Err);
        let run = run.cloned().unwrap_or_else(|| call.to_token_stream());
        let rejected =
            guard.rejected.as_ref().map(|rejected| handler::rejected(rejected, &refusal, output, private));
        let Some(fallback) = &guard.fallback else {
            return quote!(match #result {
                #ok(#call) => #run,
                #err(#refusal) => #rejected,
            });
        };
        let (split, refused) = if guard.outcomes.is_of_returned() {
            let probe = quote!(#private::Probe::<#output>::new());
            let told = local("told");
            let refused = quote!(#private::IntoError::into_error(#refusal, |#told| #probe.argument(#told)));
            (quote!(#probe.split(#run)), quote!(#err(#refused)))
        } else {
            let returned = quote!(#private::Returned);
            let become_error = returns::become_error(self.returns(), private);
            let refused =
                returns::call(self.returns(), &returned, "refused", &quote!(#refusal, #become_error));
            (returns::call(self.returns(), &returned, "split", &run), refused)
        };
        let refused = rejected.map_or(refused, |rejected| quote!(#ok(#rejected)));
        let handled = handler::fallback(fallback, &error, output, private);
        quote!(match (match #result {
            #ok(#call) => #split,
            #err(#refusal) => #refused,
        }) {
            #ok(#returned) => #returned,
            #err(#error) => #handled,
        })
    }
}
