//! A hanging dependency: `timeout` ends its calls as failures, so the breaker opens, and a task waits until a call has a chance again.
//!
//! ```sh
//! cargo run --example timeout
//! ```

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};

use fluxgate::{CallNotPermitted, TimedOut, circuit_breaker};
use tokio::time::Instant;

#[derive(Debug, thiserror::Error)]
enum PriceError {
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

static HANGS: AtomicBool = AtomicBool::new(true);

#[circuit_breaker(
    name = "prices",
    trip = min(3) & slow_rate(50%, 200ms),
    timeout = 200ms,
    retry = cooldown(1s),
    permit = all,
    handle = PRICES,
)]
async fn price(product: u32) -> Result<u32, PriceError> {
    if HANGS.load(Ordering::Relaxed) { pending().await } else { Ok(100 * product) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let begun = Instant::now();
    let say = |what: String| println!("{:>5.2}s {what}", begun.elapsed().as_secs_f64());
    for product in 1..=4 {
        let answer = price(product).await;
        say(answer.map_or_else(|error| error.to_string(), |cents| format!("{cents} cents")));
    }
    HANGS.store(false, Ordering::Relaxed);
    PRICES.ready().await;
    say("the breaker is ready for another call".to_owned());
    for product in 1..=3 {
        let answer = price(product).await;
        say(answer.map_or_else(|error| error.to_string(), |cents| format!("{cents} cents")));
    }
    say(format!("the breaker is {}", PRICES.state()));
}
