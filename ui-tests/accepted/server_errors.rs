//! Responses and errors that say by their status whether the server failed.

use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_ui_tests::run;

pub struct Response(u16);

impl Response {
    fn status(&self) -> u16 {
        self.0
    }
}

#[derive(Debug)]
pub enum Failure {
    Status(u16),
    NotPermitted(CallNotPermitted),
}

impl From<CallNotPermitted> for Failure {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

impl Failure {
    fn status(&self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(*status),
            Self::NotPermitted(_) => None,
        }
    }
}

#[circuit_breaker(track = server_errors, handle = FETCH)]
fn fetch(status: u16) -> std::io::Result<Response> {
    Ok(Response(status))
}

#[circuit_breaker(track = server_errors, handle = LOAD)]
async fn load(status: u16) -> Result<Response, Failure> {
    if status == 200 { Ok(Response(status)) } else { Err(Failure::Status(status)) }
}

#[circuit_breaker(track = "server_errors | matches(Failure::Status(429))", handle = STORE)]
fn store(status: u16) -> Result<(), Failure> {
    if status == 200 { Ok(()) } else { Err(Failure::Status(status)) }
}

#[circuit_breaker(success = !server_errors)]
fn boxed(status: u16) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    Ok(Response(status))
}

#[circuit_breaker(track = server_errors, fallback = |_| Ok(Response(203)))]
fn with_fallback(response: Response) -> Result<Response, Failure> {
    Ok(response)
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    for status in [200, 404, 500] {
        assert_eq!(fetch(status).unwrap().status(), status);
        let _ = (run(load(status)), store(status), boxed(status), with_fallback(Response(status)));
    }
    let _ = store(429);
    assert_eq!((FETCH.metrics().failures(), FETCH.metrics().total()), (1, 3));
    assert_eq!((LOAD.metrics().failures(), LOAD.metrics().total()), (1, 3));
    assert_eq!((STORE.metrics().failures(), STORE.metrics().total()), (2, 4));
}
