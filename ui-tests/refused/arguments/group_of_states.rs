// fix: `closed(failures = 5), open(duration = 30s)` => `trip = closed & failures(5) | half_open & min(10) & failure_rate(0.5), retry = cooldown(30s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(closed(failures = 5), open(duration = 30s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
