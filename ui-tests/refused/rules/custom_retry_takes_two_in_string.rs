// fix by hand: `|reopens, _|` => `|reopens|`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = "custom(|reopens, _| std::time::Duration::from_secs(reopens as u64))")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
