//! A body that is nothing but the future that the function returns.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Expr;

use crate::input::tokens::{is, is_word};

/// `async move { .. }`, or `Box::pin(async move { .. })`.
pub(crate) struct FutureBlock {
    /// The function that boxes it, as the user wrote it.
    pub(crate) boxed: Option<TokenStream>,
    /// `async` or `async move`.
    pub(crate) keywords: TokenStream,
    /// Whether it is `async move`.
    pub(crate) moves: bool,
    /// The braces and what is in them.
    pub(crate) block: Group,
}

impl FutureBlock {
    /// The future that a body consists of, in a box or not.
    pub(crate) fn of(body: TokenStream, is_boxed: bool) -> Option<Self> {
        let expression = peel(syn::parse2(body).ok()?);
        match expression {
            Expr::Call(mut call) if is_boxed && is_box_pin(&call.func) && call.args.len() == 1 => {
                let future = peel(call.args.pop()?);
                Some(Self { boxed: Some(call.func.into_token_stream()), ..Self::of_future(future)? })
            }
            future if !is_boxed => Self::of_future(future),
            _ => None,
        }
    }

    fn of_future(expression: Expr) -> Option<Self> {
        let Expr::Async(future) = expression else { return None };
        if !future.attrs.is_empty() {
            return None;
        }
        let (asyncness, capture) = (future.async_token, future.capture);
        match future.block.into_token_stream().into_iter().next() {
            Some(TokenTree::Group(block)) if block.delimiter() == Delimiter::Brace => {
                let keywords = quote::quote!(#asyncness #capture);
                Some(Self { boxed: None, keywords, moves: capture.is_some(), block })
            }
            _ => None,
        }
    }
}

/// Whether a body ends in `Box::pin(async ..)` or `async { .. }.boxed()`, so that what the function returns is a boxed future, whatever
/// it is called.
pub(crate) fn ends_in_boxed_future(body: TokenStream) -> bool {
    let trees: Vec<_> = body.into_iter().collect();
    match &trees[..] {
        [.., boxed, _, colon, pin, TokenTree::Group(inside)] if is_word(pin, &["pin"]) => {
            let future = inside.stream().into_iter().next();
            is_word(boxed, &["Box"])
                && is(colon, ':')
                && future.is_some_and(|first| is_word(&first, &["async"]))
        }
        [.., keyword, TokenTree::Group(_), dot, method, TokenTree::Group(_)] if is(dot, '.') => {
            is_word(keyword, &["async", "move"]) && is_word(method, &["boxed", "boxed_local"])
        }
        _ => false,
    }
}

/// Removes parentheses and the invisible groups of `macro_rules!`.
fn peel(expression: Expr) -> Expr {
    match expression {
        Expr::Group(group) => peel(*group.expr),
        Expr::Paren(paren) => peel(*paren.expr),
        expression => expression,
    }
}

/// Whether this is `Box::pin`, under whatever path, of any type.
pub(crate) fn is_box_pin(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    let mut segments = path.path.segments.iter().rev();
    ["pin", "Box"].iter().all(|name| {
        segments.next().is_some_and(|segment| segment.ident == name && segment.arguments.is_none())
    })
}
