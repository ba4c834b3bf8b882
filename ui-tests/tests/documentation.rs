//! What users of a library see of the attribute in its documentation.

use std::collections::BTreeSet;
use std::fs;

use fluxgate_ui_tests::package::Package;

/// A type with many traits, so that implementations for every type with one of them would apply to it.
const TYPE: &str = "
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place;

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_ref())
    }
}

impl std::error::Error for Place {}

impl AsRef<str> for Place {
    fn as_ref(&self) -> &str {
        \"here\"
    }
}

impl AsRef<[u8]> for Place {
    fn as_ref(&self) -> &[u8] {
        b\"here\"
    }
}
";

/// The documentation of a type lists what its crate's dependencies implement for every type, unless that is hidden.
#[test]
fn no_implementation_of_ours_is_listed_among_those_of_a_users_type() {
    let guarded =
        format!("{TYPE}\n#[fluxgate::circuit_breaker]\npub fn go() -> std::io::Result<()> {{ Ok(()) }}\n");
    let (bare, guarded) = (listed("documented_bare", TYPE), listed("documented_guarded", &guarded));
    assert!(bare.iter().any(|id| id.contains("impl-ToString-for-T")), "{bare:?}");
    assert_eq!(guarded, bare);
}

/// What the page about the type of a library lists.
fn listed(name: &str, source: &str) -> BTreeSet<String> {
    let package = Package::new(env!("CARGO_TARGET_TMPDIR"), name);
    package.write("src/lib.rs", source);
    assert!(package.cargo("doc").arg("--no-deps").status().unwrap().success());
    let page = package.target().join("doc").join(name).join("struct.Place.html");
    let page = fs::read_to_string(page).unwrap();
    page.split("id=\"impl-")
        .skip(1)
        .map(|after| format!("impl-{}", after.split('"').next().unwrap()))
        .collect()
}
