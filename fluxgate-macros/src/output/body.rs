//! The user's body, in a closure or in a future of its own.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Lifetime;

use crate::input::assignments::{Assignments, assigns_itself};
use crate::input::edition::captures_parts;
use crate::input::function::Function;
use crate::input::moves::may_move;
use crate::input::parameters::{Binding, dropped};
use crate::input::returns::Returns;
use crate::input::tokens::{borrows, braced, mentions, respan};
use crate::input::uses::uses_whole;
use crate::model::guarded_function::GuardedFunction;
use crate::output::private::ModuleName;
use crate::output::returns;

/// What the body of a function takes from outside, once it has moved into a block of its own.
pub(crate) struct Capture {
    /// Whether it takes all that it uses, as an `async fn` does.
    is_whole: bool,
    /// The parameters that are moved into the block by mentioning them, the last first, which is the order of their drops.
    mentioned: Vec<Mention>,
}

/// A parameter, and how it is mentioned so that lints treat it as a parameter.
struct Mention {
    name: Ident,
    conditions: Vec<TokenStream>,
    /// Whether the value that was passed counts as used, even if it is replaced later.
    is_used: bool,
    /// The name with the span of its replacement, if it is replaced: so lints see its drop, which may use its parts.
    replaced: Option<Ident>,
    /// Whether the replacement counts as used.
    is_used_again: bool,
    /// Whether this moves it, into a block that otherwise only borrows.
    is_moved: bool,
}

impl Capture {
    /// For a body in a closure, which borrows what it uses, unless it changes or moves a parameter.
    pub(crate) fn of_closure(guard: &GuardedFunction) -> Self {
        let function = &guard.function;
        let captured = function.captured();
        let body = function.block.stream();
        let is_changed = |binding: &Binding| {
            binding.mutability.is_some()
                && if binding.is_receiver() {
                    // What is assigned something of itself has to be moved. Otherwise its fields are changed in place, also as lints see it.
                    assigns_itself(&body, &binding.name)
                } else {
                    Assignments::to(&binding.name, &body).are_any()
                }
        };
        // What runs after the body has to see its changes.
        let later = guard.after_body();
        let is_used_later = |binding: &Binding| mentions(&later, &binding.name.to_string());
        if captured.iter().any(is_used_later) {
            Self::none()
        } else if captured.iter().any(is_changed) {
            Self::whole(&captured, &body)
        } else {
            Self::behind_moved(function, &body).and_exclusive(function, &captured)
        }
    }

    /// Also captures each `&mut` that the body uses as a whole, if the function may return part of what is behind it. A closure that only
    /// borrows the reference could not return that.
    fn and_exclusive(mut self, function: &Function, captured: &[Binding]) -> Self {
        if borrows(&function.signature.output.to_token_stream()) {
            let body = function.block.stream();
            let may_be_returned =
                |binding: &&Binding| binding.is_exclusive && uses_whole(&binding.name.to_string(), &body);
            self.mentioned.extend(captured.iter().filter(may_be_returned).map(Mention::by_value));
        }
        self
    }

    /// For a body that may move a parameter, which is then dropped when the body ends. What is dropped before that moves with it, if all of
    /// it can: otherwise the order is right only where the body does move the parameter.
    fn behind_moved(function: &Function, body: &TokenStream) -> Self {
        let may_be_first = |part: &Option<Binding>| {
            part.as_ref().is_some_and(|binding| may_move(body, &binding.name.to_string()))
        };
        let dropped: Vec<_> = function.signature.inputs.iter().flat_map(dropped).collect();
        let mut behind =
            dropped.into_iter().skip_while(|part| !may_be_first(part)).skip(1).collect::<Vec<_>>();
        behind.reverse();
        let moved = behind
            .iter()
            .map(|part| part.as_ref().filter(|binding| function.may_capture(binding)).map(Mention::by_value));
        Self { is_whole: false, mentioned: moved.collect::<Option<_>>().unwrap_or_default() }
    }

    /// For a body in an `async move` block.
    pub(crate) fn of_future(function: &Function) -> Self {
        let mut captured = function.captured();
        // What is dropped after all that the body uses may stay outside.
        let first = captured.iter().position(|binding| function.body_mentions(&binding.name.to_string()));
        captured.drain(..first.unwrap_or(captured.len()));
        Self::whole(&captured, &function.block.stream())
    }

    /// For a body that captures what it uses by itself, such as that of a future that the user wrote.
    pub(crate) fn none() -> Self {
        Self { is_whole: false, mentioned: Vec::new() }
    }

