//! Whether a body moves a variable, as far as its tokens tell.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::input::tokens::is;

/// Whether tokens may move a variable, or a part of it: they mention it in another way than `&name`, `&name.part` and `name[..]`. A method
/// may take it by value.
pub(crate) fn may_move(tokens: &TokenStream, name: &str) -> bool {
    let (mut is_borrowed, mut before) = (false, [';', ';']);
    let mut trees = tokens.clone().into_iter().peekable();
    while let Some(tree) = trees.next() {
        let mut sign = ' ';
        match tree {
            TokenTree::Group(group) => {
                if may_move(&group.stream(), name) {
                    return true;
                }
                is_borrowed = false;
            }
            TokenTree::Ident(word) if word == name && (before[1] != '.' || before[0] == '.') => {
                while is_borrowed && trees.next_if(|tree| is(tree, '.')).is_some() {
                    trees.next();
                }
                let is_of = |tree: &TokenTree, delimiter| matches!(tree, TokenTree::Group(group) if group.delimiter() == delimiter);
                let next = trees.peek();
                let is_called = next.is_some_and(|next| is(next, ':') || is_of(next, Delimiter::Parenthesis));
                let is_indexed = next.is_some_and(|next| is_of(next, Delimiter::Bracket));
                if !is_indexed && (!is_borrowed || is_called) {
                    return true;
                }
                is_borrowed = false;
            }
            TokenTree::Ident(word) => is_borrowed &= word == "mut",
            TokenTree::Literal(_) => is_borrowed = false,
            TokenTree::Punct(punct) => {
                sign = punct.as_char();
                // Between two values, it is an operator.
                is_borrowed = sign == '&' && before[1] != ' ';
            }
        }
        before = [before[1], sign];
    }
    false
}
