// fix by hand: `async |_|` => `|_|`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = async |_| Ok(0))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
