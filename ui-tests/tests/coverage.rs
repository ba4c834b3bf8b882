//! Coverage is measured for the lines of the user's code, exactly as without the attribute.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fluxgate_ui_tests::package::Package;

#[test]
fn a_guarded_function_has_the_line_coverage_of_the_bare_one() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("coverage.rs")).unwrap();
    let begins = |name: &str| {
        let found = source.lines().position(|line| line == format!("mod {name} {{"));
        found.expect("the module is in the source") + 1
    };
    let (bare, guarded) = (begins("bare"), begins("guarded"));
    let measured = measured(&source);
    let of = |first: usize, end: usize| -> BTreeSet<usize> {
        measured.iter().filter(|line| (first..end).contains(*line)).map(|line| line - first).collect()
    };
    let (bare, guarded) = (of(bare, guarded), of(guarded, guarded + (guarded - bare)));
    assert!(bare.len() > 10, "{bare:?}");
    assert_eq!(bare, guarded);
}

/// The lines of the source at which the compiler puts counters.
fn measured(source: &str) -> BTreeSet<usize> {
    let package = Package::new(env!("CARGO_TARGET_TMPDIR"), "measured");
    package.write("src/lib.rs", source);
    let code = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coverage.mir");
    let done = package
        .cargo("rustc")
        .args(["--lib", "--", "--cap-lints=allow", "-Cinstrument-coverage"])
        .arg(format!("--emit=mir={}", code.display()))
        .status()
        .unwrap();
    assert!(done.success());
    // coverage Code { bcb: bcb0 } => src/lib.rs:6:12: 6:18 (#0);
    let code = fs::read_to_string(code).unwrap();
    let regions = code.lines().filter_map(|line| {
        let region = line.trim().strip_prefix("coverage Code")?.split_once("lib.rs:")?.1;
        let mut numbers = region.split([':', ' ']).filter_map(|number| number.parse().ok());
        let (first, _, last): (usize, usize, usize) = (numbers.next()?, numbers.next()?, numbers.next()?);
        Some(first..=last)
    });
    regions.flatten().collect()
}
