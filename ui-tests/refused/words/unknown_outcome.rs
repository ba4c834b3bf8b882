// fix by hand: `success` => `ignore`
use fluxgate::circuit_breaker;

#[circuit_breaker(on_cancel = success)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
