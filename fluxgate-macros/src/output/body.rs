//! The user's body, in a closure or in a future of its own.

use proc_macro2::{Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Lifetime;

use crate::input::callable::Callable;
use crate::input::function::Function;
use crate::input::parameters::Binding;
use crate::input::tokens::{assigns, assigns_itself, braced, mentions, respan, span_of};

/// What the body of a function takes from outside, once it has moved into a block of its own.
pub(crate) struct Capture {
    /// Whether it takes all that it uses, as an `async fn` does.
    is_whole: bool,
    /// By whose mention the parameters are moved into the block, last first, which is the order of their drops.
    mentioned: Vec<Binding>,
    /// What is bound anew in the block, since the body changes it: there it is a variable, and no longer captured.
    pub(crate) bound_anew: Vec<Binding>,
}

impl Capture {
    /// Of a body in a closure, which otherwise borrows what it uses. `fallback` runs after it.
    pub(crate) fn of_closure(function: &Function, fallback: Option<&Callable>) -> Self {
        let mut captured = function.captured();
        // A handler that runs after the body sees what that has changed.
        let is_used_later = |binding: &Binding| {
            fallback.is_some_and(|handler| mentions(&handler.tokens, &binding.name.to_string()))
        };
        if captured.iter().any(is_used_later) {
            return Self { is_whole: false, mentioned: Vec::new(), bound_anew: Vec::new() };
        }
        // What refers to itself has to be moved as a whole. Otherwise its fields are changed where they are, in the eyes of lints, too.
        let is_whole = captured.iter().any(|binding| {
            binding.is_receiver()
                && binding.mutability.is_some()
                && assigns_itself(&function.block.stream(), &binding.name)
        });
        let body = function.block.stream();
        let mut bound_anew = bound_anew(&mut captured, |binding| assigns(&body, &binding.name));
        // What is dropped before it matters only if something happens when it is dropped.
        if bound_anew.first().is_some_and(|first| first.is_plain) {
            bound_anew.retain(|binding| binding.mutability.is_some());
        } else {
            bound_anew.retain(|binding| binding.mutability.is_some() || !binding.is_plain);
        }
        let mentioned = if is_whole { reversed(captured) } else { Vec::new() };
        Self { is_whole, mentioned, bound_anew }
    }

    /// Of a body in an `async move` block.
    pub(crate) fn of_future(function: &Function) -> Self {
        let mut captured = function.captured();
        // What is dropped after all that the body uses may stay outside.
        let body = function.block.stream();
        let first = captured.iter().position(|binding| mentions(&body, &binding.name.to_string()));
        captured.drain(..first.unwrap_or(captured.len()));
        // As a captured variable it would be warned about where it is assigned for the sake of its drop. A copy takes room, though.
        let bound_anew =
            bound_anew(&mut captured, |binding| !binding.is_plain && assigns(&body, &binding.name));
        Self { is_whole: true, mentioned: reversed(captured), bound_anew }
    }

    /// Of the body of a future that the user wrote: it has captured what it uses by itself.
    pub(crate) fn none() -> Self {
        Self { is_whole: false, mentioned: Vec::new(), bound_anew: Vec::new() }
    }

    fn statements(&self, private: &TokenStream) -> TokenStream {
        let mentioned = self.mentioned.iter().map(|Binding { name, conditions, .. }| {
            if name.to_string().starts_with('_') {
                // In what is assigned to, a name is not used, as clippy sees it: such a name should not be.
                quote!(#(#conditions)* { *#private::captured(&#name) = []; })
            } else {
                quote!(#(#conditions)* let _ = &#name;)
            }
        });
        let bound_anew = self.bound_anew.iter().map(|Binding { name, mutability, conditions, .. }| {
            // Where a part of the pattern is not the user's, the name does not seem to be taken a second time.
            let pattern = mutability.map_or_else(|| quote!(#name @ _), |_| quote!(mut #name));
            quote!(#(#conditions)* let #pattern = #name;)
        });
        mentioned.chain(bound_anew).collect()
    }
}

/// Splits off what is to be bound anew: what is `mut` and meets the condition, and what is dropped before it.
fn bound_anew(captured: &mut Vec<Binding>, condition: impl Fn(&Binding) -> bool) -> Vec<Binding> {
    let is_changed =
        |binding: &Binding| binding.mutability.is_some() && !binding.is_receiver() && condition(binding);
    let first = captured.iter().position(is_changed).unwrap_or(captured.len());
    captured.split_off(first)
}

fn reversed(mut bindings: Vec<Binding>) -> Vec<Binding> {
    bindings.reverse();
    bindings
}

/// A closure that runs the block, and returns what is declared.
pub(crate) fn closure(
    block: &Group,
    declared: &TokenStream,
    capture: &Capture,
    private: &TokenStream,
) -> TokenStream {
    let ownership = capture.is_whole.then(|| quote!(move));
    let statements = capture.statements(private);
    let bars = quote_spanned!(block.span()=> ||);
    if statements.is_empty() {
        return quote!(#ownership #bars -> #declared #block);
    }
    let body = braced(quote!(#statements #block), block.span());
    quote!(#ownership #bars -> #declared #body)
}

/// A future that runs the block, and whose output is as declared. `keywords` are `async`, and perhaps `move`.
pub(crate) fn future(
    keywords: &TokenStream,
    block: &Group,
    declared: &TokenStream,
    capture: &Capture,
    private: &TokenStream,
) -> TokenStream {
    let statements = capture.statements(private);
    let keywords = respan(keywords.clone(), block.span());
    let label = Lifetime::new("'__fluxgate_body", block.span());
    let span = span_of(declared).map_or(Span::mixed_site(), |(first, _)| first);
    let never = quote::quote_spanned!(Span::mixed_site().located_at(span)=> #private::never);
    let body = braced(
        quote!(
            // Fixes the type of the block, so that returned values are coerced.
            if false {
                return #never::<#declared>();
            }
            #statements
            // The label prevents a lint against superfluous braces.
            #label: #block
        ),
        block.span(),
    );
    quote!(#keywords #body)
}
