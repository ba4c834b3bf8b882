// fix: `chrono::Duration::seconds(30)` => `30s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(chrono::Duration::seconds(30)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
