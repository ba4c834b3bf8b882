// fix by hand: `= 0;` => `= 5;`
use fluxgate::circuit_breaker;

const CALLS: u32 = 0;

#[circuit_breaker(max_half_open_calls = CALLS)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
