//! A function and what guards it -> the guarded function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};

use crate::input::attributes;
use crate::input::boxed_tails::{Boxed, BoxedTails};
use crate::input::function::Function;
use crate::input::future_block::FutureBlock;
use crate::input::returns::Form;
use crate::input::tokens::{braced, local, respan, span_of};
use crate::input::unseen::Unseen;
use crate::model::guarded_function::GuardedFunction;
use crate::model::target::BreakerLocation;
use crate::output::body::{self, Capture};
use crate::output::call::BodyWriter;
use crate::output::private::Private;
use crate::output::target::Target;
use crate::output::warnings::warnings;
use crate::output::{handler, references, returns};

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

/// A warning. On stable Rust, only the compiler can give one, so this uses a constant that is deprecated with this message.
fn hint(Unseen { message, span }: &Unseen) -> TokenStream {
    let name = Ident::new("__FLUXGATE_HINT", *span);
    quote!(
        #[deprecated(note = #message)]
        const __FLUXGATE_HINT: () = ();
        const _: () = #name;
    )
}

impl BodyWriter<'_> {
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
    //         let call = match Admitted::enter(breaker) {
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
    //         let begun = Eager::new(breaker, || -> _ { .. }, finish, owned);
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
            // Not just the path of `owned`, which clippy would take for a `static` that is changed.
            let result = local("result");
            let new = new(&quote!(|#result| #private::Yielded(#private::owned(#result))));
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

    /// Returns a future. An attribute that reads what we write looks for a future in the last expression, so that it wraps that future
    /// and not only the code that makes it.
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
                // At the user's own expression, so that to lints its method call is still the user's.
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
}
