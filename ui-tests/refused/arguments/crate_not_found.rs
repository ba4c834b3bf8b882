// fix by hand: `::flux` => `::fluxgate`
use fluxgate::circuit_breaker;

#[circuit_breaker(crate = ::flux)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
