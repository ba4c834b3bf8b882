//! What is below the attribute instead of a function.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

use crate::input::errors::error;
use crate::input::tokens::{is, is_made, is_word, mentions, span_of, word};

/// How messages about the item begin.
pub(crate) const GUARDS: &str = "`#[circuit_breaker]` guards a function";

/// The error about anything that is not a function.
pub(crate) fn not_a_function(item: TokenStream) -> syn::Error {
    let whole = span_of(&item).unwrap_or((Span::call_site(), Span::call_site()));
    let trees: Vec<_> = item.into_iter().collect();
    if trees.first().is_some_and(is_made_by_macro) {
        return error(whole, copied("what is not a function"));
    }
    let kind = ItemKind::of(&trees);
    let span = match kind.keyword {
        Some(at) => (trees[at].span(), trees[at].span()),
        None => whole,
    };
    error(span, format!("{GUARDS}{}\nhelp: {}", kind.what, kind.help).trim_end_matches("\nhelp: "))
}

/// Keywords that are names in Rust 2015.
const LATER_KEYWORDS: [&str; 4] = ["async", "await", "dyn", "try"];

/// The error about a function whose signature does not parse here, though the compiler may accept it: editions before 2018 and 2021 have
/// syntax that later ones do not.
pub(crate) fn unreadable(error: &syn::Error) -> syn::Error {
    let token = error.span().source_text().unwrap_or_default();
    let message = match (error.to_string().as_str(), token.as_str()) {
        (_, word) if LATER_KEYWORDS.contains(&word) => format!(
            "`#[circuit_breaker]` cannot read the name `{word}`, which is a keyword in later editions\n\
             help: write `r#{word}`: it is the same name"
        ),
        // The parentheses of a bare `Fn(u8)`. Other traits without `dyn` look like any type.
        ("expected `,`" | "unexpected token", "(") => {
            "`#[circuit_breaker]` cannot read a trait object without `dyn`, which is needed in later editions\n\
             help: write `dyn` before the trait: it is the same type"
                .to_owned()
        }
        ("expected `:`", ")" | ",") => {
            "`#[circuit_breaker]` cannot read a parameter without a name, which needs one in later editions\n\
             help: write `_: ` before its type"
                .to_owned()
        }
        (expected, _) => format!("`#[circuit_breaker]` cannot read this signature: {expected}"),
    };
    // A span of our own edition, since `::core::compile_error!` is not found in Rust 2015.
    syn::Error::new(Span::mixed_site().located_at(error.span()), message)
}

/// The error about a function without a body, and perhaps with a semicolon.
pub(crate) fn without_body(name: &Ident, semicolon: Option<Span>) -> syn::Error {
    let message = if semicolon.is_some_and(|span| is_made(span, ";")) {
        copied(&format!("a declaration of `{name}`, which has no body to guard"))
    } else {
        format!(
            "`{name}` has no body to guard\n\
             help: put the attribute on what implements it, or on a function that calls it"
        )
    };
    syn::Error::new(name.span(), message)
}

fn is_made_by_macro(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(word) => is_made(word.span(), &word.to_string()),
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => is_made(group.span_open(), "{"),
        _ => false,
    }
}

fn copied(to: &str) -> String {
    format!(
        "a macro has copied `#[circuit_breaker]` to {to}\n\
         help: move the body into a function of its own, and put the attribute on that"
    )
}

/// A kind of item, statement or expression.
struct ItemKind {
    /// Where its keyword is, if it has one.
    keyword: Option<usize>,
    what: String,
    help: &'static str,
}

impl ItemKind {
    fn of(trees: &[TokenTree]) -> Self {
        if trees.is_empty() {
            return Self { keyword: None, what: String::new(), help: "" };
        }
        let is_qualifier = |tree: &&TokenTree| is_word(tree, &["unsafe", "default", "auto"]);
        let at = trees.iter().take_while(is_qualifier).count();
        let Some(first) = trees.get(at) else { return Self::expression(trees) };
        if is_closure(&trees[at..]) {
            let help = if is_word(&trees[at], &["async"]) {
                "make it an `async fn`, or pass the future that it returns to `call_async` of a breaker"
            } else {
                "make it a function, or pass it to `call` of a breaker"
            };
            return Self { keyword: None, what: ", and this is a closure".to_owned(), help };
        }
        let Some(name) = word(first).map(ToString::to_string) else { return Self::expression(trees) };
        let (is_macro, is_binding) =
            (trees.get(at + 1).is_some_and(|tree| is(tree, '!')), trees.get(at + 1).and_then(word).is_some());
        let this_is = format!(", and this is {} `{name}`", article(&name));
        let of_all = format!(", not all of the functions of {} `{name}`", article(&name));
        let (what, help) = match name.as_str() {
            "macro_rules" if is_macro => {
                let what = ", and this is a `macro_rules!`".to_owned();
                (what, "put it in the macro, on the function that the macro makes")
            }
            _ if is_macro => {
                let what = format!(", and this is a use of the macro `{name}!`");
                (what, "put it in the macro, on the function that the macro makes")
            }
            "impl" | "trait" | "mod" => (of_all, "put it on each function that calls the dependency"),
            "struct" | "enum" => (this_is, "put it on each method that calls the dependency"),
            "union" if is_binding => (this_is, "put it on each method that calls the dependency"),
            "const" | "static" => {
                (this_is, "a breaker is made by `static PAYMENTS: CircuitBreaker = breaker!(..);`")
            }
            "extern" => (this_is, "put it on a function that calls one of these"),
            "type" | "use" => (this_is, "put it on a function that calls the dependency"),
            "let" => (this_is, in_a_function(trees)),
            _ => return Self::expression(trees),
        };
        Self { keyword: Some(at), what, help }
    }

