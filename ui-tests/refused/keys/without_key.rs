// fix by hand: `max_keys = 100` => `key = host, max_keys = 100`
use fluxgate::circuit_breaker;

#[circuit_breaker(max_keys = 100)]
fn fetch(host: &str) -> std::io::Result<String> {
    Ok(host.to_owned())
}

fn main() {
    let _ = fetch("a");
}
