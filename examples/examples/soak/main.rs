//! Wears breakers out: threads and tasks with random outcomes, panics, cancellations, resets, forced states, a jumping clock and
//! listeners that call back, while invariants are checked throughout.
//!
//! `cargo run --release --example soak -- --seconds 60`

mod subject;
mod watch;
mod work;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use subject::{JumpyClock, Subject};

const THREADS: usize = 4;
const TASKS: usize = 32;

fn main() -> ExitCode {
    let Some(seconds) = seconds(std::env::args().skip(1)) else {
        eprintln!("usage: soak [--seconds N]");
        return ExitCode::FAILURE;
    };
    work::silence_panics();
    let clock = JumpyClock::default();
    let subjects = subject::all(&clock);
    println!("{THREADS} threads and {TASKS} tasks wear out {} breakers for {seconds} s", subjects.len());

    let memory = run(&subjects, &clock, Duration::from_secs(seconds));
    let mut faults = Vec::new();
    for subject in &subjects {
        println!("{}", subject.report());
        faults.extend(subject.faults());
    }
    println!("memory: {} KiB when warm, {} KiB at the end", memory.0, memory.1);
    // What is allocated for events and by the tokio runtime comes and goes.
    if memory.1 > memory.0 + memory.0 / 10 + 4_096 {
        faults.push(format!("memory grew from {} KiB to {} KiB", memory.0, memory.1));
    }
    for fault in &faults {
        println!("FAULT: {fault}");
    }
    println!("{}", if faults.is_empty() { "no fault found" } else { "there are faults" });
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn seconds(mut arguments: impl Iterator<Item = String>) -> Option<u64> {
    match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (None, ..) => Some(10),
        (Some("--seconds"), Some(seconds), None) => seconds.parse().ok().filter(|seconds| *seconds > 0),
        _ => None,
    }
}

/// Lets everyone loose; returns the memory in use after a quarter of the time and at the end.
fn run(subjects: &[Arc<Subject>], clock: &JumpyClock, time: Duration) -> (u64, u64) {
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
    let runtime = runtime.expect("a runtime starts");
    for nth in 0..TASKS {
        let (subjects, stop) = (subjects.to_vec(), stop.clone());
        runtime.spawn(work::tasks(subjects, stop, nth as u64));
    }
    let warm = thread::scope(|scope| {
        for nth in 0..THREADS {
            let stop = &stop;
            scope.spawn(move || work::calls(subjects, stop, nth as u64));
        }
        scope.spawn(|| work::commands(subjects, clock, &stop));
        let start = Instant::now();
        thread::sleep(time / 4);
        let warm = resident();
        thread::sleep(time.saturating_sub(start.elapsed()));
        stop.store(true, Ordering::Relaxed);
        warm
    });
    runtime.shutdown_timeout(Duration::from_secs(10));
    (warm, resident())
}

/// KiB of memory in use, where the system tells.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
