//! The checker itself, on made-up crates.

use crate::layers::{Layer, mistakes};
use crate::names::shared;
use crate::sources::Sources;

const LAYERS: &[Layer] =
    &[("low", "low", ""), ("middle", "middle flat", "low"), ("high", "high", "low middle")];

fn found(files: &[(&str, &str)]) -> Vec<String> {
    mistakes(LAYERS, "", &Sources::of(files).modules())
}

/// The mistakes found in a crate with one file for each layer and one more in the middle layer.
fn found_in(low: &str, middle: &str, inner: &str, high: &str) -> Vec<String> {
    let root = "mod low; mod middle; mod high; pub use high::High;";
    found(&[
        ("lib.rs", root),
        ("low.rs", &format!("pub struct Low;\n{low}")),
        ("middle/mod.rs", &format!("pub mod inner; pub struct Middle;\n{middle}")),
        ("middle/inner.rs", &format!("pub struct Inner;\n{inner}")),
        ("high.rs", &format!("pub struct High; pub fn act() {{}}\n{high}")),
    ])
}

fn found_in_low(text: &str) -> Vec<String> {
    found_in(text, "", "", "")
}

#[test]
fn imports_downwards_are_right() {
    let middle = "use crate::low::Low; struct Uses(Low, inner::Inner);";
    let high = "use crate::{low::Low, middle::{Middle, inner::*}}; struct Uses(Low, Middle, Inner);";
    assert_eq!(found_in("use std::fmt;", middle, "use super::super::low;", high), [""; 0]);
}

#[test]
fn imports_upwards_are_wrong_however_they_are_spelled() {
    let wrong = ["low.rs:2 imports crate::high: low may not import high"];
    for text in [
        "use crate::high::High;",
        "use crate::High;",
        "use super::high::High as Other;",
        "use crate::{high::{self}};",
        "use crate::high::*;",
        "pub use crate::high::High;",
        "use crate::high;",
        "fn f() { crate::high::act() }",
        "fn f() { use crate::high::act; act() }",
        "fn f() -> Vec<crate::high::High> { vec![] }",
        "fn f() { assert!(crate::high::act() == ()) }",
        "fn f() { let _ = [std::mem::drop, |_: super::High| ()]; }",
        "impl Low { fn f(self) -> crate::high::High { todo!() } }",
        "impl From<crate::High> for Low {}",
        "mod inline { fn f() { super::super::high::act() } }",
        "macro_rules! m { () => { $crate::high::act() } }",
        "made! { struct Made(crate::high::High); }",
        "#[cfg(not(test))] use crate::high;",
        "#[cfg(any(test, feature = \"x\"))] use crate::high;",
        "made! { use crate::high::{High}; }",
        "made! { use crate::high::*; }",
        "made! { use crate::{high::High as Other}; }",
        "macro_rules! m { () => { use $crate::high::{act}; } }",
        "macro_rules! m { () => { fn f() { use $crate::high::{act, *}; act() } } }",
        "const X: <crate::high::High as Clone>::Y = 1;",
        "const X: u8 = <crate::high::High>::Y;",
        "const X: u8 = <Low as crate::high::Tr>::Y;",
        "fn f<T>() where T: crate::high::Tr {}",
        "fn f(_: &dyn crate::high::Tr) {}",
        "impl crate::high::Tr for Low {}",
        "fn f(x: u8) { match x { crate::high::ONE => {} _ => {} } }",
        "fn f() { crate::high::m!() }",
        "crate::high::m! {}",
        "use crate::high::{High as _};",
        "use self::super::high;",
        "mod inline { use super::super::high::*; }",
        "fn f() { fn g() { crate::high::act() } }",
        "fn f() { let x = async move { crate::high::act().await }; }",
        "#[derive(crate::high::D)] struct S;",
        "#[crate::high::attribute] struct S;",
        "#[serde(with = \"crate::high\")] struct S;",
        "#[made(crate::high::act)] struct S;",
        "#[cfg_attr(x, made(crate::high::act))] struct S;",
        "struct S { #[serde(default = \"crate::high::act\")] x: u8 }",
        "trait T { const fn f() { crate::high::act() } }",
        "unsafe extern \"C\" { fn f(_: crate::high::High); }",
        "trait T = crate::high::Tr;",
        "fn f() { debug_assert!(matches!(x, crate::high::High { .. })) }",
        "fn f() { made!(x => super::high::act) }",
        "made! { crate::high }",
        "made! { fn f() { super::High } }",
        "made! { <crate::High as X>::y }",
        "fn f() { made!(&crate::high::X) }",
    ] {
        assert_eq!(found_in_low(text), wrong, "{text}");
    }
}

