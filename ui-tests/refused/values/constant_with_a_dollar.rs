// fix: `$MOST` => `MOST`
use fluxgate::circuit_breaker;

pub const MOST: u32 = 7;

#[circuit_breaker(trip = "failures($MOST)")]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
    let _ = MOST;
}
