//! What failing calls and refusals cost one thread, and whether two threads that share a breaker get more done than one: `cargo bench
//! --manifest-path benches/Cargo.toml --no-default-features --bench threads`. `-- --rounds 11` is a quick look.

use fluxgate_benches::{machine, shares};

const ROUNDS: usize = 61;

fn main() {
    let machine = machine::describe();
    machine::pin(0);
    let arguments: Vec<String> = std::env::args().collect();
    let rounds = arguments.iter().position(|argument| argument == "--rounds").map(|index| {
        arguments.get(index + 1).and_then(|rounds| rounds.parse().ok()).expect("a number after `--rounds`")
    });
    println!("{machine}\n\n{}", shares::report(rounds.unwrap_or(ROUNDS)));
}
