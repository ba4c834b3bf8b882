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

/// Whether a name is one of these.
pub(crate) fn is_one_of(name: &Ident, names: &[&str]) -> bool {
    names.iter().any(|one| name == one)
}

/// Whether the tree is one of these words.
pub(crate) fn is_word(tree: &TokenTree, words: &[&str]) -> bool {
    word(tree).is_some_and(|word| is_one_of(word, words))
}

/// Whether the tree is this punctuation character.
pub(crate) fn is(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// The spans of the first and the last token.
pub(crate) fn span_of(tokens: &TokenStream) -> Option<(Span, Span)> {
    let mut trees = tokens.clone().into_iter().map(|tree| tree.span());
    let first = trees.next()?;
    Some((first, trees.last().unwrap_or(first)))
}

/// Whether a macro made the token that spells `text`: then its source text is the use of that macro.
pub(crate) fn is_made(span: Span, text: &str) -> bool {
    span.source_text().is_some_and(|source| source != text)
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

/// Whether a type borrows something, as far as its spelling tells.
pub(crate) fn borrows(ty: &TokenStream) -> bool {
    ty.clone().into_iter().any(|tree| match &tree {
        TokenTree::Group(group) => borrows(&group.stream()),
        TokenTree::Ident(word) => word == "impl",
        tree => is(tree, '&') || is(tree, '\''),
    })
}

/// Which of these names tokens [mention](mentions). Reads each token once: getting them from the compiler takes longer than comparing them.
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
                    found.extend(names.extract_if(.., |name| is_in_format(&text, name)));
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
    let (mut names, mut found) = (names, Vec::new());
    look(tokens, &mut names, &mut found);
    found
}

/// Whether a literal names a variable as format strings do: `{name}`, `{name:?}`, or the width in `{:name$}`. After `{{`, it is text.
pub(crate) fn is_in_format(text: &str, name: &str) -> bool {
    let is_of_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let is_width = after.starts_with('$') && !before.ends_with(is_of_name);
        let braces = before.len() - before.trim_end_matches('{').len();
        is_width || braces % 2 == 1 && !after.starts_with(is_of_name)
    })
}

/// A variable that the user's code cannot see. It still needs a name of ours, since a pattern must not have the name of a constant.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(&format!("__fluxgate_{name}"), Span::mixed_site())
}

/// The first name that an item of an expansion may also have. Unlike variables and labels, such items are visible to the user's code
/// beside them, and hide the user's items of that name: `min(__FLUXGATE_1)` would take another constant's value.
pub(crate) fn name_of_ours(tokens: TokenStream) -> Option<Ident> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Group(group) => name_of_ours(group.stream()),
        TokenTree::Ident(word) => {
            let text = word.to_string();
            let is_ours = ["__FLUXGATE_", "__FluxgateMethod"].iter().any(|ours| text.starts_with(ours));
            (is_ours || text == "__fluxgate").then_some(word)
        }
        _ => None,
    })
}

/// What is wrong with such a name, and what to do about it.
pub(crate) fn hides(name: &Ident) -> String {
    format!("`{name}` is a name of Fluxgate's own, which hides yours here")
}

pub(crate) const RENAME: &str = "give yours another name";

/// Braces with the user's span, because line coverage is measured there.
pub(crate) fn braced(tokens: TokenStream, span: Span) -> TokenTree {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    TokenTree::Group(group)
}
