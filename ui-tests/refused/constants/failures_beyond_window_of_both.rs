// fix by hand: `= 20;` => `= 5;`
use fluxgate::circuit_breaker;

const SIZE: usize = 10;
const CALLS: u32 = 20;

#[circuit_breaker(window = count(SIZE), trip = failures(CALLS))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
