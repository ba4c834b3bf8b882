//! Whether a body moves a variable, as far as its tokens tell.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::input::tokens::{is, is_word};
use crate::input::uses::{Use, any_use, is_group};

/// Whether tokens may move a variable, or a part of it: they use it other than as `&name`, `&name.part` or `name[..]`, or in a
/// `move` closure. A method may take it by value.
pub(crate) fn may_move(tokens: &TokenStream, name: &str) -> bool {
    any_use(name, tokens, |variable| {
        let is_in_format = matches!(variable.tree, TokenTree::Literal(_));
        variable.and_groups().any(follows_move) || !is_in_format && !is_borrowed(variable)
    })
}

/// Whether `move` is before this in its statement.
fn follows_move(part: &Use<'_>) -> bool {
    let before = part.before.iter().rev();
    before.take_while(|tree| !is(tree, ';')).any(|tree| is_word(tree, &["move"]))
}

fn is_borrowed(variable: &Use<'_>) -> bool {
    match variable.after_fields().first() {
        Some(index) if is_group(index, Delimiter::Bracket) => true,
        Some(next) if is(next, '?') || is(next, ':') || is_group(next, Delimiter::Parenthesis) => false,
        _ => variable.follows_reference(),
    }
}
