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
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Literal(literal) => literal.to_string().contains(&format!("{{{name}")),
        TokenTree::Punct(_) => false,
    })
}

/// Whether tokens may assign to a variable or to a field of it.
pub(crate) fn assigns(tokens: &TokenStream, name: &Ident) -> bool {
    let mut is_place = false;
    let mut trees = tokens.clone().into_iter().peekable();
    while let Some(tree) = trees.next() {
        match &tree {
            TokenTree::Group(group) if assigns(&group.stream(), name) => return true,
            TokenTree::Ident(word) if word == name => is_place = true,
            TokenTree::Punct(punct) if punct.as_char() == '=' => {
                let is_comparison = trees.peek().is_some_and(|next| is(next, '=') || is(next, '>'));
                if is_place && !is_comparison {
                    return true;
                }
                is_place = false;
            }
            // A field, an operator before `=`, the rest of a tuple that is assigned.
            TokenTree::Punct(punct) if punct.as_char() != ';' => {}
            TokenTree::Ident(_) | TokenTree::Literal(_) if is_place => {}
            _ => is_place = false,
        }
    }
    false
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
        within || assigns(&statement, name) && (count > 1 || mentions_in_groups(&statement, name))
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