    fn expression(trees: &[TokenTree]) -> Self {
        Self { keyword: None, what: ", and this is an expression".to_owned(), help: in_a_function(trees) }
    }
}

/// Where to put an expression. `call` would see no more of a future than that it was made.
fn in_a_function(trees: &[TokenTree]) -> &'static str {
    let tokens = trees.iter().cloned().collect();
    if ["async", "await"].into_iter().any(|word| mentions(&tokens, word)) {
        "move it into an `async fn`, or into an `async` block that is passed to `call_async` of a breaker"
    } else {
        "move it into a function, or into a closure that is passed to `call` of a breaker"
    }
}

/// Whether a closure begins here.
fn is_closure(trees: &[TokenTree]) -> bool {
    let is_modifier = |tree: &TokenTree| is_word(tree, &["async", "move", "static"]);
    trees.iter().find(|tree| !is_modifier(tree)).is_some_and(|tree| is(tree, '|'))
}

fn article(word: &str) -> &'static str {
    // Without `u`, which sounds like a consonant here: `a use`, `a union`.
    if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};

    use super::GUARDS;
    use crate::input::errors::CompileErrors;
    use crate::input::function::Function;

    fn message(item: TokenStream) -> String {
        let mut errors = CompileErrors::default();
        let _ = Function::parse(item, &mut errors);
        errors.all().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_declaration_made_by_a_macro_is_recognized() {
        let item: TokenStream = "fn call() -> u8;".parse().expect("tokens");
        assert!(message(item.clone()).starts_with("`call` has no body to guard"));
        let mut trees: Vec<TokenTree> = item.into_iter().collect();
        let first = trees[0].span();
        trees.last_mut().expect("the semicolon").set_span(first);
        assert!(message(trees.into_iter().collect()).starts_with("a macro has copied `#[circuit_breaker]`"));
    }

    #[test]
    fn what_a_macro_made_is_recognized() {
        for item in ["mod mock { fn call() {} }", "{ call(7) }.unwrap()", "let called = call();"] {
            let item: TokenStream = item.parse().expect("tokens");
            assert!(message(item.clone()).starts_with(GUARDS));
            let mut trees: Vec<TokenTree> = item.into_iter().collect();
            let second = trees[1].span();
            trees[0].set_span(second);
            let message = message(trees.into_iter().collect());
            assert!(message.starts_with("a macro has copied `#[circuit_breaker]` to what is not a function"));
        }
    }

    #[test]
    fn a_future_is_guarded_by_what_awaits_it() {
        for (item, is_future) in [
            ("|n: u8| call(n)", false),
            ("async |n: u8| call(n).await", true),
            ("async move || call(1).await", true),
            ("call(1)", false),
            ("call(1).await?", true),
            ("async { call(1).await }", true),
            ("{ let n = call(1); n + 1 }", false),
            ("{ call(1).await }", true),
            ("let n = call(1)?;", false),
            ("let n = call(1).await?;", true),
        ] {
            let message = message(item.parse().expect("tokens"));
            assert_eq!(message.contains("`call_async`"), is_future, "{item}: {message}");
            assert_eq!(message.contains("`async fn`"), is_future, "{item}: {message}");
        }
    }

    #[test]
    fn names_that_are_keywords_in_later_editions() {
        for (item, name) in
            [("fn async() {}", "async"), ("fn f(&self, dyn: u8) {}", "dyn"), ("fn r#try(try: u8) {}", "try")]
        {
            let message = message(item.parse().expect("tokens"));
            assert!(message.contains(&format!("help: write `r#{name}`")), "{item}: {message}");
        }
    }

    #[test]
    fn trait_objects_without_dyn() {
        for signature in [
            "(a: Box<Fn() -> u8 + Send>)",
            "(a: &Fn(u8))",
            "(a: Box<for<'a> Fn(&'a u8)>)",
            "() -> Box<FnMut()>",
            "() -> &'static Fn()",
        ] {
            let message = message(format!("fn f{signature} {{}}").parse().expect("tokens"));
            assert!(message.contains("help: write `dyn` before the trait"), "{signature}: {message}");
        }
    }

    #[test]
    fn parameters_without_a_name() {
        for parameters in ["&self, u8", "&self, &str", "u8, n: u8", "(u8, u8)"] {
            let message = message(format!("fn f({parameters}) {{}}").parse().expect("tokens"));
            assert!(message.contains("help: write `_: ` before its type"), "{parameters}: {message}");
        }
        let message = message("fn f(n u8) {}".parse().expect("tokens"));
        assert_eq!(message, "`#[circuit_breaker]` cannot read this signature: expected `:`");
    }
}
