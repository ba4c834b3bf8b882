//! Adapting other crates' classifiers with a closure. The traits of `tower_http` are copied here, to avoid the dependency.

use std::fmt::Display;
use std::future::ready;
use std::ops::RangeInclusive;

use fluxgate::tower::CircuitBreakerLayer;
use fluxgate::{Outcome, State, trip};
use fluxgate_tests::fixture::{Fixture, seconds};
use fluxgate_tests::futures::now;
use http::{Request, Response};
use tower::Layer as _;

use crate::probe::{Failed, call};

/// Like `tower_http::classify`: called once, with a response or an error.
trait ClassifyResponse {
    type FailureClass;
    type ClassifyEos;

    fn classify_response<B>(
        self,
        response: &Response<B>,
    ) -> ClassifiedResponse<Self::FailureClass, Self::ClassifyEos>;

    fn classify_error<E: Display + 'static>(self, error: &E) -> Self::FailureClass;
}

enum ClassifiedResponse<FailureClass, ClassifyEos> {
    Ready(Result<(), FailureClass>),
    /// The end of the stream decides.
    RequiresEos(ClassifyEos),
}

/// Like `StatusInRangeAsFailures`, whose failure class tells whether it is a server error.
#[derive(Clone)]
struct StatusInRange(RangeInclusive<u16>);

enum Class {
    Status(u16),
    Error(String),
}

impl ClassifyResponse for StatusInRange {
    type FailureClass = Class;
    type ClassifyEos = ();

    fn classify_response<B>(self, response: &Response<B>) -> ClassifiedResponse<Class, ()> {
        let status = response.status().as_u16();
        if status == 206 {
            return ClassifiedResponse::RequiresEos(());
        }
        ClassifiedResponse::Ready(if self.0.contains(&status) { Err(Class::Status(status)) } else { Ok(()) })
    }

    fn classify_error<E: Display + 'static>(self, error: &E) -> Class {
        Class::Error(error.to_string())
    }
}

/// The closure that adapts any of them. The program decides what a failure class means.
fn adapted<C, B, E>(
    classifier: C,
    failure: impl Fn(C::FailureClass) -> Outcome + Clone,
) -> impl Fn(&Result<Response<B>, E>) -> Outcome + Clone
where
    C: ClassifyResponse + Clone,
    E: Display + 'static,
{
    move |result| match result {
        Ok(response) => match classifier.clone().classify_response(response) {
            ClassifiedResponse::Ready(Ok(())) | ClassifiedResponse::RequiresEos(_) => Outcome::Success,
            ClassifiedResponse::Ready(Err(class)) => failure(class),
        },
        Err(error) => failure(classifier.clone().classify_error(error)),
    }
}

#[test]
fn a_classifier_of_tower_http_is_adapted_by_a_closure() {
    let fixture = Fixture::new(|builder| builder);
    let service = tower::service_fn(|status: Request<u16>| {
        ready(match *status.body() {
            0 => Err(Failed),
            status => Ok(Response::builder().status(status).body(()).expect("a status")),
        })
    });
    let failure = |class| match class {
        Class::Status(429) => Outcome::Ignored,
        Class::Status(_) => Outcome::Failure,
        Class::Error(error) => {
            assert_eq!(error, Failed.to_string());
            Outcome::Failure
        }
    };
    let layer = CircuitBreakerLayer::new(fixture.breaker.clone())
        .classify(adapted(StatusInRange(400..=599), failure));
    let mut service = layer.layer(service);
    for (status, counts) in
        [(200, (1, 0)), (404, (2, 1)), (429, (2, 1)), (503, (3, 2)), (206, (4, 2)), (0, (5, 3))]
    {
        let result = now(call(&mut service, Request::new(status)));
        assert_eq!(result.is_ok(), status != 0, "the service's result is unchanged");
        assert_eq!(fixture.counts(), counts, "{status}");
    }
}

/// The server is left alone for as long as its `Retry-After` asks.
#[test]
fn the_tripping_response_sets_the_pause() {
    let answer = |status: u16| async move {
        Ok::<_, Failed>(
            Response::builder()
                .status(status)
                .header("retry-after", "300")
                .body(String::new())
                .expect("valid"),
        )
    };
    let pause = |fixture: &Fixture| fixture.breaker.snapshot().retry_after;
    let asked = seconds(300)..=seconds(330);

    let fixture = Fixture::with_rule(trip::failures(1));
    let layer = CircuitBreakerLayer::http(fixture.breaker.clone());
    let mut service = layer.layer(tower::service_fn(answer));
    now(call(&mut service, 404)).expect("no failure, whatever it asks for");
    assert_eq!(fixture.state(), State::Closed);
    now(call(&mut service, 503)).expect("a response");
    assert!(pause(&fixture).is_some_and(|pause| asked.contains(&pause)));

    let fixture = Fixture::with_rule(trip::failures(1));
    let layer = CircuitBreakerLayer::http(fixture.breaker.clone()).through_body(|_: &u16| true);
    let mut service = layer.layer(tower::service_fn(answer));
    now(call(&mut service, 500)).expect("a response");
    assert!(pause(&fixture).is_some_and(|pause| asked.contains(&pause)));
}
