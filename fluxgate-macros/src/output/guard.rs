//! A function and what guards it -> the guarded function.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::Lifetime;

use crate::input::function::Function;
use crate::input::returns::{Form, Returns};
use crate::input::tokens::local;
use crate::model::guard::GuardedFunction;
use crate::model::target::BreakerLocation;
use crate::output::capture::in_order_of_drops;
use crate::output::outcome::outcome;
use crate::output::{handler, returns, target};

/// The function, with its body guarded.
pub(crate) fn guarded(guard: &GuardedFunction, private: &TokenStream) -> TokenStream {
    let Function { attributes, visibility, signature, inner, block, .. } = &guard.function;
    let beside = target::beside(&guard.breaker, &guard.function, private);
    let (setup, breaker) = target::breaker(&guard.breaker, &guard.function, private);
    let writer = BodyWriter { guard, private, breaker };
    let body = match guard.function.returns.form {
        Form::Sync => writer.sync(),
        Form::Async => writer.asynchronous(),
        Form::Future | Form::Boxed => writer.future(),
    };
    let body = braced(quote!(#inner #setup #body), block.span());
    quote!(#beside #(#attributes)* #visibility #signature #body)
}

/// Writes the body.
struct BodyWriter<'a> {
    guard: &'a GuardedFunction,
    private: &'a TokenStream,
    /// An expression for a `&Breaker`.
    breaker: TokenStream,
}

impl BodyWriter<'_> {
    fn returns(&self) -> &Returns {
        &self.guard.function.returns
    }

    // Input:
    //     fn charge(order: &Order) -> Result<Receipt, PaymentError> { .. }
    //
    // Output:
    //     fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    //         static __FLUXGATE_BREAKER: Breaker = ..;
    //         match call(&__FLUXGATE_BREAKER, || -> Result<Receipt, PaymentError> { .. }, outcome) {
    //             Ok(returned) => returned,
    //             Err(refusal) => return Refusal::into_error(refusal, refused),
    //         }
    //     }
    fn sync(&self) -> TokenStream {
        let Self { private, breaker, .. } = self;
        let (block, declared) = (&self.guard.function.block, &self.returns().declared);
        let outcome = self.outcome(&TokenStream::new());
        let called = quote!(#private::call(#breaker, || -> #declared #block, #outcome));
        self.ending(&TokenStream::new(), &self.unless_refused(&called))
    }

    // Input:
    //     async fn charge(order: Order) -> Result<Receipt, PaymentError> { .. }
    //
    // Output:
    //     async fn charge(order: Order) -> Result<Receipt, PaymentError> {
    //         static __FLUXGATE_BREAKER: Breaker = ..;
    //         Deferred::new(&__FLUXGATE_BREAKER, async move { .. }, outcome, |outcome| ..).await
    //     }
    //
    // and with a `rejected` or `fallback`, which may use what the body captures, and so runs before the body's future is made:
    //
    //         let call = match Call::enter(&__FLUXGATE_BREAKER) {
    //             Ok(call) => call,
    //             Err(refusal) => return Refusal::into_error(refusal, rejected),
    //         };
    //         Guarded::new(call, async move { .. }, outcome).await
    fn asynchronous(&self) -> TokenStream {
        let (function, declared) = (&self.guard.function, &self.returns().declared);
        let block = &function.block;
        let fixed = Ident::new("returned", Span::mixed_site().located_at(self.returns().span.0));
        let label = Lifetime::new("'_body", Span::mixed_site());
        let capture = in_order_of_drops(function);
        let body = braced(
            quote!(
                // Fixes the type of the block, so that returned values are coerced.
                #[allow(unreachable_code, clippy::all, clippy::pedantic)]
                if false {
                    let #fixed: #declared = loop {};
                    return #fixed;
                }
                #[allow(clippy::all, clippy::pedantic)]
                {
                    #capture
                }
                // The label prevents a lint against superfluous braces.
                #label: #block
            ),
            block.span(),
        );
        let future = quote!(async move #body);
        if self.guard.rejected.is_none() && self.guard.fallback.is_none() {
            let deferred = self.deferred(&future, &TokenStream::new());
            quote!(#deferred.await)
        } else {
            self.awaited(&future)
        }
    }

    // Input:
    //     fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> { .. }
    //     fn charge(order: Order) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>>>> { .. }
    //
    // Output:
    //     {
    //         static __FLUXGATE_BREAKER: Breaker = ..;
    //         let future = start::<Result<Receipt, PaymentError>, _>(|| -> _ { .. });
    //         Deferred::new(&__FLUXGATE_BREAKER, future, outcome, |outcome| ..)
    //     }
    // and for the second, in a box.
    fn future(&self) -> TokenStream {
        let Self { guard, private, .. } = self;
        let Returns { form, declared, output, .. } = self.returns();
        let block = &guard.function.block;
        let future = local("future");
        let start = quote!(let #future = #private::start::<#output, _>(|| -> #declared #block););
        let future = future.to_token_stream();
        let mut handlers = [&guard.rejected, &guard.fallback].into_iter().flatten();
        let is_deferred =
            !matches!(guard.breaker, BreakerLocation::Shared(_)) && handlers.all(|handler| !handler.is_async);
        let guarded = if is_deferred {
            self.deferred(&future, &quote!(move))
        } else {
            let awaited = self.awaited(&future);
            quote!(async move { #awaited })
        };
        let guarded = if *form == Form::Boxed { quote!(#private::Box::pin(#guarded)) } else { guarded };
        quote!(#start #guarded)
    }

    /// The future that asks the breaker to admit the call when it is first polled, and then polls `future`. `ownership` is that of
    /// the closures in it: `move`, or nothing.
    fn deferred(&self, future: &TokenStream, ownership: &TokenStream) -> TokenStream {
        let Self { private, breaker, .. } = self;
        let output = &self.returns().output;
        let entered = local("outcome");
        let outcome = self.outcome(ownership);
        let ending = self.ending(&TokenStream::new(), &self.unless_refused(&entered.to_token_stream()));
        quote!(
            #private::Deferred::new(#breaker, #future, #outcome, #ownership |#entered| -> #output { #ending })
        )
    }

    /// Awaits the future, unless the call is refused.
    fn awaited(&self, future: &TokenStream) -> TokenStream {
        let Self { private, breaker, .. } = self;
        let call = local("call");
        let outcome = self.outcome(&TokenStream::new());
        let admitted = self.unless_refused(&quote!(#private::Call::enter(#breaker)));
        self.ending(
            &quote!(let #call = #admitted;),
            // Not bound to a variable, which would cost a move.
            &quote!(#private::Guarded::new(#call, #future, #outcome).await),
        )
    }

    /// The closure that finds the outcome of the call.
    fn outcome(&self, ownership: &TokenStream) -> TokenStream {
        outcome(&self.guard.outcomes, self.returns(), ownership, self.private)
    }

    /// The value in `result`; if it is a refusal, returns from the function.
    fn unless_refused(&self, result: &TokenStream) -> TokenStream {
        let Self { guard, private, .. } = self;
        let output = &self.returns().output;
        let (refusal, told) = (local("refusal"), local("told"));
        let tell = |then: TokenStream| quote!(#private::Refusal::into_error(#refusal, |#told| #then));
        let told = told.to_token_stream();
        let refused = match (&guard.rejected, &guard.fallback) {
            (Some(rejected), _) if rejected.is_async => {
                // An `await` cannot be moved out of line.
                let refused = handler::call(rejected, &tell(told), output, private);
                quote!(return #refused)
            }
            (Some(rejected), _) => {
                let refused = tell(handler::call(rejected, &told, output, private));
                quote!(return #refused)
            }
            (None, Some(_)) => {
                let label = label();
                let error = tell(if guard.outcomes.is_of_returned() {
                    quote!(#private::Probe::<#output>::new().argument(#told))
                } else {
                    returns::error_of(self.returns(), &told, private)
                });
                quote!(break #label #error)
            }
            (None, None) => {
                let of = if guard.outcomes.is_of_returned() { quote!(Refusable) } else { quote!(Returned) };
                let error = returns::error_of(self.returns(), &told, private);
                let refused =
                    tell(returns::call(self.returns(), &quote!(#private::#of), "from_error", &error));
                quote!(return #refused)
            }
        };
        let admitted = local("admitted");
        quote!(
            match #result {
                ::core::result::Result::Ok(#admitted) => #admitted,
                ::core::result::Result::Err(#refusal) => #refused,
            }
        )
    }

    /// The statements, then `value`, which the `fallback` replaces if it is an error.
    fn ending(&self, statements: &TokenStream, value: &TokenStream) -> TokenStream {
        let Self { guard, private, .. } = self;
        let output = &self.returns().output;
        let Some(fallback) = &guard.fallback else {
            return quote!(#statements #value);
        };
        let (returned, error) = (local("returned"), local("error"));
        let split = if guard.outcomes.is_of_returned() {
            quote!(#private::Probe::<#output>::new().split(#value))
        } else {
            returns::call(self.returns(), &quote!(#private::Returned), "split", value)
        };
        let label = label();
        let handled = handler::call(fallback, &error.to_token_stream(), output, private);
        quote!(
            let #error = #label: {
                #statements
                match #split {
                    ::core::result::Result::Ok(#returned) => return #returned,
                    ::core::result::Result::Err(#error) => #error,
                }
            };
            #handled
        )
    }
}

/// What a refusal breaks out of to reach the `fallback`.
fn label() -> Lifetime {
    Lifetime::new("'call", Span::mixed_site())
}

/// Braces with the user's span, because line coverage is measured there.
fn braced(tokens: TokenStream, span: Span) -> TokenTree {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    TokenTree::Group(group)
}
