// fix by hand: `crate = crate::fluxgate` => `crate = fluxgate`
use fluxgate::circuit_breaker;

#[circuit_breaker(crate = crate::fluxgate, track = type_of(std::io::Error))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
