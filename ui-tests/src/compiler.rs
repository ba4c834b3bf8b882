//! The compiler with which messages and exceptions were recorded.

use std::env;
use std::process::Command;

/// The version of that compiler.
pub fn recorded() -> &'static str {
    include_str!("../../.ci/compiler").trim()
}

/// Whether the tests run with it.
///
/// # Panics
///
/// If the compiler does not run.
pub fn is_recorded() -> bool {
    version() == recorded()
}

/// The version of the compiler that cargo runs.
///
/// # Panics
///
/// If it does not run.
pub fn version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(rustc).arg("--version").output().expect("the compiler runs");
    // rustc 1.95.0 (59807616e 2026-04-14)
    let told = String::from_utf8(told.stdout).expect("a version is text");
    told.split_whitespace().nth(1).expect("a version comes second").to_owned()
}
