//! Small questions about tokens, and small changes to them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// How deep groups are searched: deeper than any rule.
pub(crate) const MAX_DEPTH: usize = 64;

/// The tree as an identifier.
pub(crate) fn word(tree: &TokenTree) -> Option<&Ident> {
    match tree {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    }
}

/// Whether the tree is this punctuation character.
pub(crate) fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Whether the tree is `=`.
pub(crate) fn is_assignment(tree: &TokenTree) -> bool {
    is(tree, '=')
}

/// The spans of the first and last of some tokens.
pub(crate) fn span_of(tokens: &TokenStream) -> Option<(Span, Span)> {
    let mut trees = tokens.clone().into_iter().map(|tree| tree.span());
    let first = trees.next()?;
    Some((first, trees.last().unwrap_or(first)))
}

/// Gives every token, and every parenthesis, the same span.
pub(crate) fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let respan_tree = |mut tree: TokenTree| {
        if let TokenTree::Group(group) = &tree {
            tree = TokenTree::Group(Group::new(group.delimiter(), respan(group.stream(), span)));
        }
        tree.set_span(span);
        tree
    };
    tokens.into_iter().map(respan_tree).collect()
}

/// Removes the invisible groups that `macro_rules!` puts around its arguments.
pub(crate) fn ungrouped(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            ungrouped(group.stream())
        }
        _ => tokens,
    }
}

/// The value, if the tokens are one string literal.
pub(crate) fn text(tokens: &TokenStream) -> Option<String> {
    syn::parse2::<syn::LitStr>(ungrouped(tokens.clone())).ok().map(|literal| literal.value())
}

/// The message about tokens that are [too deep](is_too_deep).
pub(crate) const TOO_DEEP: &str =
    "parentheses are nested too deeply\nhelp: move what they hold into a function";

/// Whether groups are nested too deep for recursion.
pub(crate) fn is_too_deep(tokens: &TokenStream) -> bool {
    fn fits(tokens: TokenStream, depth: usize) -> bool {
        tokens.into_iter().all(|tree| match tree {
            TokenTree::Group(group) => depth > 0 && fits(group.stream(), depth - 1),
            _ => true,
        })
    }
    !fits(tokens.clone(), MAX_DEPTH)
}

/// Whether tokens mention a name, as an identifier or in a format string: `"{name}"`.
pub(crate) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    !mentioned(tokens.clone(), vec![name.to_owned()]).is_empty()
}

/// Which of these names tokens [mention](mentions). Looks at each token once: for the compiler to hand them over takes longer than to compare them.
pub(crate) fn mentioned(tokens: TokenStream, names: Vec<String>) -> Vec<String> {
    fn look(tokens: TokenStream, names: &mut Vec<String>, found: &mut Vec<String>) {
        for tree in tokens {
            if names.is_empty() {
                return;
            }
            match tree {
                TokenTree::Group(group) => look(group.stream(), names, found),
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    found.extend(names.extract_if(.., |name| *name == word));
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    found.extend(names.extract_if(.., |name| text.contains(&format!("{{{name}"))));
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
    let (mut names, mut found) = (names, Vec::new());
    look(tokens, &mut names, &mut found);
    found
}

/// Whether tokens may assign to a variable, to what of it, and whether they do anything else with it.
#[derive(Default)]
pub(crate) struct Assignments {
    /// Its name where all of it is assigned first.
    pub(crate) of_all: Option<Ident>,
    pub(crate) of_parts: bool,
    pub(crate) is_read: bool,
}

impl Assignments {
    pub(crate) fn to(name: &Ident, tokens: &TokenStream) -> Self {
        let mut found = Self::default();
        found.look(name, tokens);
        found
    }

    pub(crate) fn are_any(&self) -> bool {
        self.of_all.is_some() || self.of_parts
    }

    fn look(&mut self, name: &Ident, tokens: &TokenStream) {
        // The variable, and whether a part of it is meant: there was a `.` or an index.
        let mut place: Option<(Ident, bool)> = None;
        let (mut before, mut is_pattern) = (' ', false);
        let mut trees = tokens.clone().into_iter().peekable();
        while let Some(tree) = trees.next() {
            let sign = if let TokenTree::Punct(punct) = &tree { punct.as_char() } else { ' ' };
            match tree {
                TokenTree::Group(group) => {
                    self.look(name, &group.stream());
                    let is_index = group.delimiter() == Delimiter::Bracket;
                    self.is_read |= place.is_some() && !is_index;
                    place = place.filter(|_| is_index).map(|(name, _)| (name, true));
                    // Perhaps a tuple that is assigned.
                    if place.is_none() && !is_pattern && mentions(&group.stream(), &name.to_string()) {
                        place = Some((name.clone(), false));
                    }
                }
                TokenTree::Ident(word) if word == "let" => is_pattern = true,
                TokenTree::Ident(word) if word == *name && before != '.' && !is_pattern => {
                    // What it refers to is another place.
                    self.is_read |= place.is_some() || before == '*';
                    place = (before != '*').then_some((word, false));
                }
                TokenTree::Punct(_) if sign == '=' => {
                    let is_comparison =
                        before == '!' || trees.peek().is_some_and(|next| is(next, '=') || is(next, '>'));
                    match place.take() {
                        Some(_) if is_comparison => self.is_read = true,
                        Some((_, true)) => self.of_parts = true,
                        Some((name, false)) => self.of_all = self.of_all.take().or(Some(name)),
                        None => {}
                    }
                    is_pattern = false;
                }
                TokenTree::Punct(_) if sign == '.' => place = place.map(|(name, _)| (name, true)),
                // An operator before `=`.
                TokenTree::Punct(_) if sign != ';' => {}
                TokenTree::Literal(literal) if literal.to_string().contains(&format!("{{{name}")) => {
                    self.is_read = true;
                }
                TokenTree::Ident(_) | TokenTree::Literal(_) if place.is_some() => {}
                _ => {
                    self.is_read |= place.is_some();
                    (place, is_pattern) = (None, false);
                }
            }
            before = sign;
        }
        self.is_read |= place.is_some();
    }
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

/// A variable that the user's code cannot see. Its name is one of ours all the same: a pattern may not be called as a constant is.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(&format!("__fluxgate_{name}"), Span::mixed_site())
}

/// Braces with the user's span, because line coverage is measured there.
pub(crate) fn braced(tokens: TokenStream, span: Span) -> TokenTree {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    TokenTree::Group(group)
}
