// fix by hand: `miette::Result<u32>` => `Result<u32, fluxgate::Error<miette::Report>>`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> miette::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
