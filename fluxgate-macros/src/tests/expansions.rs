//! What functions expand to, for review: each file in `expansions` has an annotated item and, below a line, what becomes of it. With
//! `FLUXGATE_BLESS` set, what is below the line is rewritten; for a new file, write what is above it.
//!
//! To be readable, what is below the line is abridged: `__private` stands for `::fluxgate::__private`, and only the files whose names
//! begin with `settings` show the settings.

use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use crate::input::tokens::{is, is_word, word};
use crate::{expand_attribute, expand_breaker};

const LINE: &str = "// expands to";

#[test]
fn expansions_are_as_reviewed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/expansions");
    let files = std::fs::read_dir(folder).expect("the folder");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    assert!(paths.len() >= 12, "{paths:?}");
    for path in paths {
        let reviewed = std::fs::read_to_string(&path).expect("a file");
        let above = reviewed.split(LINE).next().unwrap_or_default().trim_end();
        let mut tokens = expanded(above.parse().expect("tokens"));
        if !path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("settings")) {
            tokens = without_settings(tokens);
        }
        assert!(parses_with_syn_2(&tokens), "{}", path.display());
        let text = tokens.to_string().replace(":: fluxgate :: __private", "__private");
        let items = syn::parse_file(&text).expect("items");
        let now = format!("{above}\n\n{LINE}\n\n{}", prettyplease::unparse(&items));
        if std::env::var_os("FLUXGATE_BLESS").is_some() {
            std::fs::write(&path, now).expect("a file that can be written");
        } else {
            assert_eq!(reviewed, now, "{}", path.display());
        }
    }
}

