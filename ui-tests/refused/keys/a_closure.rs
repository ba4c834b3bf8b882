// fix by hand: `key = |request: &Request| request.host.clone()` => `key = request.host`
use fluxgate::circuit_breaker;

struct Request {
    host: String,
}

#[circuit_breaker(key = |request: &Request| request.host.clone())]
fn send(request: &Request) -> std::io::Result<String> {
    Ok(request.host.clone())
}

fn main() {
    let _ = send(&Request { host: "a".to_owned() });
}
