//! What the attribute costs while compiling: `cargo check` of a package with a thousand functions, half of them `async`, bare,
//! under `#[circuit_breaker]` and under `#[tracing::instrument]`, whole processes in turns.
//!
//! `cargo bench --bench compile --no-default-features`; `-- --rounds 3` is a quick look.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fluxgate_benches::rounds::Figure;
use fluxgate_benches::{machine, table};

const FUNCTIONS: usize = 1_000;
const ROUNDS: usize = 7;

const FLUXGATE: &str = concat!("fluxgate = { path = \"", env!("CARGO_MANIFEST_DIR"), "/../fluxgate\" }");

/// A name, what stands above each function, and what the package depends on.
const PACKAGES: [(&str, &str, &str); 4] = [
    ("bare", "", ""),
    ("circuit_breaker", "#[fluxgate::circuit_breaker]", FLUXGATE),
    (
        "circuit_breaker-arguments",
        "#[fluxgate::circuit_breaker(window = time(60s), trip = min(10) & (failure_rate(50%) | slow_rate(30%, 2s)), \
         track = matches(Failure::Work), retry = backoff(1s, jitter = 0.1))]",
        FLUXGATE,
    ),
    ("instrument", "#[tracing::instrument]", "tracing = \"0.1\""),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let rounds = arguments.iter().position(|argument| argument == "--rounds").map_or(ROUNDS, |index| {
        arguments.get(index + 1).and_then(|rounds| rounds.parse().ok()).expect("a number after `--rounds`")
    });
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile");
    let packages = PACKAGES.map(|(name, attribute, dependency)| {
        let package = place.join(name);
        write_package(&package, name, attribute, dependency);
        package
    });
    for package in &packages {
        check(package);
    }
    let mut samples = vec![Vec::new(); packages.len()];
    for _ in 0..rounds {
        for (package, samples) in packages.iter().zip(&mut samples) {
            samples.push(check(package));
        }
    }
    let figures: Vec<Figure> = samples.into_iter().map(Figure::of).collect();
    let mut rows = vec![
        ["`cargo check` of 1,000 functions", "processor time, s", "over bare, ms", "a function, us"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for ((name, ..), figure) in PACKAGES.iter().zip(&figures) {
        let over = (figure.median - figures[0].median) * 1e3;
        rows.push(vec![
            (*name).to_owned(),
            format!("{:.2} ±{:.0}%", figure.median, figure.spread() * 100.0),
            format!("{over:.0}"),
            format!("{:.0}", over * 1e3 / FUNCTIONS as f64),
        ]);
    }
    println!("{}, medians of {rounds} rounds\n\n{}", machine::describe(), table::render(&rows));
}

fn write_package(package: &Path, name: &str, attribute: &str, dependency: &str) {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependency}\n"
    );
    // The only variant that `From<CallNotPermitted>` would need stands in for it everywhere, so that all have one error.
    let refusal = if dependency == FLUXGATE {
        "impl From<fluxgate::CallNotPermitted> for Failure { fn from(_: fluxgate::CallNotPermitted) -> Self { Failure::Refused } }"
    } else {
        ""
    };
    let mut source = format!("#[derive(Debug)]\npub enum Failure {{ Work, Refused }}\n{refusal}\n");
    for number in 0..FUNCTIONS {
        let asynchronous = if number % 2 == 0 { "" } else { "async " };
        let _ = write!(
            source,
            "\n{attribute}\npub {asynchronous}fn work_{number}(input: u64, name: &str) -> Result<String, Failure> {{\n    \
             if input == {number} {{\n        return Err(Failure::Work);\n    }}\n    \
             Ok(format!(\"{{name}} {{}}\", input + {number}))\n}}\n"
        );
    }
    fs::create_dir_all(package.join("src")).expect("the target directory is writable");
    fs::write(package.join("Cargo.toml"), manifest).expect("the target directory is writable");
    fs::write(package.join("src/lib.rs"), source).expect("the target directory is writable");
}

/// The seconds of processor time that a check takes that has only this package to do.
fn check(package: &Path) -> f64 {
    let source = package.join("src/lib.rs");
    let text = fs::read(&source).expect("it was written before");
    fs::write(&source, text).expect("the target directory is writable");
    let before = machine::children_time();
    let output = Command::new("cargo")
        .args(["check", "--quiet", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        .env_remove("CARGO_TARGET_DIR")
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (machine::children_time() - before).as_secs_f64()
}
