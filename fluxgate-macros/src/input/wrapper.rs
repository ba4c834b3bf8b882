//! Functions that other attributes derive from the annotated one, and copy its attributes to.

use proc_macro2::{TokenStream, TokenTree};

use crate::input::tokens::{is_word, mentions, word};

/// The prefixes of the names that `wasm_bindgen` and older versions of `napi` give to functions for JavaScript.
const PREFIXES: [&str; 2] = ["__wasm_bindgen_generated_", "__napi__"];

/// What `napi` 3 appends instead. Not all of these functions are `extern`, but they all take its environment.
const SUFFIX: &str = "_c_callback";

/// The prefix of the function to which leptos' `server` moves the body. What is left calls that one.
pub(crate) const SERVER: &str = "__server_";

/// What is left calls instead if leptos is compiled for the browser, where there is no body.
const CLIENT: &str = "run_on_client";

/// Whether this only calls the annotated function, which is guarded itself.
pub(crate) fn is_wrapper(item: &TokenStream) -> bool {
    let mut trees = item.clone().into_iter();
    let mut is_extern = false;
    let is_function = trees.by_ref().any(|tree| {
        is_extern |= is_word(&tree, &["extern"]);
        is_word(&tree, &["fn"])
    });
    let Some(name) = trees.next().filter(|_| is_function).as_ref().and_then(word).map(ToString::to_string)
    else {
        return false;
    };
    let rest: TokenStream = trees.collect();
    let takes_environment =
        || rest.clone().into_iter().next().is_some_and(|next| mentions(&next.into(), "napi_env"));
    is_extern && PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || name.ends_with(SUFFIX) && takes_environment()
        || mentions(&rest, &format!("{SERVER}{name}"))
        || rest.into_iter().last().is_some_and(|body| calls_server(&body))
}

/// Whether leptos, and not the user, wrote the call to the server in this body.
fn calls_server(body: &TokenTree) -> bool {
    let is_call = |tree: TokenTree| {
        is_word(&tree, &[CLIENT]) && tree.span().source_text().is_none_or(|source| source != CLIENT)
    };
    matches!(body, TokenTree::Group(block) if block.stream().into_iter().any(is_call))
}
