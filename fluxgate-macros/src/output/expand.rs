//! Arguments and a function -> the guarded function.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::Lifetime;

use crate::input::arguments::{Arguments, Target};
use crate::input::errors::Errors;
use crate::input::function::{Function, mentions};
use crate::output::handler::Handler;
use crate::output::outcome::{Judge, claims_nothing, local};
use crate::output::returns::{Form, Returns};
use crate::output::settings::settings;
use crate::output::target::Place;
use crate::track::parser::{Tracker, tracker};

/// Expands `breaker!(..)`.
pub(crate) fn breaker(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = Arguments::parse(tokens, Target::Breaker, &mut errors);
    let private = private(&arguments);
    let name = quote!(::core::concat!(::core::module_path!(), ":", ::core::line!()));
    let settings = settings(&arguments, name, &mut errors).tokens;
    if !errors.is_empty() {
        // An expression of any type, so that ours are the only errors.
        let errors = errors.to_compile_errors();
        return quote!({ #errors });
    }
    quote!(#private::CircuitBreaker::from_settings({
        const SETTINGS: &#private::Settings = &#settings;
        SETTINGS
    }))
}

/// Expands `#[circuit_breaker(..)]`. If something is wrong, the function stays as it is, so that ours are the only errors.
pub(crate) fn attribute(tokens: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = Arguments::parse(tokens, Target::Attribute, &mut errors);
    let function = Function::parse(item.clone(), &mut errors);
    let guard = Guard::read(&arguments, function.as_ref(), &mut errors);
    match (guard, function) {
        (Some(guard), Some(function)) if errors.is_empty() => guard.expand(&function),
        (guard, function) => {
            let errors = errors.to_compile_errors();
            if syn::parse2::<syn::Expr>(item.clone()).is_ok() {
                return quote!({ #errors #item });
            }
            let handle = guard.zip(function).map(|(guard, function)| guard.stand_in(&arguments, &function));
            quote!(#handle #item #errors)
        }
    }
}

fn private(arguments: &Arguments) -> TokenStream {
    let krate = arguments.krate();
    quote!(#krate::__private)
}

/// What guards a function.
struct Guard {
    private: TokenStream,
    place: Place,
    track: Option<Tracker>,
    success: Option<Tracker>,
    rejected: Option<Handler>,
    fallback: Option<Handler>,
    returns: Returns,
}

impl Guard {
    /// Reads the arguments, and reports all that is wrong with them, even if there is no function to guard.
    fn read(arguments: &Arguments, function: Option<&Function>, errors: &mut Errors) -> Option<Self> {
        let name = function.map_or_else(String::new, Function::name);
        let returns = function.map(|function| Returns::of(&function.signature));
        let form = returns.as_ref().map_or(Form::Async, |returns| returns.form);

        let handle = Place::handle(arguments, function, errors);
        let place = Place::given(arguments, function, errors).unwrap_or_else(|| {
            let path = quote!(::core::concat!(::core::module_path!(), "::", #name));
            let settings = settings(arguments, path, errors);
            match handle {
                Some(handle) => {
                    let documentation = format!("The circuit breaker of `{name}`: {}.", settings.summary);
                    Place::Beside(handle, settings.tokens, documentation)
                }
                None => Place::Own(settings.tokens),
            }
        });
        let [track, success] = ["track", "success"].map(|name| read_tracker(arguments, name, errors));
        let [rejected, fallback] =
            ["rejected", "fallback"].map(|argument| Handler::read(arguments, argument, form, &name, errors));
        // An `async fn` is not begun where it is refused; any other future is made before.
        let late = if form == Form::Async { &["fallback"][..] } else { &["rejected", "fallback"] };
        for argument in late.iter().filter_map(|name| arguments.get(name)) {
            let shared = function.and_then(|function| function.shares_exclusive(&argument.value));
            let Some(name) = shared.filter(|_| form != Form::Sync) else { continue };
            let holder = if form == Form::Async { "the body of an `async fn`" } else { "the future" };
            let message = format!(
                "{holder} holds on to `{name}`, a `&mut`, so `{}` cannot use it\n\
                 help: make it a `&`, or use it after the call, in a function that calls this one",
                argument.name
            );
            errors.report(argument.span(), message);
        }
        let guard = Self {
            private: private(arguments),
            place,
            track,
            success,
            rejected,
            fallback,
            returns: returns?,
        };
        if guard.returns.is_opaque && !guard.judge().is_of_returned() {
            let message = "an `impl Trait` is not a `Result`, so nothing says which calls failed\n\
                           help: return a `Result` of it, or add `track = returned(PATTERN), rejected = |refusal| ..`";
            errors.report(guard.returns.span, message);
        }
        Some(guard)
    }

    /// If the arguments are wrong: a default breaker under the name that `handle` gives, so that its uses compile.
    fn stand_in(&self, arguments: &Arguments, function: &Function) -> TokenStream {
        let Place::Beside(name, ..) = &self.place else { return TokenStream::new() };
        let settings =
            settings(&arguments.without_settings(), quote!(::core::module_path!()), &mut Errors::default())
                .tokens;
        Place::Beside(name.clone(), settings, String::new()).beside(function, &self.private)
    }

    fn judge(&self) -> Judge<'_> {
        Judge {
            returns: &self.returns,
            track: self.track.as_ref(),
            success: self.success.as_ref(),
            private: &self.private,
        }
    }

    fn expand(&self, function: &Function) -> TokenStream {
        let Function { attributes, visibility, signature, inner, .. } = function;
        let beside = self.place.beside(function, &self.private);
        let body = match self.returns.form {
            Form::Sync => self.sync(function),
            Form::Async => self.asynchronous(function),
            Form::Future | Form::Boxed => self.future(function),
        };
        let body = braces(quote!(#inner #body), function);
        quote!(#beside #(#attributes)* #visibility #signature #body)
    }

    // Input:
    //     fn charge(order: &Order) -> Result<Receipt, PaymentError> { .. }
    //
    // Output:
    //     fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    //         static __FLUXGATE_BREAKER: Breaker = ..;
    //         match call(&__FLUXGATE_BREAKER, || -> Result<Receipt, PaymentError> { .. }, outcome) {
    //             Ok(returned) => returned,
    //             Err(refusal) => return Refusal::tell(refusal, refused),
    //         }
    //     }
    fn sync(&self, function: &Function) -> TokenStream {
        let (private, block, declared) = (&self.private, &function.block, &self.returns.declared);
        let (setup, breaker) = self.place.tokens(private);
        let judge = self.judge().tokens(&TokenStream::new());
        let outcome = quote!(#private::call(#breaker, || -> #declared #block, #judge));
        let ending = self.ending(&TokenStream::new(), &self.unless_refused(&outcome));
        quote!(#setup #ending)
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
    //         let call = match __FLUXGATE_BREAKER.enter() {
    //             Ok(call) => call,
    //             Err(refusal) => return Refusal::tell(refusal, rejected),
    //         };
    //         Guarded::new(call, async move { .. }, outcome).await
    fn asynchronous(&self, function: &Function) -> TokenStream {
        let (setup, breaker) = self.place.tokens(&self.private);
        let (block, declared) = (&function.block, &self.returns.declared);
        let span = block.span();
        // The parameters are captured in the order in which the function would drop them.
        let body_tokens = block.stream();
        let bindings: Vec<_> = function
            .bindings()
            .into_iter()
            .filter(|name| name.to_string().starts_with('_') || mentions(&body_tokens, &name.to_string()))
            .collect();
        let fixed = Ident::new("returned", Span::mixed_site().located_at(self.returns.span.0));
        let body = Lifetime::new("'_body", Span::mixed_site());
        let capture = (!bindings.is_empty()).then(|| quote!(let _ = (#(&#bindings,)*);));
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
                #body: #block
            ),
            span,
        );
        let future = quote!(async move #body);
        let ending = if self.rejected.is_none() && self.fallback.is_none() {
            let deferred = self.deferred(&breaker, &future, &TokenStream::new());
            quote!(#deferred.await)
        } else {
            self.awaited(&breaker, &future)
        };
        quote!(#setup #ending)
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
    fn future(&self, function: &Function) -> TokenStream {
        let private = &self.private;
        let (block, declared, output) = (&function.block, &self.returns.declared, &self.returns.output);
        let (setup, breaker) = self.place.tokens(private);
        let future = local("future");
        let start = quote!(let #future = #private::start::<#output, _>(|| -> #declared #block););
        let is_deferred = !matches!(self.place, Place::Shared(_))
            && [&self.rejected, &self.fallback].into_iter().flatten().all(|handler| !handler.is_async);
        let guarded = if is_deferred {
            self.deferred(&breaker, &future.to_token_stream(), &quote!(move))
        } else {
            let ending = self.awaited(&breaker, &future.to_token_stream());
            quote!(async move { #ending })
        };
        let guarded =
            if self.returns.form == Form::Boxed { quote!(#private::Box::pin(#guarded)) } else { guarded };
        quote!(#setup #start #guarded)
    }

    /// The future that asks the breaker to admit the call when it is first polled, and then polls `future`.
    fn deferred(&self, breaker: &TokenStream, future: &TokenStream, capture: &TokenStream) -> TokenStream {
        let (private, output) = (&self.private, &self.returns.output);
        let outcome = local("outcome");
        let judge = self.judge().tokens(capture);
        let ending = self.ending(&TokenStream::new(), &self.unless_refused(&outcome.to_token_stream()));
        quote!(#private::Deferred::new(#breaker, #future, #judge, #capture |#outcome| -> #output { #ending }))
    }

    /// Awaits the future, unless the call is refused.
    fn awaited(&self, breaker: &TokenStream, future: &TokenStream) -> TokenStream {
        let private = &self.private;
        let call = local("call");
        let judge = self.judge().tokens(&TokenStream::new());
        let admitted = self.unless_refused(&quote!(#private::Breaker::enter(#breaker)));
        self.ending(
            &quote!(let #call = #admitted;),
            // Not bound to a variable, which would cost a move.
            &quote!(#private::Guarded::new(#call, #future, #judge).await),
        )
    }

    /// The value in `outcome`; if it is a refusal, returns from the function.
    fn unless_refused(&self, outcome: &TokenStream) -> TokenStream {
        let (private, output) = (&self.private, &self.returns.output);
        let (refusal, told) = (local("refusal"), local("told"));
        let tell = |then: TokenStream| quote!(#private::Refusal::tell(#refusal, |#told| #then));
        let refused = match (&self.rejected, &self.fallback) {
            (Some(rejected), _) if rejected.is_async => {
                // An `await` cannot be moved out of line.
                let told = tell(told.to_token_stream());
                let refused = rejected.call(private, &told, output);
                quote!(return #refused)
            }
            (Some(rejected), _) => {
                let refused = tell(rejected.call(private, &told.to_token_stream(), output));
                quote!(return #refused)
            }
            (None, Some(_)) => {
                let label = label();
                let error = tell(if self.judge().is_of_returned() {
                    quote!({
                        #[allow(unused_imports)]
                        use #private::Whatever as _;
                        #private::Probe::<#output>::new().argument(#told)
                    })
                } else {
                    self.returns.error_of(&told, private)
                });
                quote!(break #label #error)
            }
            (None, None) => {
                let of = if self.judge().is_of_returned() { "Refusable" } else { "Returned" };
                let error = self.returns.error_of(&told, private);
                let of = Ident::new(of, Span::call_site());
                let refused = tell(self.returns.call(&quote!(#private::#of), "from_error", error));
                quote!(return #refused)
            }
        };
        let admitted = local("admitted");
        quote!(
            match #outcome {
                ::core::result::Result::Ok(#admitted) => #admitted,
                ::core::result::Result::Err(#refusal) => #refused,
            }
        )
    }

    /// The statements, then `value` and the handling of its result.
    fn ending(&self, statements: &TokenStream, value: &TokenStream) -> TokenStream {
        let (private, output) = (&self.private, &self.returns.output);
        let (returned, error) = (local("returned"), local("error"));
        let Some(fallback) = &self.fallback else {
            return quote!(#statements #value);
        };
        let split = if self.judge().is_of_returned() {
            quote!({
                #[allow(unused_imports)]
                use #private::Whatever as _;
                #private::Probe::<#output>::new().split(#value)
            })
        } else {
            self.returns.call(&quote!(#private::Returned), "split", value.clone())
        };
        let label = label();
        let handled = fallback.call(private, &error.to_token_stream(), output);
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

fn label() -> Lifetime {
    Lifetime::new("'call", Span::mixed_site())
}

fn read_tracker(arguments: &Arguments, name: &str, errors: &mut Errors) -> Option<Tracker> {
    let argument = arguments.get(name)?;
    let tracker = tracker(argument, errors)?;
    if let Some(reason) = claims_nothing(&tracker) {
        errors.report(argument.span(), format!("this `{name}` can never match: {reason}"));
    }
    Some(tracker)
}

/// Braces with the user's span, because line coverage is measured there.
fn braced(tokens: TokenStream, span: Span) -> TokenTree {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    TokenTree::Group(group)
}

fn braces(tokens: TokenStream, function: &Function) -> TokenTree {
    braced(tokens, function.block.span())
}
