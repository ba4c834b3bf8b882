// fix by hand: `= "";` => `= "payments";`
use fluxgate::circuit_breaker;

const NAME: &str = "";

#[circuit_breaker(name = NAME)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
