// fix: `slidingWindowType = TIME_BASED, slidingWindowSize = 60` => `window = time(60s)`
use fluxgate::circuit_breaker;

#[circuit_breaker(slidingWindowType = TIME_BASED, slidingWindowSize = 60)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