#[test]
fn a_method_added_above_must_not_be_called_below() {
    let high = "use crate::low::Low; impl Low { pub fn rise(&self) {} }";
    let wrong = ["low.rs:3 calls `rise` of crate::high: low may not import high"];
    for text in [
        "impl Low { fn new() {}\n fn f(&self) { self.rise() } }",
        "fn f(low: Low) {\n low.fall(); low.rise(); }",
        "fn f(low: &Low) {\n assert!(low.rise() == ()); }",
        "fn f(low: &Low) {\n Low::rise(low) }",
        "impl Low { fn f(&self) {\n Self::rise(self) } }",
        "impl Other for Low { fn f(&self) {\n self.rise() } }",
        "impl Low { fn f(&self) {\n made!(Self::rise(self)) } }",
    ] {
        assert_eq!(found_in(text, "", "", high), wrong, "{text}");
    }
    assert_eq!(found_in("use other::Big; fn f() { Big::rise(); other::rise() }", "", "", high), [""; 0]);
    let constant = "use crate::low::Low; impl Low { pub const TOP: u8 = 1; }";
    let wrong_constant = ["low.rs:2 calls `TOP` of crate::high: low may not import high"];
    assert_eq!(found_in("impl Low { const X: u8 = Self::TOP; }", "", "", constant), wrong_constant);
    // Other types may have a function of this name, if the call says which type is meant.
    for text in ["fn f(low: Low) {\n Low::rise(&low); }", "impl Low { fn f(&self) {\n self.rise() } }"] {
        assert_eq!(found_in(text, "impl Middle { fn rise(&self) {} }", "", high), wrong, "{text}");
    }
    assert_eq!(found_in("fn f(x: X) { x.rise() }", "impl Middle { fn rise(&self) {} }", "", high), [""; 0]);
    // The call may mean another function of this name; and within one layer it is no circle.
    assert_eq!(found_in("trait T { fn rise(&self); } fn f(t: &T) { t.rise() }", "", "", high), [""; 0]);
    let inner = "use super::Middle; impl Middle { fn rise(&self) {} }";
    assert_eq!(found_in("", "fn f(middle: Middle) { middle.rise() }", inner, ""), [""; 0]);
}

#[test]
fn text_that_only_looks_like_an_import_does_not_count() {
    for text in [
        "/// [`High`](crate::high::High)\nstruct Other;",
        "#[cfg(test)] mod tests { use crate::high::High; }",
        "#[cfg(all(test, feature = \"x\"))] use crate::high::High;",
        "#[cfg(test)] impl Low { fn f() { crate::high::act() } }",
        "impl Low { #[cfg(test)] fn f() { crate::high::act() } }",
        "pub(super) struct Other; pub(in crate::low) struct Another;",
        "use ::high::High;",
        "use other::high::High;",
        "fn f() { ::high::act(); high.act(); let high = 1; dbg!(high); }",
        "fn f() -> TokenStream { quote! { crate::high::act() } }",
        "fn f() { assert!(word == \"crate\" || line == \"see crate::high::act\") }",
        "#[made(high)] struct Other;",
    ] {
        assert_eq!(found_in_low(text), [""; 0], "{text}");
    }
}

#[test]
fn a_name_is_followed_to_where_it_is_defined() {
    // Through two facades and a glob, to what another file defines.
    let low = "use crate::middle::Again;";
    let middle = "pub use inner::*;";
    let inner = "pub use crate::high::High as Again;";
    let wrong = [
        "low.rs:2 imports crate::high: low may not import high",
        "middle/inner.rs:2 imports crate::high: middle may not import high",
    ];
    assert_eq!(found_in(low, middle, inner, ""), wrong);
    // What is re-exported above belongs where it is defined, below.
    assert_eq!(found_in("use crate::high::Passed;", "", "", "pub use crate::low::Low as Passed;"), [""; 0]);
}

#[test]
fn a_circle_is_named_with_both_its_arrows() {
    let circle =
        ["middle/inner.rs:2 imports crate::middle, middle/mod.rs:2 imports crate::middle::inner: a circle"];
    assert_eq!(found_in("", "use inner::Inner;", "use super::Middle;", ""), circle);
    assert_eq!(found_in("", "fn f(_: inner::Inner) {}", "fn f(_: super::Middle) {}", ""), circle);
    assert_eq!(found_in("", "pub use inner::Inner; fn f(_: Inner) {}", "use super::Middle;", ""), circle);
}

