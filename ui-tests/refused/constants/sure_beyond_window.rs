// fix by hand: `50;` => `69;`
use fluxgate::circuit_breaker;

const SIZE: usize = 50;

#[circuit_breaker(window = count(SIZE), trip = failure_rate(90%, sure = 95%))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
