// fix by hand: `success_threshold = 2` => `trip = failures(5)`
use fluxgate::circuit_breaker;

#[circuit_breaker(success_threshold = 2)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
