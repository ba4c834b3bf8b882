//! A fault drill: for two seconds, four in ten calls to a shop's stock fail on purpose, and one in ten is slow. The program shows what
//! customers notice, and that everything is back to normal afterwards.
//!
//! ```sh
//! cargo run --example drill
//! ```

use std::thread::sleep;
use std::time::{Duration, Instant};

use fluxgate::{CallNotPermitted, Fault, Transition, circuit_breaker};

#[derive(Debug, thiserror::Error)]
enum StockError {
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
}

/// A perfectly healthy dependency.
#[circuit_breaker(
    name = "stock",
    handle = STOCK,
    window = count(20),
    trip = min(10) & failure_rate(30%),
    retry = cooldown(500ms),
    permit = all,
    fallback = |error: StockError| Ok(format!("probably in stock ({error})")),
)]
fn stock(item: u32) -> Result<String, StockError> {
    Ok(format!("{} in stock", item % 7 + 1))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    STOCK.listen(move |transition: &Transition| {
        let Transition { from, to, reason, .. } = transition;
        println!("{:>6.2}s > {from} -> {to}: {reason}", start.elapsed().as_secs_f64());
    });
    let fault = Fault::lasting(Duration::from_secs(2)).fail(0.4).delay(0.1, Duration::from_millis(80));
    let (mut last, mut explained) = (None, Vec::new());
    for item in 0.. {
        if item == 30 {
            println!("{:>6.2}s > the drill begins", start.elapsed().as_secs_f64());
            STOCK.inject(fault)?;
        }
        let answer = stock(item)?;
        // A customer notices when the kind of answer changes. Each kind of refusal is explained once.
        let (text, reason) = answer.split_once(" (").unwrap_or((&answer, ""));
        let kind = reason.split(':').next().unwrap_or_default().to_owned();
        if last.as_ref() != Some(&kind) {
            println!("{:>6.2}s   {text}", start.elapsed().as_secs_f64());
            if !reason.is_empty() && !explained.contains(&kind) {
                println!("          ({reason}");
                explained.push(kind.clone());
            }
            last = Some(kind);
        }
        if item > 30 && STOCK.snapshot().fault.is_none() && STOCK.state() == fluxgate::State::Closed {
            break;
        }
        sleep(Duration::from_millis(10));
    }
    let totals = STOCK.snapshot().totals;
    println!("In all, {} calls failed on purpose and {} were refused.", totals.failures, totals.refused);
    Ok(())
}
