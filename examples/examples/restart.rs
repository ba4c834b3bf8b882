//! A breaker that is open when the program ends is open when it begins again. Run it twice within ten seconds, and once more later.
//!
//! ```sh
//! cargo run --example restart
//! cargo run --example restart
//! ```

use std::fs;
use std::path::PathBuf;

use fluxgate::{CircuitBreaker, State, breaker};

static PAYMENTS: CircuitBreaker =
    breaker!(name = "payments", trip = failure_streak(3), retry = cooldown(10s), permit = all);

/// Opens what was open. What is left of an earlier run is no reason not to begin.
fn restore(file: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let Ok(text) = fs::read_to_string(file) else { return Ok(println!("nothing was saved")) };
    for saved in serde_json::from_str::<Vec<fluxgate::Saved>>(&text)? {
        let is_open = PAYMENTS.restore(&saved)?;
        println!("`{}` was open when the program ended; restored: {is_open}", saved.breaker());
    }
    Ok(())
}

fn save(file: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let saved: Vec<_> = fluxgate::breakers().filter_map(|breaker| breaker.snapshot().saved()).collect();
    fs::write(file, serde_json::to_string_pretty(&saved)?)?;
    Ok(println!("saved {} of the breakers in {}", saved.len(), file.display()))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::temp_dir().join("fluxgate-restart.json");
    if let Err(error) = restore(&file) {
        println!("what was saved is not restored: {error}");
    }
    match PAYMENTS.acquire() {
        Err(refusal) => println!("{refusal}"),
        Ok(call) if PAYMENTS.state() == State::HalfOpen => {
            println!("the pause is over, and this call is a trial");
            call.success();
        }
        Ok(call) => {
            println!("closed; now three calls fail");
            call.failure();
            for _ in 0..2 {
                PAYMENTS.acquire()?.failure();
            }
        }
    }
    save(&file)
}
