// fix by hand: `max_half_open_calls = 10s` => `half_open_timeout = 10s`
use fluxgate::circuit_breaker;

#[circuit_breaker(max_half_open_calls = 10s)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
