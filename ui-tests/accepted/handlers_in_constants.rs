//! A handler may be whatever can be called: a constant, a field of one, a function that is returned.

use fluxgate::{CallNotPermitted, circuit_breaker};

type Reply = Result<u32, String>;

const REFUSED: fn(CallNotPermitted) -> Reply = |_| Ok(1);

struct Handlers {
    failed: fn(String) -> Reply,
}

const HANDLERS: Handlers = Handlers { failed: |error| error.parse().map_err(|_| error) };

fn handler(number: u32) -> impl Fn(String) -> Reply {
    move |_| Ok(number)
}

#[circuit_breaker(rejected = REFUSED, handle = FIRST)]
fn first() -> Reply {
    Ok(2)
}

#[circuit_breaker(rejected = REFUSED, fallback = HANDLERS.failed)]
fn second(text: &str) -> Reply {
    Err(text.to_owned())
}

#[circuit_breaker(rejected = REFUSED, fallback = handler(number))]
fn third(number: u32) -> Reply {
    Err(number.to_string())
}

pub fn main() {
    assert_eq!((first(), second("3"), second("x"), third(4)), (Ok(2), Ok(3), Err("x".to_owned()), Ok(4)));
    FIRST.force_open();
    assert_eq!(first(), Ok(1));
}
