//! Functions that other attributes make of the annotated one, and give its attributes.

use proc_macro2::{TokenStream, TokenTree};

use crate::input::tokens::word;

/// How the names begin that `wasm_bindgen` and `napi` give to what JavaScript calls.
const PREFIXES: [&str; 2] = ["__wasm_bindgen_generated_", "__napi__"];

/// Whether this is a function for callers in another language that calls the annotated one. That is guarded itself.
pub(crate) fn is_wrapper(item: &TokenStream) -> bool {
    let is_name = |tree: &TokenTree| {
        word(tree).is_some_and(|name| PREFIXES.iter().any(|prefix| name.to_string().starts_with(prefix)))
    };
    let mut trees = item.clone().into_iter();
    trees.any(|tree| word(&tree).is_some_and(|word| word == "extern"))
        && trees.any(|tree| word(&tree).is_some_and(|word| word == "fn"))
        && trees.next().is_some_and(|tree| is_name(&tree))
}
