// fix by hand: `max_keys = 10_000_000` => `max_keys = 1000000`
use fluxgate::circuit_breaker;

#[circuit_breaker(key = host, max_keys = 10_000_000)]
fn fetch(host: &str) -> std::io::Result<String> {
    Ok(host.to_owned())
}

fn main() {
    let _ = fetch("a");
}
