// fix: `MaxRequests = 3, Interval = 10 * time.Second, Timeout = 60 * time.Second` => `max_half_open_calls = 3, window = time(10s), retry = cooldown(1m)`
use fluxgate::circuit_breaker;

#[circuit_breaker(MaxRequests = 3, Interval = 10 * time.Second, Timeout = 60 * time.Second)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
