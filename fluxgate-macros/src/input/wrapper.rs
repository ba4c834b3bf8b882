//! Functions that other attributes derive from the annotated one, and copy its attributes to.

use proc_macro2::{TokenStream, TokenTree};

use crate::input::tokens::{is_word, word};

/// The prefixes of the names that `wasm_bindgen` and `napi` give to functions for JavaScript.
const PREFIXES: [&str; 2] = ["__wasm_bindgen_generated_", "__napi__"];

/// Whether this is a function for callers in another language. It calls the annotated one, which is guarded itself.
pub(crate) fn is_wrapper(item: &TokenStream) -> bool {
    let is_name = |tree: &TokenTree| {
        word(tree).is_some_and(|name| PREFIXES.iter().any(|prefix| name.to_string().starts_with(prefix)))
    };
    let mut trees = item.clone().into_iter();
    trees.any(|tree| is_word(&tree, &["extern"]))
        && trees.any(|tree| is_word(&tree, &["fn"]))
        && trees.next().is_some_and(|tree| is_name(&tree))
}
