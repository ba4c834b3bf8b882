// fix: `timedelta(minutes=1, seconds=30)` => `90s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = cooldown(timedelta(minutes=1, seconds=30)))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
