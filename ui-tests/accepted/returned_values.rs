//! Returned values.

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

#[circuit_breaker(track = returned(None), rejected = |_| None)]
fn option(some: bool) -> Option<u32> {
    some.then_some(1)
}

#[circuit_breaker(track = returned(()), rejected = |_| ())]
fn nothing() {}

#[circuit_breaker(track = !returned(200..=299), rejected = |refusal| if refusal.retry_after().is_some() { 503 } else { 500 })]
async fn status() -> u16 {
    200
}

#[circuit_breaker(track = returned(_ if false), rejected = |_| (0..0).into_iter())]
fn opaque() -> impl Iterator<Item = u32> {
    0..3
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    assert_eq!(option(true), Some(1));
    nothing();
    assert_eq!(run(status()), 200);
    assert_eq!(opaque().count(), 3);
}
