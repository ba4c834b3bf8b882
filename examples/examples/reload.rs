//! Settings from a file that is watched and reloaded whenever it changes.
//!
//! `cargo run --example reload -- breakers.toml` watches that file. Without an argument, the program writes a file of its own, changes it
//! twice, the second time with mistakes, and ends.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::sleep;
use std::time::Duration;
use std::{env, fs};

use fluxgate::settings::{self, Settings};
use fluxgate::{CallNotPermitted, circuit_breaker, find};
use notify::{RecursiveMode, Watcher};

#[derive(Debug, thiserror::Error)]
#[error("the charge was not made")]
struct NotCharged(#[from] CallNotPermitted);

#[circuit_breaker(name = "payments", trip = min(20) & failure_rate(50%))]
fn charge() -> Result<(), NotCharged> {
    Ok(())
}

/// Applies the settings to all breakers, or to none if anything is wrong.
fn apply(text: &str) -> Result<(), Box<dyn Error>> {
    let settings: Settings = toml::from_str(text)?;
    let applied = settings::apply(&settings)?;
    println!("Changed: {}", applied.changed.join(", "));
    for name in applied.unmatched {
        println!("Nothing in use matches `{name}`.");
    }
    Ok(())
}

/// How long a change may take.
const MOMENT: Duration = Duration::from_millis(100);

/// Reads the file whenever it may have changed, until nothing has happened for `longest`.
fn watch(file: &Path, longest: Option<Duration>, changed: impl Fn()) -> Result<(), Box<dyn Error>> {
    let (sender, receiver) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender)?;
    // Editors write another file and rename it, so the folder has to be watched.
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    let mut known = fs::read_to_string(file).unwrap_or_default();
    changed();
    loop {
        let event = match longest {
            Some(longest) => match receiver.recv_timeout(longest) {
                Ok(event) => event?,
                Err(_) => return Ok(()),
            },
            None => receiver.recv()??,
        };
        // Reading is an event, too.
        if event.kind.is_access() {
            continue;
        }
        // Any other file may be the one that a link leads to: Kubernetes replaces a folder. A program that empties the file before it
        // writes it has finished a moment later; an empty file would withdraw all settings.
        sleep(MOMENT);
        let text = fs::read_to_string(file).ok();
        let Some(text) = text.filter(|text| *text != known) else { continue };
        known = text;
        // Mistakes leave everything as it is.
        if let Err(error) = apply(&known) {
            println!("Nothing has changed, since the file has mistakes:\n{error}");
        }
        let payments = find("payments").ok_or("it has been used")?;
        println!("The rule of `payments` is now {}\n", payments.snapshot().rule);
        changed();
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| "    ".to_owned() + line + "\n").collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    charge()?;
    if let Some(file) = env::args().nth(1).map(PathBuf::from) {
        apply(&fs::read_to_string(&file)?)?;
        return watch(&file, None, || {});
    }
    let file = env::temp_dir().join(format!("fluxgate-{}.toml", std::process::id()));
    let texts = [
        "[payments]\ntrip = \"min(5) & failure_rate(20%)\"\n\n[\"shop::*\"]\nmax_half_open_calls = 3\n",
        "[payments]\ntrip = \"min(5) & failure_rat(20%)\"\nretry = \"cooldown(60)\"\n",
    ];
    let step = std::cell::Cell::new(0);
    let change = || {
        if let Some(text) = texts.get(step.replace(step.get() + 1)) {
            println!("The file now reads:\n{}", indented(text));
            // Written elsewhere and renamed, so that nobody reads half of it.
            let beside = file.with_extension("new");
            let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, &file));
            written.expect("a folder for temporary files");
        }
    };
    watch(&file, Some(Duration::from_secs(1)), change)?;
    fs::remove_file(&file)?;
    Ok(())
}
