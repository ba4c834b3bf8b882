//! The pages for those who change Fluxgate name files that are there.

use std::fs;
use std::path::Path;

/// Where a name may begin.
const ROOTS: [&str; 4] = ["", "fluxgate/src", "fluxgate-macros/src", "fluxgate-rules/src"];

#[test]
fn every_file_that_a_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(page)).expect("the page is there");
        let named: Vec<_> = text.split('`').skip(1).step_by(2).filter(|quoted| is_file(quoted)).collect();
        assert!(named.len() > 20, "{page}: {named:?}");
        for name in named {
            let is_there = ROOTS.iter().any(|start| root.join(start).join(name).exists());
            assert!(is_there, "{page} names `{name}`, which is not there");
        }
    }
}

/// Whether it looks like a file or a folder, and not like code or a command.
fn is_file(quoted: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "._-/".contains(character);
    let is_source =
        Path::new(quoted).extension().is_some_and(|extension| extension == "rs" || extension == "md");
    quoted.chars().all(is_plain) && (quoted.contains('/') || is_source)
}
