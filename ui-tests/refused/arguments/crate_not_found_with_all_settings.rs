// fix by hand: `::flux,` => `::fluxgate,`
use fluxgate::circuit_breaker;

#[circuit_breaker(
    crate = ::flux,
    window = time(60s),
    trip = min(10) & slow_rate(0.5, 2s),
    retry = backoff(10s, max = 5m),
    track = matches(_) | ok(0),
    fallback = |_| Ok(1),
)]
async fn call() -> std::io::Result<u32> {
    Ok(2)
}

fn main() {
    drop(call());
}
