//! Whether an expression is a place where a breaker is kept.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Block, Expr, Stmt, UnOp};

use crate::input::source::spelled;
use crate::input::tokens::is;

/// An expression that is not a place.
pub(crate) enum NoPlace {
    /// It makes a breaker.
    Made,
    /// It calls a function, which makes what it returns, unless that is a reference: with a `*` before it, `place`.
    Called { place: String },
    /// It chooses or computes a value, which may be a reference: with a `*` before it, `place`.
    Computed { place: String },
    /// It is nothing that could hold or be a breaker.
    Other,
}

/// Why an expression is not a place, if so, as far as that can be told without types.
pub(crate) fn no_place(expression: &Expr) -> Option<NoPlace> {
    if makes_breaker(expression) {
        return Some(NoPlace::Made);
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

/// Whether the place is there from the program's start to its end, if it is a place at all and no parameter is part of it: a `static`,
/// or a part of one. A `const` looks the same, and is made anew wherever it is used.
pub(crate) fn is_static(expression: &Expr) -> bool {
    match expression {
        Expr::Path(_) => true,
        Expr::Field(field) => is_static(&field.base),
        Expr::Index(index) => is_static(&index.expr),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && is_static(&unary.expr),
        Expr::Reference(reference) => reference.mutability.is_none() && is_static(&reference.expr),
        Expr::Group(group) => is_static(&group.expr),
        Expr::Paren(paren) => is_static(&paren.expr),
        _ => false,
    }
}

/// What fields, elements and methods of are taken. A method of a place may return what is there.
fn root(expression: &Expr) -> &Expr {
    match expression {
        Expr::MethodCall(call) => root(&call.receiver),
        Expr::Field(field) => root(&field.base),
        Expr::Index(index) => root(&index.expr),
        Expr::Await(awaited) => root(&awaited.base),
        Expr::Try(tried) => root(&tried.expr),
        Expr::Reference(reference) => root(&reference.expr),
        Expr::Group(group) => root(&group.expr),
        Expr::Paren(paren) => root(&paren.expr),
        _ => expression,
    }
}

/// The expression with a `*` before the reference that a call in it may return.
fn dereferenced(expression: &Expr) -> String {
    match expression {
        Expr::Field(field) => {
            format!("({}).{}", dereferenced(&field.base), spelled(&field.member.to_token_stream()))
        }
        Expr::Group(group) => dereferenced(&group.expr),
        Expr::Paren(paren) => dereferenced(&paren.expr),
        Expr::Reference(reference) => dereferenced(&reference.expr),
        _ => format!("*{}", spelled(&expression.to_token_stream())),
    }
}

/// Whether a new breaker is what an expression comes to, or refers to. A closure in it may be called once, and what it makes be kept;
/// so may what a method is given.
fn makes_breaker(expression: &Expr) -> bool {
    match expression {
        Expr::Macro(_) | Expr::Loop(_) => mentions_breaker_macro(&expression.to_token_stream()),
        Expr::Call(call) => makes(&call.func),
        Expr::MethodCall(call) => {
            makes_breaker(&call.receiver)
                || gives_what_it_is_given(&call.method)
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
        Expr::Group(group) => makes_breaker(&group.expr),
        Expr::Paren(paren) => makes_breaker(&paren.expr),
        _ => false,
    }
}

/// Whether a function makes something new, as far as its name tells: `CircuitBreaker::builder`, `Box::new`, `Default::default`.
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
fn gives_what_it_is_given(method: &syn::Ident) -> bool {
    ["or", "or_else", "unwrap_or", "unwrap_or_else", "map_or", "map_or_else"]
        .iter()
        .any(|name| method == name)
}

/// Whether a block ends in what it has made. A `static` in it is kept.
fn is_tail_made(block: &Block) -> bool {
    let Some((Stmt::Expr(tail, None), before)) = block.stmts.split_last() else {
        return block
            .stmts
            .iter()
            .any(|stmt| matches!(stmt, Stmt::Macro(made) if made.mac.path.is_ident("breaker")));
    };
    // What it has bound before is no place outside either.
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
