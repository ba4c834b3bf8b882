//! Bytes in a pattern match whoever owns them.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(track = ok(b"ERR"), handle = VECTOR)]
fn vector(answer: &[u8]) -> Result<Vec<u8>, CallNotPermitted> {
    Ok(answer.to_vec())
}

#[circuit_breaker(track = ok(b"ERR" | b"BUSY"), handle = SLICE)]
fn slice(answer: &[u8]) -> Result<&[u8], CallNotPermitted> {
    Ok(answer)
}

#[circuit_breaker(track = returned(b"ERR"), rejected = |_| *b"ERR", handle = ARRAY)]
fn array(answer: [u8; 3]) -> [u8; 3] {
    answer
}

pub fn main() {
    for answer in [*b"ERR", *b"yes"] {
        assert!(vector(&answer).is_ok() && slice(&answer).is_ok());
        assert_eq!(array(answer), answer);
    }
    for breaker in [&VECTOR, &SLICE, &ARRAY] {
        assert_eq!((breaker.metrics().failures(), breaker.metrics().total()), (1, 2));
    }
}
