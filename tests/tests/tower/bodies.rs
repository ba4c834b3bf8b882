//! HTTP: statuses, and bodies as part of a call.

use std::collections::VecDeque;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use fluxgate::tower::{CircuitBreakerLayer, GuardedBody};
use fluxgate::{CircuitBreaker, Error, OnCancel, Outcome, State, trip};
use fluxgate_tests::fixture::{Fixture, seconds};
use fluxgate_tests::futures::now;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tower::{Layer as _, Service};

use crate::probe::{Failed, call};

/// What a body does, one step for each poll. After the last step it has ended; it may announce that in advance.
#[derive(Clone)]
pub(crate) enum Step {
    Data,
    Trailers(HeaderMap),
    Waits,
    Fails,
    Panics,
}

pub(crate) struct Script {
    steps: VecDeque<Step>,
    /// Whether it knows after its last frame that it has ended.
    tells_its_end: bool,
}

impl Script {
    pub(crate) fn of(steps: &[Step]) -> Self {
        Self { steps: steps.iter().cloned().collect(), tells_its_end: false }
    }

    /// A body of a known length.
    pub(crate) fn that_tells_its_end(self) -> Self {
        Self { tells_its_end: true, ..self }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = Failed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failed>>> {
        match self.steps.pop_front() {
            Some(Step::Data) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"data"))))),
            Some(Step::Trailers(trailers)) => Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
            Some(Step::Waits) => Poll::Pending,
            Some(Step::Fails) => Poll::Ready(Some(Err(Failed))),
            Some(Step::Panics) => panic!("on purpose"),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.tells_its_end && self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(4 * self.steps.len() as u64)
    }
}

/// Polls a body until it has ended or waits.
pub(crate) fn read<B: Body + Unpin>(body: &mut B) {
    while let Poll::Ready(Some(Ok(_))) = poll(body) {}
}

type Polled<B> = Poll<Option<Result<Frame<<B as Body>::Data>, <B as Body>::Error>>>;

fn poll<B: Body + Unpin>(body: &mut B) -> Polled<B> {
    Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()))
}

/// A service that responds with its request: a status and a body.
pub(crate) fn echo()
-> impl Service<Request<(StatusCode, Script)>, Response = Response<Script>, Error = Failed> + Clone {
    tower::service_fn(|request: Request<(StatusCode, Script)>| {
        let (status, body) = request.into_body();
        let mut response = Response::new(body);
        *response.status_mut() = status;
        ready(Ok(response))
    })
}

/// A response through a layer that follows bodies to their end if the path is `/download`.
fn respond(breaker: &CircuitBreaker, path: &str, status: u16, body: Script) -> Response<GuardedBody<Script>> {
    let layer = CircuitBreakerLayer::http(breaker.clone())
        .through_body(|request: &Request<(StatusCode, Script)>| request.uri().path() == "/download");
    let status = StatusCode::from_u16(status).expect("a status");
    let request = Request::get(path).body((status, body)).expect("a request");
    now(call(&mut layer.layer(echo()), request)).expect("admitted")
}

fn download(breaker: &CircuitBreaker, steps: &[Step]) -> GuardedBody<Script> {
    respond(breaker, "/download", 200, Script::of(steps)).into_body()
}

#[test]
fn a_response_with_a_5xx_status_is_a_failure() {
    let fixture = Fixture::new(|builder| builder);
    let mut service = CircuitBreakerLayer::http(fixture.breaker.clone()).layer(echo());
    for (status, counts) in [(200, (1, 0)), (404, (2, 0)), (429, (3, 0)), (500, (4, 1)), (599, (5, 2))] {
        let status = StatusCode::from_u16(status).expect("a status");
        let request = Request::new((status, Script::of(&[])));
        assert_eq!(now(call(&mut service, request)).expect("admitted").status(), status);
        assert_eq!(fixture.counts(), counts, "{status}");
    }
    let failing = tower::service_fn(|_: Request<()>| ready(Err::<Response<()>, _>(Failed)));
    let mut service = CircuitBreakerLayer::http(fixture.breaker.clone()).layer(failing);
    assert_eq!(now(call(&mut service, Request::new(()))).expect_err("as asked for"), Error::Inner(Failed));
    assert_eq!(fixture.counts(), (6, 3));
}

#[test]
fn bodies_are_followed_only_for_selected_requests() {
    let fixture = Fixture::new(|builder| builder);
    let body = respond(&fixture.breaker, "/", 200, Script::of(&[Step::Data, Step::Fails])).into_body();
    assert_eq!(fixture.counts(), (1, 0));
    let mut body = (body, download(&fixture.breaker, &[Step::Data, Step::Fails]));
    assert_eq!(fixture.counts(), (1, 0));
    read(&mut body.0);
    assert_eq!(fixture.counts(), (1, 0));
    read(&mut body.1);
    assert_eq!(fixture.counts(), (2, 1));
}

