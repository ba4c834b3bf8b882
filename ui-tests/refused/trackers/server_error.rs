// fix: `server_error` => `server_errors`
use fluxgate::circuit_breaker;

struct Response;

impl Response {
    fn status(&self) -> u16 {
        200
    }
}

#[circuit_breaker(track = server_error)]
fn call() -> std::io::Result<Response> {
    Ok(Response)
}

fn main() {
    let _ = call().map(|response| response.status());
}
