// fix: `min(10) & (failure_rate(0.5) | custom(is_bad))` => `min(25) & (failure_rate(0.5) | custom(is_bad))`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = min(10) & (failure_rate(0.5) | custom(is_bad)), normal = 20%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn is_bad(metrics: &fluxgate::Metrics) -> bool {
    metrics.failure_streak() > 3
}

fn main() {
    let _ = call();
}
