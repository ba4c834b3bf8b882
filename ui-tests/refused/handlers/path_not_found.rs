// fix by hand: `rejected = refuse` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = refuse)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
