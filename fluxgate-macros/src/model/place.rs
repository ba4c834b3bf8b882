//! Whether an expression is a place where a breaker is kept.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::{Block, Expr, Stmt, UnOp};

use crate::input::peel::peel_expression;
use crate::input::source::spelled;
use crate::input::tokens::{is, is_one_of, span_of};

/// An expression that is not a place.
pub(crate) enum NoPlace {
    /// It makes a breaker.
    Made,
    /// It calls a function, which makes what it returns, unless that is a reference. Then `place` is the expression with a `*`.
    Called { place: String },
    /// It chooses or computes a value, which may be a reference. Then `place` is the expression with a `*`.
    Computed { place: String },
    /// It is nothing that could hold or be a breaker.
    Other,
}

/// Why an expression is not a place, if it is not, as far as that is known without types.
pub(crate) fn no_place(expression: &Expr) -> Option<NoPlace> {
    if makes_breaker(expression) {
        return Some(NoPlace::Made);
    }
    if part_of_call(&mut expression.clone()).is_some() {
        return None;
    }
    match root(expression) {
        Expr::Path(_) => None,
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => None,
        Expr::Call(_) | Expr::Macro(_) => Some(NoPlace::Called { place: dereferenced(expression) }),
        Expr::Block(_) | Expr::Unsafe(_) | Expr::Const(_) | Expr::If(_) | Expr::Match(_) | Expr::Loop(_) => {
            Some(NoPlace::Computed { place: dereferenced(expression) })
        }
        _ => Some(NoPlace::Other),
    }
}

