// fix by hand: `#[circuit_breaker]\n` => ``
use fluxgate::circuit_breaker;

#[circuit_breaker]
struct Client;

fn main() {
    let _ = Client;
}
