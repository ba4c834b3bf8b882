// fix: `key = "host"` => `key = host`
use fluxgate::circuit_breaker;

#[circuit_breaker(key = "host")]
fn fetch(host: &str) -> std::io::Result<String> {
    Ok(host.to_owned())
}

fn main() {
    let _ = fetch("a");
}
