//! Calls through a key's breaker.

use std::collections::HashMap;
use std::hint::black_box;

use fluxgate::{CircuitBreaker, Error, Keyed, circuit_breaker};

use super::{Answer, Case, calls, case, rate};
use crate::work::{Failure, work};

pub const CASES: [Case; 3] = [
    case("bare call, looked up in a `HashMap`", |times| {
        let host = host();
        let hosts = HashMap::from([(host.to_owned(), work as fn(u64) -> Answer)]);
        calls(times, |input| bare(&hosts, black_box(host), input))
    })
    .bare(),
    case("attribute with `key`, healthy", |times| {
        let host = host();
        calls(times, |input| attribute(black_box(host), input))
    })
    .over("bare call, looked up in a `HashMap`")
    .healthy(),
    case("`Keyed::get`, healthy", |times| {
        let host = host();
        let hosts = CircuitBreaker::builder("hosts").trip(rate()).keyed().build().expect("valid");
        calls(times, |input| built(&hosts, black_box(host), input))
    })
    .over("bare call, looked up in a `HashMap`")
    .healthy(),
];

/// At the start of a page, since libc compares texts near the end of one with more instructions.
#[repr(align(4096))]
struct Page([u8; 13]);

static HOST: Page = Page(*b"a.example.org");

fn host() -> &'static str {
    std::str::from_utf8(&HOST.0).expect("ASCII")
}

#[inline(never)]
pub fn bare(hosts: &HashMap<String, fn(u64) -> Answer>, host: &str, input: u64) -> Answer {
    hosts[host](input)
}

#[inline(never)]
#[circuit_breaker(key = host, window = count(100), trip = min(10) & failure_rate(0.5))]
pub fn attribute(host: &str, input: u64) -> Answer {
    work(input)
}

#[inline(never)]
pub fn built(hosts: &Keyed<String>, host: &str, input: u64) -> Result<u64, Error<Failure>> {
    hosts.get(host).call(|| work(input))
}