#[test]
fn a_facade_makes_no_circle() {
    let face = "pub(crate) use inner::Inner; pub use self::inner::{Inner as Other};";
    assert_eq!(found_in("", face, "use super::Middle; use crate::middle::Other;", ""), [""; 0]);
}

#[test]
fn a_longer_circle_is_found_among_files_on_no_circle() {
    let files = [
        ("lib.rs", "mod high;"),
        ("high/mod.rs", "mod a; mod b; mod c; mod d;"),
        ("high/a.rs", "pub struct A;\nuse super::b::B;"),
        ("high/b.rs", "pub struct B;\n\nuse crate::high::c::C;"),
        ("high/c.rs", "pub struct C(super::a::A);"),
        ("high/d.rs", "use super::{a, b};"),
    ];
    let circle = "high/a.rs:2 imports crate::high::b, high/b.rs:3 imports crate::high::c, \
                  high/c.rs:1 imports crate::high::a: a circle";
    assert_eq!(found(&files), [circle]);
}

#[test]
fn a_file_without_a_layer_is_reported() {
    let files = [("lib.rs", "mod lower; mod low;"), ("lower.rs", ""), ("low.rs", "use crate::lower;")];
    assert_eq!(found(&files), ["lower.rs belongs to no layer: give it one"]);
}

#[test]
fn the_root_is_above_everything() {
    let files = [("lib.rs", "mod low; fn act() {}"), ("low.rs", "fn f() { crate::act() }")];
    assert_eq!(found(&files), ["low.rs:1 imports crate: low may not import the crate's root"]);
}

#[test]
fn a_module_is_where_its_path_attribute_says() {
    let files = [
        ("lib.rs", "#[path = \"high/face.rs\"] pub mod __hidden; mod low;"),
        ("high/face.rs", "mod part; pub use part::Part;"),
        ("high/part.rs", "pub struct Part; use crate::low::Low;"),
        ("low.rs", "pub struct Low; fn f(_: crate::__hidden::Part) {}"),
    ];
    assert_eq!(found(&files), ["low.rs:1 imports crate::__hidden::part: low may not import high"]);
}

#[test]
fn a_module_and_a_function_may_share_a_name() {
    let files = [
        ("lib.rs", "mod low; mod high; mod flat; pub use flat::flat; pub use elsewhere::high;"),
        ("low.rs", "fn f() { crate::flat() }"),
        ("flat.rs", "pub fn flat() {} use crate::low;"),
        ("high.rs", "use crate::flat::flat; fn f() { flat() }"),
    ];
    assert_eq!(found(&files), ["low.rs:1 imports crate::flat: low may not import middle"]);
}

#[test]
fn types_that_share_a_name_are_found_with_their_places() {
    let modules = |text| Sources::of(&[("lib.rs", text)]).modules();
    let one =
        "struct A;\n#[cfg(x)] struct B; #[cfg(not(x))] struct B;\nmade! { pub struct C(u8); }\nenum D {}";
    let two = "fn f() { trait A {} }\nimpl T for U { type B = u8; }\nmod inner { type C = u8; }\n#[cfg(test)] union D {}";
    let shared = shared(&[("one/".to_owned(), modules(one)), ("two/".to_owned(), modules(two))]);
    let places: Vec<_> =
        shared.iter().map(|(name, places)| format!("{name}: {}", places.join(", "))).collect();
    assert_eq!(places, ["A: one/lib.rs:1, two/lib.rs:1", "C: one/lib.rs:3, two/lib.rs:3"]);
}

#[test]
fn questions_that_change_something_are_found() {
    let text = "fn is_a(a: &mut A) -> bool {} impl B {\nfn has_b(&mut self) {} fn may_c(self: Pin<&mut Self>) {} fn is_d(&self, mut d: u8) {}\n\
                fn island(&mut self) {} }\ntrait E {\nfn needs_e(e: Pin<&mut E>); }\n#[cfg(test)] fn is_f(f: &mut F) {}";
    let modules = Sources::of(&[("lib.rs", text)]).modules();
    let found: Vec<_> = modules.iter().flat_map(|module| &module.changing_questions).collect();
    let names = [("is_a", 1), ("has_b", 2), ("may_c", 2), ("needs_e", 5)];
    assert_eq!(found, names.map(|(name, line)| (name.to_owned(), line)).iter().collect::<Vec<_>>());
}
