//! The attributes of a function -> those of the guarded function, of the breaker beside it, and of statements about a parameter.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, MetaList, Path, Token};

/// The lint that objects to the name of a `handle`.
const OF_HANDLES: &str = "non_upper_case_globals";

/// The built-in attributes of functions. Any other is a macro, or is read by one.
const BUILT_IN: [&str; 22] = [
    "allow",
    "automatically_derived",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "ignore",
    "inline",
    "instruction_set",
    "link_section",
    "must_use",
    "no_mangle",
    "should_panic",
    "target_feature",
    "test",
    "track_caller",
    "unsafe",
    "warn",
];

/// The tools that come with the language, whose attributes are not macros: `#[rustfmt::skip]`.
const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// Whether one of these is a macro, or is read by one, as far as can be told.
pub(crate) fn have_macros(attributes: &[Attribute]) -> bool {
    let is_macro = |meta: &Meta| {
        let path = meta.path();
        let is_of_tool = path.segments.len() > 1 && TOOLS.iter().any(|tool| path.segments[0].ident == tool);
        !is_of_tool && !BUILT_IN.iter().any(|name| path.is_ident(name))
    };
    let macros = |meta: &Meta| if is_macro(meta) { vec![meta.to_token_stream()] } else { vec![] };
    attributes.iter().any(|attribute| !metas(&attribute.meta, &macros).is_empty())
}

/// The conditions under which an item or a parameter exists: its `#[cfg(..)]`, perhaps in a `#[cfg_attr(..)]`.
pub(crate) fn conditions(attributes: &[Attribute]) -> Vec<TokenStream> {
    divided(attributes, &|meta| {
        if meta.path().is_ident("cfg") { vec![meta.to_token_stream()] } else { vec![] }
    })
}

/// What the breaker beside a function takes over: its conditions and lint levels.
pub(crate) fn of_handle(attributes: &[Attribute]) -> Vec<TokenStream> {
    divided(attributes, &|meta| {
        let is = |name: &str| meta.path().is_ident(name);
        if ["cfg", "allow", "warn", "deny", "forbid"].iter().any(|name| is(name)) {
            return vec![meta.to_token_stream()];
        }
        match Expectation::of(meta) {
            Some(expectation) => expectation.only("expect", |lint| lint.is_ident(OF_HANDLES)),
            None => vec![],
        }
    })
}

/// What stays with the guarded function. With `has_handle`, there is a breaker next to it, which takes over the expectations about
/// its name.
pub(crate) fn of_function(attributes: &[Attribute], has_handle: bool) -> Vec<TokenStream> {
    divided(attributes, &|meta| match Expectation::of(meta) {
        Some(expectation) => {
            // Clippy may no longer have a reason to object: a guarded function awaits something, is never `const`, and so on.
            let is_of_clippy = |lint: &Path| lint.segments.first().is_some_and(|tool| tool.ident == "clippy");
            let is_of_handle = |lint: &Path| has_handle && lint.is_ident(OF_HANDLES);
            let mut kept = expectation.only("allow", is_of_clippy);
            kept.extend(expectation.only("expect", |lint| !is_of_clippy(lint) && !is_of_handle(lint)));
            kept
        }
        None => vec![meta.to_token_stream()],
    })
}

/// What stays of the attributes at the start of the guarded function's body: `#![..]`.
pub(crate) fn of_body(inner: &TokenStream, has_handle: bool) -> TokenStream {
    match Attribute::parse_inner.parse2(inner.clone()) {
        Ok(attributes) => of_function(&attributes, has_handle).into_iter().collect(),
        Err(_) => inner.clone(),
    }
}

