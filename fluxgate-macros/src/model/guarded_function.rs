//! `#[circuit_breaker(..)]`.

use std::iter;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, MacroDelimiter};

use crate::input::arguments::{Argument, Arguments};
use crate::input::callable::Callable;
use crate::input::errors::CompileErrors;
use crate::input::function::{Function, NAMING};
use crate::input::names::Macro;
use crate::input::references::{Reference, references};
use crate::input::warnings::Warning;
use crate::model::outcome::{Outcomes, Trackers};
use crate::model::target::{self, BreakerLocation};
use crate::model::timeout::{self, Timeout};
use crate::model::{handler, request};

/// A function and what guards it.
pub(crate) struct GuardedFunction {
    /// The path of Fluxgate, if it is given.
    pub(crate) fluxgate: Option<TokenStream>,
    /// What the words of the arguments refer to.
    pub(crate) references: Vec<Reference>,
    /// What is valid, but probably a mistake.
    pub(crate) warnings: Vec<Warning>,
    pub(crate) function: Function,
    pub(crate) breaker: BreakerLocation,
    pub(crate) outcomes: Outcomes,
    /// Finds in an error how long the dependency asks to be left alone.
    pub(crate) request: Option<Callable>,
    /// What is returned instead of a call that is refused.
    pub(crate) rejected: Option<Callable>,
    /// What is returned instead of an error, a refusal included if there is no `rejected`.
    pub(crate) fallback: Option<Callable>,
    /// How long a call may take.
    pub(crate) timeout: Option<Timeout>,
    /// Whether any argument defines what a failure is.
    pub(crate) has_tracker: bool,
    /// The trackers as they are written.
    trackers: TokenStream,
}

/// An item that is not guarded, because something is wrong. It stays as it is, so that our errors are the only ones.
pub(crate) struct UnguardedItem {
    /// The path of Fluxgate, if it is given.
    pub(crate) fluxgate: Option<TokenStream>,
    pub(crate) item: TokenStream,
    /// Whether the item is an expression, which cannot have others next to it.
    pub(crate) is_expression: bool,
    /// The item as a function, if it is one.
    pub(crate) function: Option<Function>,
    /// What the words of the arguments refer to.
    pub(crate) references: Vec<Reference>,
    /// The name that `handle` gives the function's breaker, so that uses of this name compile.
    pub(crate) handle: Option<Ident>,
    /// Whether that name is for the breakers of keys.
    pub(crate) is_keyed: bool,
    /// Tokens that make the compiler report all that is wrong.
    pub(crate) errors: TokenStream,
}

impl GuardedFunction {
    /// The user's code that runs when the body has returned.
    pub(crate) fn after_body(&self) -> TokenStream {
        let handlers = [&self.request, &self.fallback].into_iter().flatten();
        let handlers = handlers.map(|handler| handler.tokens.clone());
        iter::once(self.trackers.clone()).chain(handlers).collect()
    }

    /// Reads the arguments and the item, and reports all that is wrong with either.
    pub(crate) fn read(arguments: TokenStream, item: TokenStream) -> Result<Self, Box<UnguardedItem>> {
        let mut errors = CompileErrors::default();
        let references = references(&arguments);
        let mut arguments = Arguments::parse(arguments, Macro::CircuitBreaker, &mut errors);
        let retry = arguments.get("retry").map(Argument::span);
        let request = request::take(&mut arguments, &mut errors);
        arguments.report_settings_beside_breaker(&mut errors);
        let function = Function::parse(item.clone(), &mut errors);
        let timeout = timeout::take(&mut arguments, function.as_ref(), &mut errors);
        let handle = target::handle(&arguments, &mut errors);
        let breaker = BreakerLocation::read(&arguments, function.as_ref(), handle.as_ref(), &mut errors);
        let trackers = Trackers::read(&arguments, &mut errors);
        let outcomes = match trackers.outcomes() {
            Outcomes::OfReturned(_) if request.is_some() => {
                let span = retry.unwrap_or((Span::call_site(), Span::call_site()));
                errors.report(
                    span,
                    "`from_error` asks an error, and `returned(..)` looks at values that may have none\n\
                     help: track errors by `matches(..)` and `ok(..)`, or call `failure_for` by hand",
                );
                Outcomes::Standard
            }
            outcomes => outcomes,
        };
        if errors.is_empty() {
            let may_fail_otherwise = arguments.get("timeout").is_some()
                || breaker.as_ref().is_none_or(BreakerLocation::trips_on_more_than_results);
            trackers.report_impossible(&arguments, may_fail_otherwise, &mut errors);
        }
        let [rejected, fallback] = ["rejected", "fallback"]
            .map(|name| handler::read(&arguments, name, function.as_ref(), &mut errors));
        if let Some(function) = &function {
            for handler in ["rejected", "fallback"].iter().filter_map(|name| arguments.get(name)) {
                function.forbid_shared_borrow(handler, &mut errors);
            }
            if function.returns.is_opaque && !outcomes.is_of_returned() && errors.is_empty() {
                function.report_opaque_output(&mut errors);
            }
            if !outcomes.is_of_returned()
                && arguments.get("track").is_none()
                && errors.is_empty()
                && let Some(pattern) = function.returns.failure_in_tuple()
            {
                let is_handled = rejected.is_some() || fallback.is_some();
                let rejected = if is_handled { "" } else { ", rejected = |refusal| .." };
                errors.report(
                    function.returns.span,
                    format!(
                        "a tuple is not a `Result`, so nothing says which calls failed\n\
                         help: return a `Result` of it, or add `track = returned({pattern}){rejected}`"
                    ),
                );
            }
        }
        let fluxgate = arguments.fluxgate();
        match (function, breaker) {
            (Some(function), Some(breaker)) if errors.is_empty() => {
                let mut warnings = trackers.repeated(&arguments);
                if NAMING.iter().all(|name| arguments.get(name).is_none()) {
                    warnings.extend(function.namesakes());
                }
                let has_tracker = arguments.get("track").is_some();
                let written = ["track", "success", "ignore"].map(|name| arguments.get(name));
                let trackers = written.into_iter().flatten().map(|argument| argument.value.clone()).collect();
                Ok(Self {
                    fluxgate,
                    references,
                    warnings,
                    function,
                    breaker,
                    outcomes,
                    request,
                    rejected,
                    fallback,
                    timeout,
                    has_tracker,
                    trackers,
                })
            }
            (function, _) => {
                let is_expression = is_expression(&item);
                // Along with `breaker`, the `handle` itself is wrong.
                let handle = handle.filter(|_| arguments.get("breaker").is_none());
                let errors = errors.to_compile_errors();
                Err(Box::new(UnguardedItem {
                    fluxgate,
                    item,
                    is_expression,
                    function,
                    references,
                    handle,
                    is_keyed: cfg!(feature = "keyed") && arguments.get("key").is_some(),
                    errors,
                }))
            }
        }
    }
}

/// Whether an item is an expression, and not a macro in braces that may make items.
fn is_expression(item: &TokenStream) -> bool {
    match syn::parse2(item.clone()) {
        Ok(Expr::Macro(its)) => !matches!(its.mac.delimiter, MacroDelimiter::Brace(_)),
        expression => expression.is_ok(),
    }
}
