// fix by hand: `Result<u32, ParseIntError>` => `Result<u32, std::io::Error>`
use fluxgate::{CircuitBreaker, breaker};
use std::{future::ready, num::ParseIntError, time::Duration};

static NUMBERS: CircuitBreaker = breaker!();

async fn call(number: Result<u32, ParseIntError>) {
    let _ = NUMBERS.call_async(ready(number)).timeout(Duration::from_secs(2)).await;
}

fn main() {
    let _ = call(Ok(1));
}
