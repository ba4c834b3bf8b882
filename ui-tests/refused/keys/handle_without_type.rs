// fix: `key = request.host()` => `key = request.host() as String`
use fluxgate::circuit_breaker;

struct Request(String);

impl Request {
    fn host(&self) -> &str {
        &self.0
    }
}

#[circuit_breaker(key = request.host(), handle = HOSTS)]
fn send(request: Request) -> std::io::Result<String> {
    Ok(request.0)
}

fn main() {
    let _ = (send(Request("a".to_owned())), HOSTS.len());
}