#[test]
fn a_body_succeeds_or_fails_and_is_otherwise_unchanged() {
    let trailers = HeaderMap::from_iter([(http::header::ETAG, http::HeaderValue::from_static("x"))]);
    for (steps, failures) in [
        (vec![], 0),
        (vec![Step::Data, Step::Data], 0),
        (vec![Step::Data, Step::Trailers(trailers)], 0),
        (vec![Step::Fails], 1),
        (vec![Step::Data, Step::Fails], 1),
    ] {
        let fixture = Fixture::new(|builder| builder);
        let mut body = download(&fixture.breaker, &steps);
        assert_eq!(body.size_hint().exact(), Some(4 * steps.len() as u64));
        assert_eq!(fixture.counts(), (0, 0));
        let mut bare = Script::of(&steps);
        loop {
            let (guarded, bare) = (poll(&mut body), poll(&mut bare));
            assert_eq!(format!("{guarded:?}"), format!("{bare:?}"));
            if !matches!(bare, Poll::Ready(Some(Ok(_)))) {
                break;
            }
        }
        assert_eq!(fixture.counts(), (1, failures));
        drop(body);
        assert_eq!(fixture.counts(), (1, failures));
    }
}

/// The reader of a body of known length stops once it has everything, and drops the body.
#[test]
fn a_body_that_announces_its_end_has_ended_then() {
    let fixture = Fixture::new(|builder| builder);
    let respond = |steps: &[Step]| {
        respond(&fixture.breaker, "/download", 200, Script::of(steps).that_tells_its_end()).into_body()
    };
    assert!(respond(&[]).is_end_stream());
    assert_eq!(fixture.counts(), (1, 0), "the body is empty");
    let mut body = respond(&[Step::Data]);
    assert!(poll(&mut body).is_ready() && body.is_end_stream());
    drop(body);
    assert_eq!((fixture.counts(), fixture.breaker.snapshot().totals.cancelled), ((2, 0), 0));
}

#[test]
fn a_failure_status_counts_at_once() {
    let fixture = Fixture::new(|builder| builder);
    let mut body = respond(&fixture.breaker, "/download", 503, Script::of(&[Step::Data])).into_body();
    assert_eq!(fixture.counts(), (1, 1));
    read(&mut body);
    assert_eq!(fixture.counts(), (1, 1));
}

#[test]
fn a_body_that_is_dropped_early_is_a_cancelled_call() {
    for (on_cancel, counts) in [
        (OnCancel::from(Outcome::Ignored), (0, 0)),
        (OnCancel::from(Outcome::Failure), (1, 1)),
        (OnCancel::FailureAfter(seconds(5)), (1, 1)),
        (OnCancel::FailureAfter(seconds(6)), (0, 0)),
    ] {
        let fixture = Fixture::new(|builder| builder.on_cancel(on_cancel));
        let mut body = download(&fixture.breaker, &[Step::Data, Step::Waits]);
        read(&mut body);
        fixture.advance(seconds(5));
        drop(body);
        assert_eq!((fixture.counts(), fixture.breaker.snapshot().totals.cancelled), (counts, 1));
    }
}

#[test]
fn a_body_that_panics_is_a_failure_once() {
    let fixture = Fixture::new(|builder| builder);
    let mut body = download(&fixture.breaker, &[Step::Data, Step::Panics]);
    catch_unwind(AssertUnwindSafe(|| read(&mut body))).expect_err("as asked for");
    drop(body);
    assert_eq!((fixture.counts(), fixture.breaker.snapshot().totals.panicked), ((1, 1), 1));
}

#[test]
fn a_call_lasts_as_long_as_its_body() {
    let fixture = Fixture::with_rule(trip::min(1) & trip::avg_latency(seconds(9)));
    let mut body = download(&fixture.breaker, &[Step::Data, Step::Waits]);
    read(&mut body);
    fixture.advance(seconds(4));
    read(&mut body);
    assert_eq!(fixture.breaker.metrics().avg_latency(), Some(seconds(4)));
}

/// A body that never ends is a hung probe.
#[test]
fn a_body_holds_its_slot_until_it_ends() {
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1).half_open_timeout(seconds(5)));
    fixture.before_trial();
    let mut body = download(&fixture.breaker, &[Step::Data, Step::Waits, Step::Data]);
    read(&mut body);
    fixture.refusal();
    read(&mut body);
    assert_eq!(fixture.counts(), (1, 0));
    let mut hung = download(&fixture.breaker, &[Step::Data, Step::Waits]);
    read(&mut hung);
    fixture.advance(seconds(5));
    fixture.refusal();
    assert_eq!(fixture.state(), State::Open);
}

#[test]
fn a_body_taken_out_is_no_longer_guarded() {
    let fixture = Fixture::new(|builder| builder);
    let mut bare = download(&fixture.breaker, &[Step::Data]).into_inner();
    read(&mut bare);
    assert_eq!((fixture.counts(), fixture.breaker.snapshot().totals.cancelled), ((0, 0), 1));
}

#[test]
fn a_refusal_can_be_a_response_of_the_service_within() {
    let fixture = Fixture::new(|builder| builder);
    fixture.breaker.force_open();
    let layer = CircuitBreakerLayer::http(fixture.breaker.clone())
        .through_body(|_: &Request<(StatusCode, Script)>| true)
        .rejected(|_| {
            let mut response = Response::new(Script::of(&[Step::Data]));
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            Ok(response)
        });
    let request = Request::new((StatusCode::OK, Script::of(&[])));
    let response = now(call(&mut layer.layer(echo()), request)).expect("a response");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    read(&mut response.into_body());
    assert_eq!(fixture.breaker.snapshot().totals.failures, 0);
}
