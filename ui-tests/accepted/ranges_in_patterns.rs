//! Patterns as `match` has them: ranges, bindings, alternatives, guards, references.

use fluxgate::circuit_breaker;

#[derive(Debug)]
struct Response {
    status: u16,
}

type Reply = Result<Response, fluxgate::Error<String>>;

#[circuit_breaker(track = all | ok(Response { status: 500..=599, .. }), handle = BY_RANGE)]
fn by_range(status: u16) -> Reply {
    Ok(Response { status })
}

#[circuit_breaker(track = ok(Response { status } if *status >= 500), ignore = ok(Response { status: 304 }), handle = BY_GUARD)]
fn by_guard(status: u16) -> Reply {
    Ok(Response { status })
}

#[circuit_breaker(track = ok(Response { status: status @ (500 | 502 | 504) } if *status != 500), handle = BOUND)]
fn bound(status: u16) -> Reply {
    Ok(Response { status })
}

pub fn main() {
    for status in [200, 304, 404, 500, 502, 503] {
        let calls = vec![by_range(status), by_guard(status), bound(status)];
        assert!(calls.into_iter().all(|reply| reply.is_ok_and(|response| response.status == status)));
    }
    let counts = [&BY_RANGE, &BY_GUARD, &BOUND]
        .map(|breaker| (breaker.metrics().total(), breaker.metrics().failures()));
    assert_eq!(counts, [(6, 3), (5, 3), (6, 1)]);
}
