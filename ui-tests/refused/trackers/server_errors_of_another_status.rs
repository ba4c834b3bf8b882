// fix by hand: `Status {\n        Status::Up` => `u16 {\n        200`
use fluxgate::circuit_breaker;

#[derive(Clone, Copy)]
pub enum Status {
    Up,
}

struct Response;

impl Response {
    fn status(&self) -> Status {
        Status::Up
    }
}

#[circuit_breaker(track = server_errors)]
fn call() -> std::io::Result<Response> {
    Ok(Response)
}

fn main() {
    let _ = call().map(|response| response.status());
    let _ = Status::Up;
}
