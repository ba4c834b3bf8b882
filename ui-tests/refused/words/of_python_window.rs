// fix: `TimeWindow(size=60)` => `time(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(window = TimeWindow(size=60))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
