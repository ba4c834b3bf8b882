//! Comments, in a string as in Rust.

use fluxgate::circuit_breaker;

#[circuit_breaker(trip = "
    // A service that answers is judged by the share of its failures,
    closed & min(10) & failure_rate(0.5)
    /* and one that comes back /* after an outage */ by a single call. */
    | half_open & failures(1) // One is enough.
")]
fn in_a_string() -> std::io::Result<u32> {
    Ok(1)
}

#[circuit_breaker(
    // As above.
    trip = closed & min(10) & failure_rate(0.5) /* or */ | half_open & failures(1),
)]
fn bare() -> std::io::Result<u32> {
    Ok(2)
}

pub fn main() {
    let _clock = fluxgate::testing::isolate();
    assert_eq!(in_a_string().ok(), Some(1));
    assert_eq!(bare().ok(), Some(2));
}
