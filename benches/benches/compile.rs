//! What the attribute costs at compile time and in the program: packages of functions, bare, under `#[circuit_breaker]` and under
//! `#[tracing::instrument]`. `cargo check` and a release build of each are timed as whole processes in turns, and the machine
//! code is measured.
//!
//! `cargo bench --bench compile --no-default-features`; `-- --rounds 1` is a quick look.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use fluxgate_benches::rounds::Figure;
use fluxgate_benches::{machine, table};

const FUNCTIONS: usize = 200;
const ROUNDS: usize = 5;

const FLUXGATE: &str = concat!("fluxgate = { path = \"", env!("CARGO_MANIFEST_DIR"), "/../fluxgate\" }");
const TRACING: &str = "tracing = \"0.1\"";

/// What is compared: a name, the attribute of each function, and the package's dependency. The first is the baseline.
const ATTRIBUTES: [(&str, &str, &str); 6] = [
    ("bare", "", ""),
    ("circuit_breaker", "#[fluxgate::circuit_breaker]", FLUXGATE),
    (
        "settings",
        "#[fluxgate::circuit_breaker(window = time(60s), trip = min(10) & (failure_rate(50%) | slow_rate(30%, 2s)), \
         retry = backoff(1s, jitter = 0.1))]",
        FLUXGATE,
    ),
    (
        "trackers",
        "#[fluxgate::circuit_breaker(track = matches(Failure::Work), success = type_of(std::fmt::Error), \
         ignore = custom(Failure::is_refusal))]",
        FLUXGATE,
    ),
    ("fallback", "#[fluxgate::circuit_breaker(fallback = |error| Failure::handle(error))]", FLUXGATE),
    ("instrument", "#[tracing::instrument]", TRACING),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let rounds = arguments.iter().position(|argument| argument == "--rounds").map_or(ROUNDS, |index| {
        arguments.get(index + 1).and_then(|rounds| rounds.parse().ok()).expect("a number after `--rounds`")
    });
    println!("{}, medians of {rounds} rounds, {FUNCTIONS} functions\n", machine::describe());
    for form in ["sync", "async"] {
        let packages = ATTRIBUTES.map(|(name, attribute, dependency)| {
            Package::write(&format!("{form}-{name}"), form == "async", attribute, dependency)
        });
        println!("{}", compared(form, &packages, rounds));
    }
}

