//! Instructions per call, counted by valgrind: figures that do not depend on the machine's load, and can fail the build.
//!
//! `cargo bench --bench instructions --no-default-features` compares with `instructions.txt` and fails if a healthy call
//! grew by more than two instructions over the bare one, or building a breaker by more than a hundred, or if a healthy call does what it
//! must not: write to shared memory, lock, or read a clock. `-- --write` takes a new baseline. Without valgrind it prints that and
//! passes. With `--features keyed`, keyed calls are counted instead, with `tokio`, calls with a time limit, and with `reqwest`, requests.

use std::fs;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use fluxgate_benches::calls::{Case, cases};
use fluxgate_benches::{machine, table};

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.txt");
const FEW: u64 = 2_000;
const MANY: u64 = 12_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["run", case, times] => {
            run(case, times.parse().expect("a number of calls"));
            ExitCode::SUCCESS
        }
        rest => report(rest.contains(&"--write")),
    }
}

/// The program that valgrind watches.
fn run(name: &str, times: u64) {
    let local = 0_u8;
    println!("stack {}", (&raw const local).addr());
    let case = cases().iter().find(|case| case.name == name).expect("the name of a case");
    black_box((case.run)(black_box(times)));
}

fn report(writes: bool) -> ExitCode {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("instructions: skipped, valgrind is not installed");
        return ExitCode::SUCCESS;
    }
    let cases = cases();
    let counts: Vec<f64> = cases.iter().map(instructions).collect();
    let old = fs::read_to_string(BASELINE).unwrap_or_default();
    let text = baseline_with(&old, cases, &counts);
    let same_compiler = old.lines().next() == Some(machine::compiler().as_str());

    let mut complaints = Vec::new();
    let mut rows = vec![["case", "instructions", "over bare", "baseline"].map(str::to_owned).to_vec()];
    for (case, &count) in cases.iter().zip(&counts) {
        let before = baseline(&old, case.name);
        let bare = cases.iter().position(|other| Some(other.name) == case.over).map(|place| counts[place]);
        // The compiler arranges what both share, such as the loop and a map, differently from folder to folder.
        let shared =
            bare.zip(case.over.and_then(|over| baseline(&old, over))).map_or(0.0, |(now, then)| now - then);
        let most = case.tolerance.zip(before).map(|(tolerance, before)| before + shared + tolerance);
        if same_compiler && most.is_some_and(|most| count > most) {
            complaints.push(format!("`{}` grew to {count:.1} instructions", case.name));
        }
        let cell = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1}"));
        rows.push(vec![
            case.name.to_owned(),
            cell(Some(count)),
            cell(bare.map(|bare| count - bare)),
            cell(before),
        ]);
    }
    println!("{}", table::render(&rows));
    for case in cases {
        let Some(function) = case.silent else { continue };
        complaints.extend(writes_to_shared_memory(case));
        complaints.extend(forbidden_instruction(case.name, function));
    }

    if writes {
        fs::write(BASELINE, text).expect("instructions.txt can be written");
    } else if !same_compiler {
        println!("not compared: instructions.txt is of another compiler; `-- --write` takes a new baseline");
    }
    for complaint in &complaints {
        eprintln!("instructions: {complaint}");
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The baseline with these counts; counts for other features stay.
fn baseline_with(old: &str, cases: &[Case], counts: &[f64]) -> String {
    let mut lines = vec![machine::compiler()];
    lines.extend(old.lines().skip(1).map(str::to_owned));
    for (case, count) in cases.iter().zip(counts) {
        let name = format!("{}: ", case.name);
        let line = format!("{name}{count:.1}");
        match lines.iter().position(|line| line.starts_with(&name)) {
            Some(at) => lines[at] = line,
            None => lines.push(line),
        }
    }
    lines.join("\n") + "\n"
}

fn baseline(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")?.parse().ok())
}

/// The difference between many calls and few, so nothing else in the process counts.
fn instructions(case: &Case) -> f64 {
    let total = |times| {
        const PROFILE: &str =
            concat!("--cachegrind-out-file=", env!("CARGO_TARGET_TMPDIR"), "/cachegrind.out");
        let (_, log) = valgrind(&["--tool=cachegrind", "--cache-sim=no", PROFILE], case, times);
        let line =
            log.lines().find(|line| line.contains("I   refs:")).expect("cachegrind counts instructions");
        let digits: String =
            line.rsplit(':').next().unwrap_or("").chars().filter(char::is_ascii_digit).collect();
        digits.parse::<f64>().expect("a number")
    };
    (total(MANY) - total(FEW)) / (MANY - FEW) as f64
}

/// Traces every store; the additional stores of more calls must all be on the stack. Tracing takes far longer than counting, so there
/// are fewer calls.
fn writes_to_shared_memory(case: &Case) -> Option<String> {
    const STACK: u64 = 1 << 20;
    const MANY: u64 = FEW + 1_000;
    let stores = |times| {
        let (output, log) = valgrind(&["--tool=lackey", "--trace-mem=yes"], case, times);
        let stack: u64 = output.trim().strip_prefix("stack ")?.parse().ok()?;
        let shared = log.lines().filter_map(|line| {
            let address = line.strip_prefix(" S ").or(line.strip_prefix(" M "))?.split(',').next()?;
            u64::from_str_radix(address, 16).ok()
        });
        Some(shared.filter(|address| address.abs_diff(stack) > STACK).count())
    };
    let (Some(few), Some(many)) = (stores(FEW), stores(MANY)) else {
        return Some(format!("`{}`: valgrind's trace of stores could not be read", case.name));
    };
    println!("`{}`: {} stores outside the stack in {} calls", case.name, many - few, MANY - FEW);
    (many != few).then(|| format!("`{}` writes to shared memory, which a healthy call must not", case.name))
}

/// Functions that are not inlined are called only to record something, so the inlined code is the healthy path.
fn forbidden_instruction(name: &str, function: &str) -> Option<String> {
    const FORBIDDEN: [&str; 5] = ["lock ", "xchg ", "rdtsc", "syscall", "mfence"];
    let program = std::env::current_exe().ok()?;
    let Ok(output) = Command::new("objdump").args(["-d", "--no-show-raw-insn", "-C"]).arg(program).output()
    else {
        println!("`{}`: not disassembled, objdump is not installed", name);
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let body: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.ends_with(&format!("::{function}>:")))
        .take_while(|line| !line.is_empty())
        .collect();
    if body.is_empty() {
        return Some(format!("`{}`: no function `{}` in the program", name, function));
    }
    let found = body
        .iter()
        .find(|line| FORBIDDEN.iter().any(|word| line.contains(word)) && !line.contains("xchg   %ax,%ax"))?;
    Some(format!("`{}` contains an instruction that a healthy call must not: {}", name, found.trim()))
}

/// The output of the program and of valgrind.
fn valgrind(options: &[&str], case: &Case, times: u64) -> (String, String) {
    let program = std::env::current_exe().expect("the bench knows its own path");
    let output = Command::new("valgrind")
        .args(options)
        .arg(program)
        .args(["run", case.name, &times.to_string()])
        .output()
        .expect("valgrind runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}
