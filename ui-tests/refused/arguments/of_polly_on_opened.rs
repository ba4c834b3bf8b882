// fix by hand: `(OnOpened = |arguments| log(arguments))` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker(OnOpened = |arguments| log(arguments))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
