// fix by hand: `#[circuit_breaker]\n` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker]
mod client {
    pub fn call() -> Result<u32, fluxgate::CallNotPermitted> {
        Ok(1)
    }
}

fn main() {
    let _ = client::call();
}
