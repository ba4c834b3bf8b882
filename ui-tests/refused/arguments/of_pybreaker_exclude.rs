// fix by hand: `exclude = [lambda error: error.status < 500]` => `success = matches(_ignored if false)`
use fluxgate::circuit_breaker;

#[circuit_breaker(exclude = [lambda error: error.status < 500])]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
