// fix: `max-half-open-calls` => `max_half_open_calls`
use fluxgate::circuit_breaker;

#[circuit_breaker(max-half-open-calls = 5)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
