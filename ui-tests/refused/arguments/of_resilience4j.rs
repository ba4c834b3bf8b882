// fix by hand: `failure_rate_threshold = 50, minimum_number_of_calls = 20, sliding_window_size = 50, wait_duration_in_open_state = 60s` => `trip = min(20) & failure_rate(50%), window = count(50), retry = cooldown(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(failure_rate_threshold = 50, minimum_number_of_calls = 20, sliding_window_size = 50, wait_duration_in_open_state = 60s)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
