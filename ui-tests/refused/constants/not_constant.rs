// fix by hand: `min(CALLS.load(std::sync::atomic::Ordering::Relaxed))` => `min(10)`
use fluxgate::circuit_breaker;
use std::time::Duration;

static CALLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);

#[circuit_breaker(trip = min(CALLS.load(std::sync::atomic::Ordering::Relaxed)) & failure_rate(0.5))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
    let _ = Duration::ZERO;
}
