//! Coverage is measured for the lines of the user's code, exactly as without the attribute.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[test]
fn a_guarded_function_has_the_line_coverage_of_the_bare_one() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("coverage.rs")).unwrap();
    let begins = |name: &str| {
        let found = source.lines().position(|line| line == format!("mod {name} {{"));
        found.expect("the module is in the source") + 1
    };
    let (bare, guarded) = (begins("bare"), begins("guarded"));
    let measured = measured();
    let of = |first: usize, end: usize| -> BTreeSet<usize> {
        measured.iter().filter(|line| (first..end).contains(*line)).map(|line| line - first).collect()
    };
    let (bare, guarded) = (of(bare, guarded), of(guarded, guarded + (guarded - bare)));
    assert!(bare.len() > 10, "{bare:?}");
    assert_eq!(bare, guarded);
}

/// The lines of the source at which the compiler puts counters.
fn measured() -> BTreeSet<usize> {
    let code = Path::new(env!("CARGO_TARGET_TMPDIR")).join("coverage.mir");
    let built = env::current_exe().unwrap();
    let built = built.parent().expect("tests are in a folder");
    let done = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "coverage.rs",
            "--edition=2024",
            "--crate-type=lib",
            "--cap-lints=allow",
            "-Cinstrument-coverage",
        ])
        .arg(format!("--emit=mir={}", code.display()))
        .arg(format!("--extern=fluxgate={}", library(built).display()))
        .arg(format!("-Ldependency={}", built.display()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(done.success());
    // coverage Code { bcb: bcb0 } => coverage.rs:6:12: 6:18 (#0);
    let code = fs::read_to_string(code).unwrap();
    let regions = code.lines().filter_map(|line| {
        let region = line.trim().strip_prefix("coverage Code")?.split_once("coverage.rs:")?.1;
        let mut numbers = region.split([':', ' ']).filter_map(|number| number.parse().ok());
        let (first, _, last): (usize, usize, usize) = (numbers.next()?, numbers.next()?, numbers.next()?);
        Some(first..=last)
    });
    regions.flatten().collect()
}

/// The library that cargo built last: whatever its features, a guarded function becomes the same code.
fn library(built: &Path) -> PathBuf {
    let files = fs::read_dir(built).unwrap().map(|file| file.unwrap().path());
    let libraries = files.filter(|path| {
        let name = path.file_stem().and_then(OsStr::to_str);
        path.extension().is_some_and(|it| it == "rlib")
            && name.is_some_and(|it| it.starts_with("libfluxgate-"))
    });
    libraries.max_by_key(|path| path.metadata().unwrap().modified().unwrap()).expect("this test needs it")
}
