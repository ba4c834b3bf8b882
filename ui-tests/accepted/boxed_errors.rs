//! Errors in boxes of every kind.

use std::error::Error;

use fluxgate::circuit_breaker;

type Boxed<T> = Result<T, Box<dyn Error>>;

#[circuit_breaker(handle = LOCAL)]
fn local() -> Boxed<u32> {
    Ok("1".parse()?)
}

#[circuit_breaker(handle = SENT)]
fn sent() -> Result<u32, Box<dyn Error + Send>> {
    Ok(2)
}

#[circuit_breaker(track = type_of(std::num::ParseIntError), handle = SHARED)]
fn shared(text: &str) -> Result<u32, Box<dyn Error + Send + Sync>> {
    Ok(text.parse()?)
}

pub fn main() {
    assert_eq!((local().unwrap(), sent().unwrap(), shared("3").unwrap()), (1, 2, 3));
    assert!(shared("x").is_err());
    assert_eq!(SHARED.metrics().failures(), 1);
    for breaker in [&LOCAL, &SENT, &SHARED] {
        breaker.force_open();
    }
    assert!(local().is_err() && sent().is_err() && shared("3").is_err());
}