    /// For a body that takes all of these. They are not bound again, which would take space twice.
    fn whole(captured: &[Binding], body: &TokenStream) -> Self {
        let mentioned = captured.iter().rev().filter_map(|binding| Mention::of(binding, body)).collect();
        Self { is_whole: true, mentioned }
    }

    /// Statements that are never run.
    fn statements(&self, private: &ModuleName) -> TokenStream {
        let statements =
            |Mention { name, conditions, is_used, replaced, is_used_again, is_moved }: &Mention| {
                let borrow = (!is_moved).then(|| quote!(&));
                let used = if *is_moved || name.to_string().starts_with('_') {
                    // Clippy objects to any use of a name with `_`, except in another crate's macro.
                    quote!(#(#conditions)* { #private::captured!(#private::captured, #borrow #name); })
                } else {
                    quote!(#(#conditions)* let _ = &#name;)
                };
                let first = is_used.then_some(&used);
                let replaced = replaced.as_ref().map(
                    |name| quote!(#(#conditions)* { #name = #private::never(#private::Output::new()); }),
                );
                let last = is_used_again.then_some(&used);
                quote!(#first #replaced #last)
            };
        self.mentioned.iter().map(statements).collect()
    }
}

impl Mention {
    fn of(binding: &Binding, body: &TokenStream) -> Option<Self> {
        let name = &binding.name;
        // The body is searched only where it may assign, since that takes longer than anything else here.
        let assignments = binding.mutability.map(|token| (token, Assignments::to(name, body)));
        let (is_used, replaced, is_used_again) = match assignments {
            // If the caller's value is never read, lints report that at the `mut` of a parameter.
            Some((token, Assignments { of_all: Some(_), is_read: true, .. })) => {
                let mut place = name.clone();
                place.set_span(token.span.resolved_at(name.span()));
                (false, Some(place), true)
            }
            // If no value is ever read, lints report everything at the assignment.
            Some((_, Assignments { of_all: Some(place), .. })) => (false, Some(place), false),
            Some((_, Assignments { of_parts: true, .. })) if !binding.is_plain => {
                (true, Some(name.clone()), true)
            }
            Some((_, Assignments { of_parts: true, .. })) => (true, None, false),
            // Nothing happens when it is dropped, so the body may take it or not.
            _ if binding.is_plain => return None,
            _ => (true, None, false),
        };
        let conditions = binding.conditions.clone();
        Some(Self { name: name.clone(), conditions, is_used, replaced, is_used_again, is_moved: false })
    }

    fn by_value(binding: &Binding) -> Self {
        Self {
            name: binding.name.clone(),
            conditions: binding.conditions.clone(),
            is_used: true,
            replaced: None,
            is_used_again: false,
            is_moved: true,
        }
    }
}

/// A closure that runs the block, and returns what the function does.
pub(crate) fn closure(
    block: &Group,
    returns: &Returns,
    capture: &Capture,
    private: &ModuleName,
) -> TokenStream {
    let declared = returns::declared(returns);
    // A closure that captures whole variables cannot return a part of what is behind a `&mut`. What it captures depends on the edition of
    // its span; but one that is not the user's hides the closure from some lints.
    let span =
        if captures_parts(block.span()) { block.span() } else { Span::mixed_site().located_at(block.span()) };
    let ownership = capture.is_whole.then(|| quote_spanned!(span=> move));
    let statements = capture.statements(private);
    let bars = quote_spanned!(span=> ||);
    if statements.is_empty() {
        return quote!(#ownership #bars -> #declared #block);
    }
    let output = returns::witness(returns, private);
    let body = preceded(&quote!(#statements return #private::never(#output);), block);
    quote!(#ownership #bars -> #declared #body)
}

/// A future that runs the block, and whose output is that of the function. `keywords` are `async`, and perhaps `move`.
pub(crate) fn future(
    keywords: &TokenStream,
    block: &Group,
    returns: &Returns,
    capture: &Capture,
    private: &ModuleName,
) -> TokenStream {
    let statements = capture.statements(private);
    let keywords = respan(keywords.clone(), block.span());
    let output = returns::witness(returns, private);
    let never = quote_spanned!(Span::mixed_site().located_at(returns.span.0)=> #private::never);
    // Fixes the type of the block, so that returned values are coerced.
    let body = preceded(&quote!(#statements return #never(#output);), block);
    quote!(#keywords #body)
}

/// The block, after statements that are never run.
fn preceded(statements: &TokenStream, block: &Group) -> TokenTree {
    // Prevents a lint against superfluous braces.
    let label = Lifetime::new("'__fluxgate_body", block.span());
    braced(quote!(if false { #statements } #label: #block), block.span())
}
