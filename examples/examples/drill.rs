//! A fault drill: for two seconds, four of ten calls to a shop's stock fail on purpose, and one of ten is slow. The program shows what
//! its customers notice of that, and that everything is as before afterwards.
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

/// A dependency that is in the best of health.
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
    STOCK.listen(|transition: &Transition| println!("        {transition}"));
    let fault = Fault::lasting(Duration::from_secs(2)).fail(0.4).delay(0.1, Duration::from_millis(80));
    let start = Instant::now();
    let mut last = String::new();
    for item in 0.. {
        if item == 30 {
            println!("{:>6.2}s the drill begins", start.elapsed().as_secs_f64());
            STOCK.inject(fault)?;
        }
        let answer = stock(item)?;
        let kind =
            answer.split(" (").nth(1).unwrap_or("answered").split("; ").next().unwrap_or_default().to_owned();
        if kind != last {
            println!("{:>6.2}s {answer}", start.elapsed().as_secs_f64());
            last = kind;
        }
        if item > 30 && STOCK.snapshot().fault.is_none() && STOCK.state() == fluxgate::State::Closed {
            break;
        }
        sleep(Duration::from_millis(10));
    }
    let totals = STOCK.snapshot().totals;
    println!("in all, {} calls failed on purpose and {} were refused", totals.failures, totals.refused);
    Ok(())
}
