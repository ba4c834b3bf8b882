// fix: `slidingWindowType = COUNT_BASED, slidingWindowSize = 50` => `window = count(50)`
use fluxgate::circuit_breaker;

#[circuit_breaker(slidingWindowType = COUNT_BASED, slidingWindowSize = 50)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
