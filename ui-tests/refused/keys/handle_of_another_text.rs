// fix by hand: `key = request.host as Box<str>` => `key = request.host as String`
use fluxgate::circuit_breaker;

struct Request {
    host: String,
}

#[circuit_breaker(key = request.host as Box<str>, handle = HOSTS)]
fn send(request: Request) -> std::io::Result<String> {
    Ok(request.host)
}

fn main() {
    let _ = (send(Request { host: "a".to_owned() }), HOSTS.len());
}
