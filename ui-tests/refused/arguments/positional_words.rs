// fix: `count(100), failures(5), cooldown(60s)` => `window = count(100), trip = failures(5), retry = cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(count(100), failures(5), cooldown(60s))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
