//! Whether a body assigns to a variable, as far as its tokens tell.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use crate::input::tokens::{is, mentions};
use crate::input::uses::{Use, any_use};

/// Whether tokens may assign to a variable or to its parts, and whether they use it in any other way.
#[derive(Default)]
pub(crate) struct Assignments {
    /// Its name at the first assignment to all of it.
    pub(crate) of_all: Option<Ident>,
    pub(crate) of_parts: bool,
    pub(crate) is_read: bool,
}

enum Assigned {
    All,
    Part,
}

impl Assignments {
    pub(crate) fn to(name: &Ident, tokens: &TokenStream) -> Self {
        let mut found = Self::default();
        any_use(&name.to_string(), tokens, |variable| {
            match (assigned(variable), variable.tree) {
                (Some(Assigned::All), TokenTree::Ident(name)) => {
                    found.of_all.get_or_insert_with(|| name.clone());
                }
                (Some(_), _) => found.of_parts = true,
                (None, _) => found.is_read = true,
            }
            false
        });
        found
    }

    pub(crate) fn are_any(&self) -> bool {
        self.of_all.is_some() || self.of_parts
    }
}

/// Whether this use assigns to the variable, or to a part of it.
fn assigned(variable: &Use<'_>) -> Option<Assigned> {
    if matches!(variable.tree, TokenTree::Literal(_)) {
        return None;
    }
    let mut is_part = false;
    for place in variable.and_groups() {
        if is_dereferenced(place) || place.is_group(Delimiter::Bracket) && place.follows_value() {
            return None;
        }
        let after = place.after_place();
        is_part |= after.len() < place.after.len();
        // A call and a block are not places, but patterns look like them: `Some(place) = ..`
        let is_like_pattern = place.is_group(Delimiter::Brace)
            || place.is_group(Delimiter::Parenthesis) && place.follows_value();
        if is_like_pattern && !place.after.first().is_some_and(|next| is(next, '=')) {
            return None;
        }
        match after.first() {
            // `(place)`, `(place, other)`
            None => {}
            Some(next) if is(next, ',') => {}
            Some(_) if !begins_assignment(after) => return None,
            Some(_) => return Some(if is_part { Assigned::Part } else { Assigned::All }),
        }
    }
    None
}

/// Whether `*` is before this or its path: what is behind a reference is another place.
fn is_dereferenced(place: &Use<'_>) -> bool {
    let is_of_path = |tree: &&TokenTree| matches!(tree, TokenTree::Ident(_)) || is(tree, ':');
    place.before.iter().rev().find(|tree| !is_of_path(tree)).is_some_and(|before| is(before, '*'))
}

/// Whether tokens begin with `=`, perhaps after another operator, and not with `==`, `=>`, `<=` or `>=`.
fn begins_assignment(tokens: &[TokenTree]) -> bool {
    let signs = tokens.iter().take(4).map_while(|tree| match tree {
        TokenTree::Punct(sign) => Some(sign.as_char()),
        _ => None,
    });
    let signs: String = signs.collect();
    let operators = ["+", "-", "*", "/", "%", "^", "&", "|", "<<", ">>"];
    let operator = operators.into_iter().find(|operator| signs.starts_with(operator)).unwrap_or_default();
    let rest = &signs[operator.len()..];
    rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>")
}

/// Whether tokens may assign something of a variable to the variable itself, or to a field of it.
pub(crate) fn assigns_itself(tokens: &TokenStream, name: &Ident) -> bool {
    any_use(&name.to_string(), tokens, |variable| {
        let is_mentioned_in =
            |part: &[TokenTree]| mentions(&part.iter().cloned().collect(), &name.to_string());
        let end_of_statement = |tree: &TokenTree| is(tree, ';');
        assigned(variable).is_some()
            && (variable.group.is_some()
                || variable.before.rsplit(end_of_statement).next().is_some_and(is_mentioned_in)
                || variable.after.split(end_of_statement).next().is_some_and(is_mentioned_in))
    })
}