#[test]
fn wrappers_for_another_language_are_not_guarded() {
    let prefixed = |name: &str| {
        let name = quote::format_ident!("{name}");
        let wrapper = quote! {
            #[doc(hidden)]
            pub unsafe extern "C-unwind" fn #name(number: u32) -> WasmRet<u32> { charge(number).into() }
        };
        (name, wrapper)
    };
    let callback = quote! {
        #[doc(hidden)]
        extern "C" fn charge_c_callback(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
            charge(env, info)
        }
    };
    let getter = quote! {
        #[doc(hidden)]
        unsafe fn charge_c_callback(env: sys::napi_env, this: sys::napi_value) -> napi::Result<sys::napi_value> {
            charge(env, this)
        }
    };
    for (name, wrapper) in [
        prefixed("__wasm_bindgen_generated_charge"),
        prefixed("__napi__charge"),
        (quote::format_ident!("charge_c_callback"), callback),
        (quote::format_ident!("charge_c_callback"), getter),
    ] {
        assert_eq!(expand_attribute(TokenStream::new(), wrapper.clone()).to_string(), wrapper.to_string());
        let annotated = quote!(fn #name(number: u32) -> Result<u32, Failure> { Ok(number) });
        assert_ne!(
            expand_attribute(TokenStream::new(), annotated.clone()).to_string(),
            annotated.to_string()
        );
    }
}

/// `server` moves the body into a second function, and copies the attribute onto both. In a program for the browser, there is no second one.
#[test]
fn of_the_functions_that_leptos_makes_the_one_with_the_body_is_guarded() {
    let on_the_server = quote! {
        pub async fn charge(number: u32) -> Result<u32, Failure> {
            __server_charge(number).await
        }
    };
    let in_the_browser = quote! {
        #[allow(unused_variables)]
        pub async fn charge(number: u32) -> Result<u32, Failure> {
            use server_fn::ServerFn;
            let data = Charge { number };
            data.run_on_client().await
        }
    };
    for left in [&on_the_server, &in_the_browser] {
        assert_eq!(expand_attribute(TokenStream::new(), left.clone()).to_string(), left.to_string());
    }
    let by_hand = in_the_browser.to_string().parse().unwrap();
    let expansion = expand_attribute(TokenStream::new(), by_hand).to_string();
    assert!(expansion.contains("\"charge\""), "{expansion}");
    let moved = quote! {
        pub async fn __server_charge(number: u32) -> Result<u32, Failure> {
            Ok(number)
        }
    };
    let expansion = expand_attribute(TokenStream::new(), moved).to_string();
    assert!(expansion.contains("\"charge\""), "{expansion}");
}

/// What an attribute makes has its place, or that of something else in the source.
#[test]
fn an_opaque_type_that_another_attribute_made_is_not_blamed_on_the_user() {
    let written: TokenStream = "fn use_price() -> impl Hook<Output = u32> { Price }".parse().unwrap();
    let message = |item| expand_attribute(TokenStream::new(), item).to_string();
    assert!(message(written.clone()).contains("help: return a `Result` of it"), "{}", message(written));
    let hook = "hook".parse::<TokenStream>().unwrap().into_iter().next().unwrap().span();
    let made = written.into_iter().map(|mut tree| {
        if is_word(&tree, &["impl"]) {
            tree.set_span(hook);
        }
        tree
    });
    let message = message(made.collect());
    assert!(message.contains("made this of what `use_price` returns"), "{message}");
    assert!(
        message.contains("help: put `#[circuit_breaker]` on a function that `use_price` calls"),
        "{message}"
    );
}

/// Both are checked while the macro runs, and cost nothing after that. All that is left is what leads an editor to their documentation.
#[test]
fn normal_and_outage_leave_no_trace_in_the_expansion() {
    let without_references = |expansion: TokenStream| {
        let named = ["normal", "outage"].map(|word| format!("let _ = :: fluxgate :: Builder :: {word} ; "));
        named.iter().fold(expansion.to_string(), |expansion, named| expansion.replace(named, ""))
    };
    for (arguments, without) in [
        (
            "trip = min(25) & failure_rate(50%), normal = 20%, outage = 65%",
            "trip = min(25) & failure_rate(50%)",
        ),
        (
            "window = time(60s), trip = min(20) & failure_rate(50%), normal = 5%",
            "window = time(60s), trip = min(20) & failure_rate(50%)",
        ),
        ("window = count(50), normal = 10%", "window = count(50)"),
    ] {
        let parsed = |arguments: &str| arguments.parse::<TokenStream>().expect("tokens");
        let attribute = |arguments| {
            let item = quote!(
                fn call() -> std::io::Result<()> {
                    Ok(())
                }
            );
            without_references(expand_attribute(parsed(arguments), item))
        };
        assert_eq!(attribute(arguments), attribute(without), "{arguments}");
        let value = |arguments| without_references(expand_breaker(parsed(arguments)));
        assert_eq!(value(arguments), value(without), "{arguments}");
        assert!(!value(arguments).contains("compile_error"), "{arguments}");
    }
}

/// Attributes below ours read what we write, with whatever version of syn they have.
#[test]
fn every_function_of_the_tests_can_be_read_with_syn_2() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let mut count = 0;
    for folder in ["tests/tests", "ui-tests/accepted", "ui-tests/lints", "examples/examples", "benches/src"] {
        // The package may be tested without the workspace around it.
        let Ok(files) = std::fs::read_dir(workspace.join(folder)) else { return };
        for file in files {
            let path = file.expect("a file").path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a file");
            for function in functions(source.parse().expect("tokens")) {
                let items = syn2::parse2::<syn2::File>(function.clone()).expect("items").items;
                assert!(matches!(items.last(), Some(syn2::Item::Fn(_))), "{}: {function}", path.display());
                assert!(parses_with_syn_2(&function), "{}: {function}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 400, "{count} functions");
}

/// The expansions of our attribute among these tokens, except on functions that a macro has yet to write.
fn functions(tokens: TokenStream) -> Vec<TokenStream> {
    let trees: Vec<_> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut rest = &trees[..];
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, behind) {
            (pound, [TokenTree::Group(attribute), item @ ..]) if is(pound, '#') && is_ours(attribute) => {
                let Some(end) = item.iter().position(is_end) else { continue };
                let function: TokenStream = item[..=end].iter().cloned().collect();
                if !function.to_string().contains('$') && function.to_string().contains('{') {
                    let arguments = attribute.stream().into_iter().last().filter(|last| word(last).is_none());
                    found.push(expand_attribute(arguments.map(content).unwrap_or_default(), function));
                }
                rest = &item[end + 1..];
            }
            (TokenTree::Group(group), _) => found.extend(functions(group.stream())),
            _ => {}
        }
    }
    found
}

/// Whether every function can be read by an attribute below ours that is older than our syn.
fn parses_with_syn_2(tokens: &TokenStream) -> bool {
    syn2::parse2::<syn2::File>(tokens.clone()).is_ok_and(|file| {
        file.items.iter().all(|item| match item {
            syn2::Item::Verbatim(_) => false,
            syn2::Item::Impl(item) => {
                !item.items.iter().any(|item| matches!(item, syn2::ImplItem::Verbatim(_)))
            }
            _ => true,
        })
    })
}

/// Expands our macros, wherever they are among the tokens.
fn expanded(tokens: TokenStream) -> TokenStream {
    let trees: Vec<_> = tokens.into_iter().collect();
    let mut done = TokenStream::new();
    let mut rest = &trees[..];
    while let [first, behind @ ..] = rest {
        rest = match (first, behind) {
            (pound, [TokenTree::Group(attribute), item @ ..]) if is(pound, '#') && is_ours(attribute) => {
                let end = item.iter().position(is_end).expect("an item") + 1;
                let arguments = attribute.stream().into_iter().nth(1).map(content).unwrap_or_default();
                done.extend(expand_attribute(arguments, item[..end].iter().cloned().collect()));
                &item[end..]
            }
            (TokenTree::Ident(name), [bang, arguments, rest @ ..]) if name == "breaker" && is(bang, '!') => {
                done.extend(expand_breaker(content(arguments.clone())));
                rest
            }
            _ => {
                done.extend([within(first, expanded)]);
                behind
            }
        };
    }
    done
}

/// Replaces each block that makes settings, which begins with the window.
fn without_settings(tokens: TokenStream) -> TokenStream {
    let makes_settings = |group: &Group| {
        group.delimiter() == Delimiter::Brace
            && group
                .stream()
                .into_iter()
                .any(|tree| word(&tree).is_some_and(|name| name == "__FLUXGATE_WINDOW"))
    };
    let replaced = |tree: TokenTree| match &tree {
        TokenTree::Group(group) if makes_settings(group) => quote!(settings),
        tree => within(tree, without_settings).into(),
    };
    tokens.into_iter().map(replaced).collect::<Vec<TokenStream>>().into_iter().collect()
}

fn within(tree: &TokenTree, change: fn(TokenStream) -> TokenStream) -> TokenTree {
    match tree {
        TokenTree::Group(group) => Group::new(group.delimiter(), change(group.stream())).into(),
        tree => tree.clone(),
    }
}

fn is_ours(attribute: &Group) -> bool {
    let words = attribute.stream().into_iter().take_while(|tree| !matches!(tree, TokenTree::Group(_)));
    words.last().is_some_and(|name| name.to_string() == "circuit_breaker")
}

/// Whether an item ends with this tree.
fn is_end(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace) || is(tree, ';')
}

fn content(tree: TokenTree) -> TokenStream {
    match tree {
        TokenTree::Group(group) => group.stream(),
        tree => tree.into(),
    }
}
