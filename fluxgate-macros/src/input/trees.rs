//! A sequence of token trees, and their positions among the tokens of the rule language.

use fluxgate_rules::token::TokenRange;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A sequence of trees, with the index of each among all tokens.
pub(crate) struct Trees(pub(crate) Vec<(TokenTree, usize)>);

impl Trees {
    pub(crate) fn of(stream: TokenStream, mut index: usize) -> Self {
        let mut trees = Vec::new();
        collect(stream, &mut index, &mut trees);
        Self(trees)
    }

    pub(crate) fn get(&self, at: usize) -> Option<&TokenTree> {
        self.0.get(at).map(|(tree, _)| tree)
    }

    pub(crate) fn is(&self, at: usize, sign: char) -> bool {
        matches!(self.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
    }

    pub(crate) fn word(&self, at: usize) -> Option<String> {
        match self.get(at) {
            Some(TokenTree::Ident(word)) => Some(word.to_string()),
            _ => None,
        }
    }

    /// The place from one tree up to another, which is not included.
    pub(crate) fn place(&self, from: usize, to: usize) -> TokenRange {
        match (self.0.get(from), self.0.get(to.saturating_sub(1))) {
            (Some((_, start)), Some((last, index))) if from < to => {
                TokenRange::new(*start, index + width(last))
            }
            _ => {
                let end = self.0.last().map_or(0, |(last, index)| index + width(last));
                TokenRange::new(end, end)
            }
        }
    }

    pub(crate) fn tokens(&self, from: usize, to: usize) -> TokenStream {
        self.0[from..to].iter().map(|(tree, _)| tree.clone()).collect()
    }
}

/// Collects the trees of a stream, with the content of invisible groups among them.
fn collect(stream: TokenStream, index: &mut usize, trees: &mut Vec<(TokenTree, usize)>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                collect(group.stream(), index, trees);
            }
            tree => {
                let width = width(&tree);
                trees.push((tree, *index));
                *index += width;
            }
        }
    }
}

/// How many tokens a tree has.
pub(crate) fn width(tree: &TokenTree) -> usize {
    match tree {
        TokenTree::Group(group) => {
            let inside: usize = group.stream().into_iter().map(|tree| width(&tree)).sum();
            inside + if group.delimiter() == Delimiter::None { 0 } else { 2 }
        }
        _ => 1,
    }
}
