// fix by hand: `max = 5s` => `max = 10s`
use fluxgate::circuit_breaker;

#[circuit_breaker(retry = backoff(10s, max = 5s))]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
