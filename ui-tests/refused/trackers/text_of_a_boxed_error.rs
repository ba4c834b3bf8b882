// fix by hand: `matches("down")` => `custom(|error| error.to_string() == "down")`
use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(track = matches("down"))]
fn call() -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Err("down".into())
}

fn _refusal(_: CallNotPermitted) {}

fn main() {
    let _ = call();
}