fn compared(form: &str, packages: &[Package], rounds: usize) -> String {
    let commands = ["check", "build"];
    for command in commands {
        packages.iter().for_each(|package| {
            package.compile(command);
        });
    }
    let mut samples = commands.map(|_| vec![Vec::new(); packages.len()]);
    for _ in 0..rounds {
        for (command, samples) in commands.iter().zip(&mut samples) {
            for (package, samples) in packages.iter().zip(samples) {
                samples.push(package.compile(command));
            }
        }
    }
    let [checks, builds] = samples.map(|samples| samples.into_iter().map(Figure::of).collect::<Vec<_>>());
    let texts: Vec<_> = packages.iter().map(Package::text).collect();
    let head =
        ["a function", "check, ms", "over bare", "release, ms", "over bare", "text, bytes", "over bare"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let each = |figure: f64| figure / FUNCTIONS as f64;
    for (at, (name, ..)) in ATTRIBUTES.iter().enumerate() {
        let mut row = vec![format!("{form}, {name}")];
        for figures in [&checks, &builds] {
            let spread = figures[at].spread() * 100.0;
            row.push(format!("{:.2} ±{spread:.0}%", each(figures[at].median) * 1e3));
            row.push(format!("{:.2}", each(figures[at].median - figures[0].median) * 1e3));
        }
        row.extend(match (texts[at], texts[0]) {
            (Some(text), Some(bare)) => [each(text), each(text - bare)].map(|bytes| format!("{bytes:.0}")),
            _ => ["-", "-"].map(str::to_owned),
        });
        rows.push(row);
    }
    table::render(&rows)
}

struct Package {
    name: String,
    folder: PathBuf,
}

impl Package {
    fn write(name: &str, is_async: bool, attribute: &str, dependency: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile").join(name);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependency}\n"
        );
        fs::create_dir_all(folder.join("src")).expect("the target directory is writable");
        fs::write(folder.join("Cargo.toml"), manifest).expect("the target directory is writable");
        fs::write(folder.join("src/lib.rs"), source(is_async, attribute, dependency))
            .expect("the target directory is writable");
        Self { name: name.to_owned(), folder }
    }

    /// The seconds of processor time that cargo takes for this package alone.
    fn compile(&self, command: &str) -> f64 {
        let source = self.folder.join("src/lib.rs");
        let text = fs::read(&source).expect("it was written before");
        fs::write(&source, text).expect("the target directory is writable");
        let before = machine::children_time();
        let output = Command::new("cargo")
            .args([command, "--quiet", "--manifest-path"])
            .arg(self.folder.join("Cargo.toml"))
            .args(if command == "build" { &["--release"][..] } else { &[] })
            // All packages share the build of their dependencies.
            .env("CARGO_TARGET_DIR", self.target())
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (machine::children_time() - before).as_secs_f64()
    }

    /// The bytes of machine code in the release build, if the tool that measures them is installed.
    fn text(&self) -> Option<f64> {
        let library = format!("release/lib{}.rlib", self.name.replace('-', "_"));
        let output = Command::new("size").arg("-A").arg(self.target().join(library)).output().ok()?;
        let sections = String::from_utf8(output.stdout).ok()?;
        let sizes = sections.lines().filter(|line| line.starts_with(".text"));
        let sizes = sizes.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        Some(sizes.sum::<u64>() as f64)
    }

    fn target(&self) -> PathBuf {
        self.folder.with_file_name("target")
    }
}

fn source(is_async: bool, attribute: &str, dependency: &str) -> String {
    let mut source = String::from(
        "use std::fmt;\n\n\
         #[derive(Debug)]\npub enum Failure { Work, Format(fmt::Error), Refused }\n\n\
         impl fmt::Display for Failure {\n    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result { formatter.write_str(\"failed\") }\n}\n\n\
         impl std::error::Error for Failure {\n    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {\n        \
         if let Self::Format(error) = self { Some(error) } else { None }\n    }\n}\n\n\
         impl Failure {\n    pub fn is_refusal(&self) -> bool { matches!(self, Self::Refused) }\n\n    \
         #[inline(never)]\n    pub fn handle(self) -> Result<String, Self> { Err(self) }\n}\n\n\
         #[inline(never)]\npub fn send(input: u64) -> u64 { input }\n\n\
         #[inline(never)]\npub async fn send_later(input: u64) -> u64 { input }\n",
    );
    if dependency == FLUXGATE {
        source += "\nimpl From<fluxgate::CallNotPermitted> for Failure {\n    fn from(_: fluxgate::CallNotPermitted) -> Self { Failure::Refused }\n}\n";
    }
    let (asynchronous, sent) =
        if is_async { ("async ", "send_later(input).await") } else { ("", "send(input)") };
    for number in 0..FUNCTIONS {
        let _ = write!(
            source,
            "\n{attribute}\npub {asynchronous}fn work_{number}(input: u64, name: &str) -> Result<String, Failure> {{\n    \
             if input == {number} {{\n        return Err(Failure::Work);\n    }}\n    \
             Ok(format!(\"{{name}} {{}}\", {sent} + {number}))\n}}\n"
        );
        if is_async {
            // The compiler generates a future's code where it is polled.
            let _ = write!(
                source,
                "\npub fn begin_{number}(input: u64, name: &str) -> std::pin::Pin<Box<dyn Future<Output = Result<String, Failure>> + '_>> {{\n    \
                 Box::pin(work_{number}(input, name))\n}}\n"
            );
        }
    }
    source
}
