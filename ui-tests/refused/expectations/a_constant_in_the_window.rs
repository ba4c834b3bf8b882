// fix by hand: `count(SIZE)` => `count(100)`
use fluxgate::circuit_breaker;

const SIZE: usize = 100;

#[circuit_breaker(window = count(SIZE), trip = min(10) & failure_rate(0.5), normal = 5%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
