// fix by hand: `max_half_open_calls = 10, half_open_max_calls = 3` => `max_half_open_calls = 10`
use fluxgate::circuit_breaker;

#[circuit_breaker(max_half_open_calls = 10, half_open_max_calls = 3)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
