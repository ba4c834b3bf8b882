//! Which clock should a breaker read? The cost of one reading and of a pair (what a guarded call with a duration pays),
//! of the first reading in a process, and of a whole process that reads once. `cargo bench --bench clock`; the decision
//! is in CLOCKS.md.

use std::hint::black_box;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fluxgate::__private::clock as anchored;
use fluxgate_benches::rounds::{Case, Figure, measure};
use fluxgate_benches::{machine, table};

fn main() {
    println!("{}\n", machine::describe());
    machine::pin(0);
    anchored::calibrate();
    println!("{}", readings());
    println!("{}", starts());
    println!("{}", drift());
}

fn clock_gettime(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place for the one value that the call writes.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

fn counter() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has the instruction; reading it has no effect.
    unsafe {
        core::arch::x86_64::_rdtsc()
    }
    #[cfg(not(target_arch = "x86_64"))]
    quanta_clock().raw()
}

fn quanta_clock() -> &'static quanta::Clock {
    static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();
    CLOCK.get_or_init(quanta::Clock::new)
}

/// A reading, and the nanoseconds between two readings.
fn clock<'a, T: 'a>(
    name: &str,
    read: impl Fn() -> T + Copy + 'a,
    between: impl Fn(T, T) -> u64 + 'a,
) -> [Case<'a>; 2] {
    let pair = move || {
        let start = black_box(read());
        between(start, read())
    };
    [Case::new(name, read), Case::new(format!("{name}, pair"), pair)]
}

fn readings() -> String {
    let minus = |start: u64, end: u64| end.saturating_sub(start);
    let quanta = quanta_clock();
    let mut cases: Vec<Case<'_>> = [
        clock("std::time::Instant", Instant::now, |start, end: Instant| (end - start).as_nanos() as u64),
        clock("CLOCK_MONOTONIC", || clock_gettime(libc::CLOCK_MONOTONIC), minus),
        #[cfg(target_os = "linux")]
        clock("CLOCK_MONOTONIC_COARSE", || clock_gettime(libc::CLOCK_MONOTONIC_COARSE), minus),
        clock("fastant::Instant", fastant::Instant::now, |start, end: fastant::Instant| {
            end.duration_since(start).as_nanos() as u64
        }),
        clock("minstant::Instant", minstant::Instant::now, |start, end: minstant::Instant| {
            end.duration_since(start).as_nanos() as u64
        }),
        clock("quanta::Instant", quanta::Instant::now, |start, end: quanta::Instant| {
            (end - start).as_nanos() as u64
        }),
        clock("quanta::Clock, now", || quanta.now(), |start, end| (end - start).as_nanos() as u64),
        clock(
            "quanta::Clock, raw and delta_as_nanos",
            || quanta.raw(),
            |start, end| quanta.delta_as_nanos(start, end),
        ),
        clock("**the counter on Fluxgate's lines**", anchored::now, minus),
        clock("bare counter", counter, minus),
    ]
    .into_iter()
    .flatten()
    .collect();
    let figures = measure(&mut cases, 101, Duration::from_millis(2));

    let mut rows = vec![head(&["clock", "one reading, ns", "spread", "a pair, ns", "spread"])];
    for (cases, figures) in cases.chunks(2).zip(figures.chunks(2)) {
        let mut row = vec![cases[0].name.clone()];
        for figure in figures {
            row.extend([format!("{:.1}", figure.median), format!("{:.1}%", figure.spread() * 100.0)]);
        }
        rows.push(row);
    }
    table::render(&rows)
}

/// Whole processes in turns: work that a clock does before `main` is only visible from outside.
fn starts() -> String {
    let programs = [
        ("std::time::Instant", env!("CARGO_BIN_EXE_start-std")),
        ("**Fluxgate**", env!("CARGO_BIN_EXE_start-fluxgate")),
        ("quanta", env!("CARGO_BIN_EXE_start-quanta")),
        ("fastant", env!("CARGO_BIN_EXE_start-fastant")),
        ("minstant", env!("CARGO_BIN_EXE_start-minstant")),
    ];
    let mut first = vec![Vec::new(); programs.len()];
    let mut whole = vec![Vec::new(); programs.len()];
    for _ in 0..41 {
        for (index, (_, program)) in programs.iter().enumerate() {
            let start = Instant::now();
            let output =
                Command::new(program).output().expect("the start programs are built beside this bench");
            whole[index].push(start.elapsed().as_nanos() as f64);
            let text = String::from_utf8_lossy(&output.stdout);
            first[index].push(text.trim().parse().expect("the start programs print nanoseconds"));
        }
    }
    let mut rows = vec![head(&["clock", "first reading, us", "quartiles", "whole process, ms", "quartiles"])];
    for (index, (name, _)) in programs.iter().enumerate() {
        let (first, whole) = (Figure::of(first[index].clone()), Figure::of(whole[index].clone()));
        let cells = |figure: Figure, unit: f64| {
            let [low, median, high] = [figure.low, figure.median, figure.high].map(|value| value / unit);
            [format!("{median:.2}"), format!("{low:.2} to {high:.2}")]
        };
        let mut row = vec![(*name).to_owned()];
        row.extend(cells(first, 1e3));
        row.extend(cells(whole, 1e6));
        rows.push(row);
    }
    table::render(&rows)
}

/// How far a clock calibrated once has drifted from `Instant` after two seconds.
fn drift() -> String {
    let quanta = quanta_clock();
    let (instant, start) = (Instant::now(), quanta.raw());
    let anchored = anchored::now();
    while instant.elapsed() < Duration::from_secs(2) {
        std::thread::sleep(Duration::from_millis(100));
        black_box(anchored::now());
    }
    let (end, anchored_end, elapsed) = (quanta.raw(), anchored::now(), instant.elapsed().as_nanos() as f64);
    let per_million = |nanos: u64| (nanos as f64 / elapsed - 1.0) * 1e6;
    format!(
        "drift against Instant over 2 s: quanta {:+.1} ppm, Fluxgate {:+.1} ppm",
        per_million(quanta.delta_as_nanos(start, end)),
        per_million(anchored_end - anchored),
    )
}

fn head(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}
