//! A breaker that is open when the program ends is open again when it restarts. Run it twice within ten seconds, and once more later.
//!
//! ```sh
//! cargo run --example restart
//! cargo run --example restart
//! ```

use std::fs;
use std::path::PathBuf;

use fluxgate::{CircuitBreaker, State, breaker, find, register};

static PAYMENTS: CircuitBreaker =
    breaker!(name = "payments", trip = failure_streak(3), retry = cooldown(10s), permit = all);

/// Restores open breakers. Leftovers of an earlier run must not keep the program from starting.
fn restore(file: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let Ok(text) = fs::read_to_string(file) else {
        println!("Nothing was saved.");
        return Ok(());
    };
    // `find` knows a static only once it is used or registered.
    register(&PAYMENTS);
    for saved in serde_json::from_str::<Vec<fluxgate::Saved>>(&text)? {
        let Some(breaker) = find(saved.breaker()) else {
            println!("There is no `{}` any more.", saved.breaker());
            continue;
        };
        let is_open = breaker.restore(&saved)?;
        println!("`{}` was open when the program ended; restored: {is_open}.", saved.breaker());
    }
    Ok(())
}

fn save(file: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let saved: Vec<_> = fluxgate::breakers().filter_map(|breaker| breaker.snapshot().saved()).collect();
    fs::write(file, serde_json::to_string_pretty(&saved)?)?;
    println!("Breakers saved in {}: {}.", file.display(), saved.len());
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::temp_dir().join("fluxgate-restart.json");
    if let Err(error) = restore(&file) {
        println!("Nothing was restored: {error}");
    }
    match PAYMENTS.acquire() {
        Err(refusal) => println!("A call is refused: {refusal}."),
        Ok(call) if PAYMENTS.state() == State::HalfOpen => {
            println!("The pause is over, and this call is part of the trial.");
            call.success();
        }
        Ok(call) => {
            println!("The breaker is closed. Now three calls fail.");
            call.failure();
            for _ in 0..2 {
                PAYMENTS.acquire()?.failure();
            }
        }
    }
    save(&file)
}