/// Replaces each attribute, including those in a `#[cfg_attr(..)]`, by what `divide` makes of it.
fn divided(attributes: &[Attribute], divide: &dyn Fn(&Meta) -> Vec<TokenStream>) -> Vec<TokenStream> {
    let divided = |attribute: &Attribute| {
        let metas = metas(&attribute.meta, divide);
        // Where nothing changes, the user's own tokens stay, so that errors in them are reported in place.
        let text = |meta: &dyn ToTokens| meta.to_token_stream().to_string();
        if matches!(&metas[..], [meta] if text(meta) == text(&attribute.meta)) {
            return vec![attribute.to_token_stream()];
        }
        let bang = match attribute.style {
            syn::AttrStyle::Outer => None,
            syn::AttrStyle::Inner(bang) => Some(bang),
        };
        metas.iter().map(|meta| quote!(# #bang [#meta])).collect()
    };
    attributes.iter().flat_map(divided).collect()
}

fn metas(meta: &Meta, divide: &dyn Fn(&Meta) -> Vec<TokenStream>) -> Vec<TokenStream> {
    let Some(MetaList { path, tokens, .. }) = listed(meta, "cfg_attr") else { return divide(meta) };
    let parts = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens.clone());
    let Ok(parts) = parts else { return vec![meta.to_token_stream()] };
    let mut parts = parts.into_iter();
    let condition = parts.next();
    let divided: Vec<_> = parts.flat_map(|part| metas(&part, divide)).collect();
    if divided.is_empty() { vec![] } else { vec![quote!(#path(#condition, #(#divided),*))] }
}

fn listed<'a>(meta: &'a Meta, name: &str) -> Option<&'a MetaList> {
    match meta {
        Meta::List(list) if list.path.is_ident(name) => Some(list),
        _ => None,
    }
}

/// `expect(LINT, .., reason = "..")`.
struct Expectation {
    lints: Vec<Path>,
    reason: Option<Meta>,
}

impl Expectation {
    fn of(meta: &Meta) -> Option<Self> {
        let MetaList { tokens, .. } = listed(meta, "expect")?;
        let parts = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens.clone()).ok()?;
        let (mut lints, mut reason) = (Vec::new(), None);
        for part in parts {
            match part {
                Meta::Path(lint) => lints.push(lint),
                part => reason = Some(part),
            }
        }
        Some(Self { lints, reason })
    }

    /// The lints that pass this test, at a level; nothing if there are none.
    fn only(&self, level: &str, is_wanted: impl Fn(&Path) -> bool) -> Vec<TokenStream> {
        let lints: Vec<_> = self.lints.iter().filter(|lint| is_wanted(lint)).collect();
        if lints.is_empty() {
            return vec![];
        }
        let level = syn::Ident::new(level, proc_macro2::Span::call_site());
        let parts = lints.iter().map(ToTokens::to_token_stream);
        let parts = parts.chain(self.reason.as_ref().map(ToTokens::to_token_stream));
        vec![quote!(#level(#(#parts),*))]
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use syn::Attribute;
    use syn::parse::Parser as _;

    use super::{conditions, have_macros, of_function, of_handle};

    fn attributes(text: &str) -> Vec<Attribute> {
        Attribute::parse_outer.parse_str(text).expect("the test's own attributes")
    }

    fn text(tokens: Vec<TokenStream>) -> String {
        tokens.into_iter().collect::<TokenStream>().to_string().replace(' ', "")
    }

    #[test]
    fn built_in_attributes_and_those_of_tools_are_not_macros() {
        for written in [
            "/// Calls.",
            "#[inline(never)] #[must_use = \"it failed\"]",
            "#[unsafe(no_mangle)]",
            "#[unsafe(link_section = \".text\")]",
            "#[rustfmt::skip]",
            "#[clippy::cognitive_complexity = \"30\"]",
            "#[cfg_attr(unix, inline, cfg_attr(miri, rustfmt::skip))]",
        ] {
            assert!(!have_macros(&attributes(written)), "{written}");
        }
        for written in [
            "#[instrument]",
            "#[inline] #[tracing::instrument(err)]",
            "#[rustfmt]",
            "#[cfg_attr(unix, inline, instrument)]",
        ] {
            assert!(have_macros(&attributes(written)), "{written}");
        }
    }

    #[test]
    fn attributes_are_divided() {
        for (written, function, handle) in [
            ("#[cold]#[cfg(a)]", "#[cold]#[cfg(a)]", "#[cfg(a)]"),
            ("#[allow(dead_code)]", "#[allow(dead_code)]", "#[allow(dead_code)]"),
            ("#[expect(dead_code)]", "#[expect(dead_code)]", ""),
            ("#[expect(non_upper_case_globals)]", "", "#[expect(non_upper_case_globals)]"),
            (
                "#[expect(unused,non_upper_case_globals,reason=\"r\")]",
                "#[expect(unused,reason=\"r\")]",
                "#[expect(non_upper_case_globals,reason=\"r\")]",
            ),
            ("#[expect(clippy::panic,unused)]", "#[allow(clippy::panic)]#[expect(unused)]", ""),
            (
                "#[cfg_attr(a,cfg(b),inline,expect(clippy::panic))]",
                "#[cfg_attr(a,cfg(b),inline,allow(clippy::panic))]",
                "#[cfg_attr(a,cfg(b))]",
            ),
            ("#[cfg_attr(a,inline)]", "#[cfg_attr(a,inline)]", ""),
            (
                "#[cfg_attr(a,cfg_attr(b,cfg(c),cold))]",
                "#[cfg_attr(a,cfg_attr(b,cfg(c),cold))]",
                "#[cfg_attr(a,cfg_attr(b,cfg(c)))]",
            ),
            ("#[doc=\"x\"]", "#[doc=\"x\"]", ""),
        ] {
            assert_eq!(text(of_function(&attributes(written), true)), function, "{written}");
            assert_eq!(text(of_handle(&attributes(written))), handle, "{written}");
        }
        let of_one_without_a_handle = of_function(&attributes("#[expect(non_upper_case_globals)]"), false);
        assert_eq!(text(of_one_without_a_handle), "#[expect(non_upper_case_globals)]");
        assert_eq!(text(conditions(&attributes("#[cfg(a)]#[allow(b)]"))), "#[cfg(a)]");
    }
}
