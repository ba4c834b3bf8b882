// fix: `TimeSpan.FromMilliseconds(500)` => `500ms`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(TimeSpan.FromMilliseconds(500)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
