// fix: `p99 = 500ms` => `trip = min(10) & slow_rate(0.01, 500ms)`
use fluxgate::circuit_breaker;

#[circuit_breaker(p99 = 500ms)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