/// Whether the place exists from the program's start to its end, if it is a place and holds no parameter: a `static`,
/// or a part of one. A `const` looks the same, but is a new value wherever it is used.
pub(crate) fn is_static(expression: &Expr) -> bool {
    match peel_expression(expression) {
        Expr::Path(_) => true,
        Expr::Field(field) => is_static(&field.base),
        Expr::Index(index) => is_static(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && is_static(&unary.expr),
        Expr::Reference(reference) => reference.mutability.is_none() && is_static(&reference.expr),
        _ => false,
    }
}

/// The expression whose fields, elements and methods are used. A method of a place may return what is there.
fn root(expression: &Expr) -> &Expr {
    match peel_expression(expression) {
        Expr::MethodCall(call) => root(&call.receiver),
        Expr::Field(field) => root(&field.base),
        Expr::Index(index) => root(&index.expr),
        Expr::Await(awaited) => root(&awaited.base),
        Expr::Try(tried) => root(&tried.expr),
        Expr::Reference(reference) => root(&reference.expr),
        other => other,
    }
}

/// The call that returns what an expression is a field or an element of. It has to return a reference or another kind of pointer.
fn part_of_call(expression: &mut Expr) -> Option<&mut Expr> {
    let whole = match expression {
        Expr::Field(field) => &mut *field.base,
        Expr::Index(index) => &mut *index.expr,
        Expr::Group(group) => return part_of_call(&mut group.expr),
        Expr::Paren(paren) => return part_of_call(&mut paren.expr),
        Expr::Reference(reference) => return part_of_call(&mut reference.expr),
        _ => return None,
    };
    if matches!(whole, Expr::Call(_)) { Some(whole) } else { part_of_call(whole) }
}

/// The place as an expression that does not compile for a value made on the spot.
pub(crate) fn kept_place(mut expression: Expr) -> TokenStream {
    if let Some(call) = part_of_call(&mut expression) {
        let called = call.to_token_stream();
        let span = span_of(&called).map_or(Span::call_site(), |(first, _)| first);
        // Located at the user's code, though not part of it, so that lints do not ask the user to change it.
        *call = Expr::Verbatim(quote_spanned!(Span::call_site().located_at(span)=> (*#called)));
    }
    expression.into_token_stream()
}

/// The expression with a `*` before the reference that a call in it may return.
fn dereferenced(expression: &Expr) -> String {
    match peel_expression(expression) {
        Expr::Reference(reference) => dereferenced(&reference.expr),
        other => format!("*{}", spelled(&other.to_token_stream())),
    }
}

/// Whether an expression results in, or refers to, a new breaker. A closure in it may be called once, and its result kept;
/// so may the arguments of a method.
fn makes_breaker(expression: &Expr) -> bool {
    match peel_expression(expression) {
        made @ (Expr::Macro(_) | Expr::Loop(_)) => mentions_breaker_macro(&made.to_token_stream()),
        Expr::Call(call) => makes(&call.func),
        Expr::MethodCall(call) => {
            makes_breaker(&call.receiver)
                || returns_its_argument(&call.method)
                    && call.args.iter().any(|argument| mentions_breaker_macro(&argument.to_token_stream()))
        }
        Expr::Array(array) => array.elems.iter().any(makes_breaker),
        Expr::Tuple(tuple) => tuple.elems.iter().any(makes_breaker),
        Expr::Struct(record) => record.fields.iter().any(|field| makes_breaker(&field.expr)),
        Expr::Block(block) => is_tail_made(&block.block),
        Expr::Unsafe(block) => is_tail_made(&block.block),
        Expr::Const(block) => is_tail_made(&block.block),
        Expr::Async(block) => is_tail_made(&block.block),
        Expr::If(choice) => {
            is_tail_made(&choice.then_branch)
                || choice.else_branch.as_ref().is_some_and(|(_, otherwise)| makes_breaker(otherwise))
        }
        Expr::Match(choice) => choice.arms.iter().any(|arm| makes_breaker(&arm.body)),
        Expr::Field(field) => makes_breaker(&field.base),
        Expr::Index(index) => makes_breaker(&index.expr),
        Expr::Await(awaited) => makes_breaker(&awaited.base),
        Expr::Try(tried) => makes_breaker(&tried.expr),
        Expr::Unary(unary) => makes_breaker(&unary.expr),
        Expr::Reference(reference) => makes_breaker(&reference.expr),
        Expr::Cast(cast) => makes_breaker(&cast.expr),
        _ => false,
    }
}

/// Whether a function makes something new, judging by its name: `CircuitBreaker::builder`, `Box::new`, `Default::default`.
fn makes(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return mentions_breaker_macro(&function.to_token_stream()) };
    let names: Vec<_> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match names.as_slice() {
        [.., of, _] if of == "CircuitBreaker" => true,
        [.., of, name] => name == "default" || name == "new" && ["Box", "Arc", "Rc"].contains(&of.as_str()),
        _ => false,
    }
}

/// Whether a method returns its argument without keeping it.
fn returns_its_argument(method: &syn::Ident) -> bool {
    is_one_of(method, &["or", "or_else", "unwrap_or", "unwrap_or_else", "map_or", "map_or_else"])
}

/// Whether a block ends in something that it made. A `static` in it is kept.
fn is_tail_made(block: &Block) -> bool {
    let Some((Stmt::Expr(tail, None), before)) = block.stmts.split_last() else {
        return block
            .stmts
            .iter()
            .any(|stmt| matches!(stmt, Stmt::Macro(made) if made.mac.path.is_ident("breaker")));
    };
    // A variable of the block is not a place outside of it.
    let binds = |stmt: &Stmt| {
        let Stmt::Local(local) = stmt else { return false };
        local.init.as_ref().is_some_and(|init| makes_breaker(&init.expr))
    };
    makes_breaker(tail) || before.iter().any(binds)
}

/// Whether tokens call the macro that makes breakers.
fn mentions_breaker_macro(tokens: &TokenStream) -> bool {
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    trees.iter().enumerate().any(|(at, tree)| match tree {
        TokenTree::Ident(word) => word == "breaker" && trees.get(at + 1).is_some_and(|next| is(next, '!')),
        TokenTree::Group(group) => mentions_breaker_macro(&group.stream()),
        _ => false,
    })
}
