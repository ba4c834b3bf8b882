//! Where a body uses a variable, as far as its tokens tell: they do not show that a name is bound again, except in a `let`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::input::tokens::{is, is_in_format};

/// A token and the ones around it: a use of a variable, or a group that holds one.
pub(crate) struct Use<'a> {
    pub(crate) tree: &'a TokenTree,
    /// The tokens before it, and after it, in the same group.
    pub(crate) before: &'a [TokenTree],
    pub(crate) after: &'a [TokenTree],
    /// The group that it is in, unless that is the body itself.
    pub(crate) group: Option<&'a Self>,
}

/// Whether `holds` returns true for any use of a variable, by its name or in a format string.
pub(crate) fn any_use(name: &str, tokens: &TokenStream, mut holds: impl FnMut(&Use<'_>) -> bool) -> bool {
    any_within(name, tokens.clone(), None, &mut holds)
}

/// Whether tokens use a variable as a whole: not only a part of it, or what is behind it.
pub(crate) fn uses_whole(name: &str, tokens: &TokenStream) -> bool {
    any_use(name, tokens, |variable| {
        let is_part = |next: &TokenTree| is(next, '.') || is_group(next, Delimiter::Bracket);
        let is_in_format = matches!(variable.tree, TokenTree::Literal(_));
        is_in_format || !variable.follows('*') && !variable.after.first().is_some_and(is_part)
    })
}

fn any_within(
    name: &str,
    tokens: TokenStream,
    group: Option<&Use<'_>>,
    holds: &mut dyn FnMut(&Use<'_>) -> bool,
) -> bool {
    let trees: Vec<_> = tokens.into_iter().collect();
    // What the pattern of a `let` binds is another variable.
    let mut is_pattern = false;
    trees.iter().enumerate().any(|(at, tree)| {
        let this = Use { tree, before: &trees[..at], after: &trees[at + 1..], group };
        match tree {
            TokenTree::Group(_) if is_pattern => false,
            TokenTree::Group(inner) => any_within(name, inner.stream(), Some(&this), holds),
            TokenTree::Ident(word) => {
                is_pattern |= word == "let";
                !is_pattern && word == name && !this.is_field() && holds(&this)
            }
            TokenTree::Literal(literal) => is_in_format(&literal.to_string(), name) && holds(&this),
            TokenTree::Punct(sign) => {
                is_pattern &= match sign.as_char() {
                    // As in `0..=9`.
                    '=' => this.follows('.'),
                    sign => sign != ';',
                };
                false
            }
        }
    })
}

impl<'a> Use<'a> {
    /// Whether what is before it ends a value, which can then be called, indexed, or joined with `&`.
    pub(crate) fn follows_value(&self) -> bool {
        ends_value(self.before)
    }

    /// Whether `&` or `&mut` is before it, and no operator `&`.
    pub(crate) fn follows_reference(&self) -> bool {
        match self.before {
            [before @ .., sign, TokenTree::Ident(word)] if word == "mut" => {
                is(sign, '&') && !ends_value(before)
            }
            [before @ .., sign] => is(sign, '&') && !ends_value(before),
            [] => false,
        }
    }

    pub(crate) fn is_group(&self, delimiter: Delimiter) -> bool {
        is_group(self.tree, delimiter)
    }

    /// The tokens after it and its fields.
    pub(crate) fn after_fields(&self) -> &'a [TokenTree] {
        after_fields(self.after)
    }

    /// The tokens after it, its fields and its indices: after all that may name a place.
    pub(crate) fn after_place(&self) -> &'a [TokenTree] {
        let mut after = self.after_fields();
        while let [index, rest @ ..] = after
            && is_group(index, Delimiter::Bracket)
        {
            after = after_fields(rest);
        }
        after
    }

    /// It and the groups that it is in, from the inside out.
    pub(crate) fn and_groups(&'a self) -> impl Iterator<Item = &'a Self> {
        std::iter::successors(Some(self), |inner| inner.group)
    }

    fn follows(&self, sign: char) -> bool {
        self.before.last().is_some_and(|tree| is(tree, sign))
    }

    /// Whether it is a field of something else: `other.it`, but not `..it`.
    fn is_field(&self) -> bool {
        match self.before {
            [.., before, dot] => is(dot, '.') && !is(before, '.'),
            _ => self.follows('.'),
        }
    }
}

pub(crate) fn is_group(tree: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == delimiter)
}

fn after_fields(mut after: &[TokenTree]) -> &[TokenTree] {
    while let [dot, TokenTree::Ident(_) | TokenTree::Literal(_), rest @ ..] = after
        && is(dot, '.')
    {
        after = rest;
    }
    after
}

/// Whether tokens end a value, and not a block, `=>` or `->`.
fn ends_value(tokens: &[TokenTree]) -> bool {
    match tokens {
        [.., group @ TokenTree::Group(_)] => !is_group(group, Delimiter::Brace),
        [.., arrow, tree] if is(tree, '>') => !is(arrow, '=') && !is(arrow, '-'),
        [.., tree @ TokenTree::Punct(_)] => is(tree, '?'),
        [.., _] => true,
        [] => false,
    }
}
