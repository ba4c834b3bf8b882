// fix by hand: `key = request.into_host()` => `key = request.host`
use fluxgate::circuit_breaker;

struct Request {
    host: String,
}

impl Request {
    fn into_host(self) -> String {
        self.host
    }
}

#[circuit_breaker(key = request.into_host())]
fn send(request: Request) -> std::io::Result<String> {
    Ok(request.host)
}

fn main() {
    let _ = send(Request { host: "a".to_owned() }).map(|_| Request::into_host);
}
