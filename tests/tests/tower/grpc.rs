//! gRPC: a status in the headers or in the trailers decides.

use std::future::ready;

use fluxgate::tower::{CircuitBreakerLayer, GuardedBody};
use fluxgate::{CircuitBreaker, State};
use fluxgate_tests::fixture::Fixture;
use fluxgate_tests::futures::now;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use tower::Layer as _;

use crate::bodies::{Script, Step, read};
use crate::probe::{Failed, call};

fn status(code: &str) -> HeaderMap {
    let code = HeaderValue::from_str(code).expect("visible");
    HeaderMap::from_iter([(HeaderName::from_static("grpc-status"), code)])
}

fn respond(breaker: &CircuitBreaker, http: u16, headers: &HeaderMap, steps: &[Step]) -> GuardedBody<Script> {
    let (headers, steps) = (headers.clone(), steps.to_vec());
    let service = tower::service_fn(move |_: Request<()>| {
        let mut response = Response::new(Script::of(&steps));
        *response.status_mut() = StatusCode::from_u16(http).expect("a status");
        *response.headers_mut() = headers.clone();
        ready(Ok::<_, Failed>(response))
    });
    let mut service = CircuitBreakerLayer::grpc(breaker.clone()).layer(service);
    now(call(&mut service, Request::new(()))).expect("admitted").into_body()
}

/// Some servers and clients report a time-out as CANCELLED; a caller that gives up gets no status at all.
const FAILURES: [i32; 7] = [1, 2, 4, 12, 13, 14, 15];

#[test]
fn the_status_in_the_trailers_decides_when_it_arrives() {
    for code in 0..=17 {
        let fixture = Fixture::new(|builder| builder);
        let steps = [Step::Data, Step::Data, Step::Waits, Step::Trailers(status(&code.to_string()))];
        let mut body = respond(&fixture.breaker, 200, &HeaderMap::new(), &steps);
        read(&mut body);
        assert_eq!(fixture.counts(), (0, 0), "it has not come");
        read(&mut body);
        let fails = FAILURES.contains(&code) || code > 16;
        assert_eq!(fixture.counts(), (1, u64::from(fails)), "{code}");
    }
}

#[test]
fn a_status_in_the_headers_decides_at_once() {
    for (code, failures) in [("0", 0), ("5", 0), ("14", 1), ("", 1), ("fourteen", 1)] {
        let fixture = Fixture::new(|builder| builder);
        let _body = respond(&fixture.breaker, 200, &status(code), &[Step::Waits]);
        assert_eq!(fixture.counts(), (1, failures), "{code}");
    }
}

#[test]
fn a_response_without_a_status_is_a_failure_however_it_ends() {
    for steps in
        [vec![], vec![Step::Data], vec![Step::Trailers(HeaderMap::new())], vec![Step::Data, Step::Fails]]
    {
        let fixture = Fixture::new(|builder| builder);
        read(&mut respond(&fixture.breaker, 200, &HeaderMap::new(), &steps));
        assert_eq!(fixture.counts(), (1, 1));
    }
}

/// From a proxy, say: the server was not reached, or wants credentials.
#[test]
fn a_response_that_is_not_grpc_counts_by_its_http_status() {
    for (http, failures) in [(401, 0), (403, 0), (400, 1), (404, 1), (429, 1), (500, 1), (502, 1), (503, 1)] {
        let fixture = Fixture::new(|builder| builder);
        let _body = respond(&fixture.breaker, http, &HeaderMap::new(), &[Step::Data]);
        assert_eq!(fixture.counts(), (1, failures), "{http}");
    }
}

#[test]
fn a_call_dropped_before_its_status_is_cancelled() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    fixture.before_trial();
    let body = respond(&fixture.breaker, 200, &HeaderMap::new(), &[Step::Data]);
    fixture.refusal();
    drop(body);
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (0, 0)));
    fixture.call(fluxgate::Outcome::Success, std::time::Duration::ZERO).expect("the slot is free");
}

#[test]
fn a_transport_error_is_a_failure() {
    let fixture = Fixture::new(|builder| builder);
    let service = tower::service_fn(|_: Request<()>| ready(Err::<Response<Script>, _>(Failed)));
    let mut service = CircuitBreakerLayer::grpc(fixture.breaker.clone()).layer(service);
    assert!(now(call(&mut service, Request::new(()))).is_err());
    assert_eq!(fixture.counts(), (1, 1));
}
