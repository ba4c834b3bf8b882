//! A stress test of breakers: threads and tasks with random outcomes, panics, cancellations, resets, forced states, a jumping
//! clock, and listeners that call back. Invariants of single calls and transitions are checked at once; those of a breaker's
//! figures, at the end of each second, when no call is in progress.
//!
//! `cargo run --release --example soak -- --seconds 60`

mod subject;
mod watch;
mod work;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use subject::{JumpyClock, Subject};
use tokio::runtime::Runtime;

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
    println!("{THREADS} threads and {TASKS} tasks stress {} breakers for {seconds} s", subjects.len());

    let (memory, faults) = run(&subjects, &clock, seconds);
    for subject in &subjects {
        println!("{}", subject.report());
    }
    println!("memory: {} KiB when warm, {} KiB at the end", memory.0, memory.1);
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

/// Runs the load, one second at a time, until there is a fault. Returns the memory in use after a quarter of the time and at
/// the end, and the faults.
fn run(subjects: &[Arc<Subject>], clock: &JumpyClock, seconds: u64) -> ((u64, u64), Vec<String>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build();
    let runtime = runtime.expect("a runtime starts");
    let mut warm = 0;
    for second in 0..seconds {
        wear(subjects, clock, &runtime, second);
        if second == seconds / 4 {
            warm = resident();
        }
        let faults: Vec<String> = subjects.iter().flat_map(|subject| subject.faults()).collect();
        if !faults.is_empty() {
            return ((warm, resident()), faults);
        }
    }
    let end = resident();
    // Allocations for events and by the tokio runtime come and go.
    let grew = end > warm + warm / 10 + 4_096;
    ((warm, end), grew.then(|| format!("memory grew from {warm} KiB to {end} KiB")).into_iter().collect())
}

/// One second of calls, tasks and commands; none is running at its end.
fn wear(subjects: &[Arc<Subject>], clock: &JumpyClock, runtime: &Runtime, second: u64) {
    let stop = Arc::new(AtomicBool::new(false));
    let seed = |nth: usize| second * 1_000 + nth as u64;
    let task = |nth| runtime.spawn(work::tasks(subjects.to_vec(), stop.clone(), seed(nth)));
    let tasks: Vec<_> = (0..TASKS).map(task).collect();
    thread::scope(|scope| {
        for nth in 0..THREADS {
            let (stop, seed) = (&stop, seed(TASKS + nth));
            scope.spawn(move || work::calls(subjects, stop, seed));
        }
        scope.spawn(|| work::commands(subjects, clock, &stop));
        thread::sleep(Duration::from_secs(1));
        stop.store(true, Ordering::Relaxed);
    });
    for task in tasks {
        runtime.block_on(task).expect("no task panics");
    }
}

/// KiB of memory in use, if the system reports it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
