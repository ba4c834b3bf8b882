//! Whether a body assigns to a variable, as far as its tokens tell.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use crate::input::tokens::{is, is_in_format, mentions, word};

/// Whether tokens may assign to a variable, to what of it, and whether they do anything else with it.
#[derive(Default)]
pub(crate) struct Assignments {
    /// Its name where all of it is assigned first.
    pub(crate) of_all: Option<Ident>,
    pub(crate) of_parts: bool,
    pub(crate) is_read: bool,
}

/// The variable, or a part of it: something is assigned to it if `=` comes next, perhaps after another operator.
struct Place {
    name: Ident,
    is_part: bool,
}

/// Stands for a word, a literal or parentheses, where the sign before a tree is looked at.
const VALUE: char = ' ';

impl Assignments {
    pub(crate) fn to(name: &Ident, tokens: &TokenStream) -> Self {
        let mut found = Self::default();
        let mut last = found.look(name, tokens.clone());
        found.read(&mut last);
        found
    }

    pub(crate) fn are_any(&self) -> bool {
        self.of_all.is_some() || self.of_parts
    }

    /// The place, if there is one, is not assigned to.
    fn read(&mut self, place: &mut Option<Place>) {
        self.is_read |= place.take().is_some();
    }

    fn assign(&mut self, place: Place) {
        if place.is_part {
            self.of_parts = true;
        } else {
            self.of_all.get_or_insert(place.name);
        }
    }

    /// Looks at tokens, and returns the place that they are, or that is in their list: `(place)`, `(place, other)`.
    fn look(&mut self, name: &Ident, tokens: TokenStream) -> Option<Place> {
        let (mut place, mut listed) = (None, None);
        // What is behind a reference is another place.
        let (mut is_behind, mut is_pattern) = (false, false);
        let mut before = [';', ';'];
        let mut trees = tokens.into_iter().peekable();
        while let Some(tree) = trees.next() {
            let sign = sign(&tree);
            let is_field = before[1] == '.' && before[0] != '.';
            match (tree, sign) {
                // What it binds is another variable.
                (TokenTree::Group(_), _) if is_pattern => {}
                (TokenTree::Group(group), _) => {
                    let mut inner = self.look(name, group.stream());
                    let is_block = sign == '}';
                    is_behind &= !is_block;
                    if is_after_value(before) && group.delimiter() == Delimiter::Bracket {
                        self.read(&mut inner);
                        place = place.map(|Place { name, .. }| Place { name, is_part: true });
                    } else {
                        self.read(&mut place);
                        // A call and a block are no places, but patterns look like them: `Some(place) = ..`
                        let is_place = !is_block && !is_after_value(before);
                        if is_place || trees.peek().is_some_and(|next| is(next, '=')) {
                            place = inner;
                        } else {
                            self.read(&mut inner);
                        }
                    }
                }
                (TokenTree::Ident(_), _) if is_field => {}
                (TokenTree::Ident(word), _) => {
                    self.read(&mut place);
                    is_pattern |= word == "let";
                    place = (word == *name && !is_pattern).then_some(Place { name: word, is_part: false });
                }
                (TokenTree::Literal(literal), _) => {
                    self.is_read |= is_in_format(&literal.to_string(), &name.to_string());
                    if !is_field {
                        self.read(&mut place);
                    }
                }
                (_, '.') => place = place.map(|Place { name, .. }| Place { name, is_part: true }),
                (_, '=') if is_pattern => is_pattern = before[1] == '.',
                (_, '=') => {
                    let next = trees.peek();
                    let is_compared = next.is_some_and(|next| is(next, '=') || is(next, '>'))
                        || matches!(before[1], '<' | '>') && before[0] != before[1]
                        || before[1] == '.';
                    match place.take() {
                        Some(place) if !is_compared && !is_behind => self.assign(place),
                        other => self.is_read |= other.is_some(),
                    }
                    is_behind = false;
                }
                (_, '*') if !matches!(before[1], VALUE | '?') => is_behind = true,
                (_, '+' | '-' | '*' | '/' | '%' | '^' | '&' | '|' | '<' | '>') => {}
                (_, ',') if !is_behind => listed = listed.or(place.take()),
                _ => {
                    self.read(&mut place);
                    is_behind &= !matches!(sign, ',' | ';');
                    is_pattern &= sign != ';';
                }
            }
            before = [before[1], sign];
        }
        if is_behind {
            self.read(&mut place);
        }
        listed.or(place)
    }
}

fn sign(tree: &TokenTree) -> char {
    match tree {
        TokenTree::Punct(punct) => punct.as_char(),
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => '}',
        _ => VALUE,
    }
}

/// Whether these signs end something that can be called or indexed: not `=>` or `->`.
fn is_after_value(before: [char; 2]) -> bool {
    matches!(before[1], VALUE | '?') || before[1] == '>' && !matches!(before[0], '=' | '-')
}

/// Whether tokens may assign something of a variable to the variable itself, or to a field of it.
pub(crate) fn assigns_itself(tokens: &TokenStream, name: &Ident) -> bool {
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    trees.split(|tree| is(tree, ';')).any(|statement| {
        let within = statement
            .iter()
            .any(|tree| matches!(tree, TokenTree::Group(group) if assigns_itself(&group.stream(), name)));
        let count = statement.iter().filter(|tree| word(tree).is_some_and(|word| word == name)).count();
        let statement: TokenStream = statement.iter().cloned().collect();
        within
            || Assignments::to(name, &statement).are_any()
                && (count > 1 || mentions_in_groups(&statement, name))
    })
}

fn mentions_in_groups(tokens: &TokenStream, name: &Ident) -> bool {
    tokens
        .clone()
        .into_iter()
        .any(|tree| matches!(tree, TokenTree::Group(group) if mentions(&group.stream(), &name.to_string())))
}
