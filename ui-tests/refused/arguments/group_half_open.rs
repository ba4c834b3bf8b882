// fix: `half_open(max_calls = 5)` => `max_half_open_calls = 5`
use fluxgate::circuit_breaker;

#[circuit_breaker(half_open(max_calls = 5))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
