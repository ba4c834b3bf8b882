// fix: `5, 60` => `trip = failures(5), retry = cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(5, 60)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
