// fix: `1w` => `168h`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(1w))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
