//! The layer around clients over a socket: hyper and reqwest.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use bytes::Bytes;
use fluxgate::tower::CircuitBreakerLayer;
use fluxgate::{Error, Outcome, State, trip};
use fluxgate_tests::fixture::{Fixture, seconds};
use http_body_util::{BodyExt as _, StreamBody};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tower::{Layer as _, Service, ServiceExt as _};

use crate::axum::serve;

async fn server() -> SocketAddr {
    let status = async |Path(code): Path<u16>| StatusCode::from_u16(code).expect("a status");
    serve(Router::new().route("/{code}", get(status))).await
}

/// An address on which nobody listens.
async fn nowhere() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.and_then(|listener| listener.local_addr()).expect("a free port")
}

fn request(address: SocketAddr, path: &str) -> Request<Body> {
    Request::get(format!("http://{address}{path}")).body(Body::empty()).expect("a request")
}

fn hyper() -> impl Service<
    Request<Body>,
    Response = http::Response<hyper::Incoming>,
    Error = hyper_util::client::legacy::Error,
    Future: Send,
> + Clone {
    Client::builder(TokioExecutor::new()).build_http()
}

/// The type of the bodies that hyper receives; only this test has to name it.
mod hyper {
    pub(crate) type Incoming = <hyper_util::client::legacy::ResponseFuture as Responds>::Body;

    pub(crate) trait Responds {
        type Body;
    }

    impl<B, E, F: Future<Output = Result<http::Response<B>, E>>> Responds for F {
        type Body = B;
    }
}

#[tokio::test]
async fn a_5xx_or_a_transport_error_of_hyper_is_a_failure() {
    let (server, nowhere) = (server().await, nowhere().await);
    let fixture = Fixture::with_rule(trip::failures(4));
    let mut client = CircuitBreakerLayer::http(fixture.breaker.clone()).layer(hyper());
    for path in ["/200", "/404", "/500", "/503"] {
        client.ready().await.expect("ready").call(request(server, path)).await.expect("a response");
    }
    assert_eq!(fixture.counts(), (4, 2));
    for _ in 0..2 {
        let failed = client.ready().await.expect("ready").call(request(nowhere, "/")).await;
        assert!(matches!(failed, Err(Error::Inner(error)) if error.is_connect()));
    }
    assert_eq!(fixture.state(), State::Open);
    let refused = client.ready().await.expect("ready").call(request(server, "/200")).await;
    assert!(matches!(refused, Err(Error::NotPermitted(_))));
}

type Frames = mpsc::Sender<Result<http_body::Frame<Bytes>, std::io::Error>>;

/// A server whose only response has a body of unknown length, which the test sends.
async fn streaming() -> (SocketAddr, Frames) {
    let (frames, mut receiver) = mpsc::channel(1);
    let body = StreamBody::new(futures_stream(move |context| receiver.poll_recv(context)));
    let body = std::sync::Mutex::new(Some(Body::new(body)));
    let body = std::sync::Arc::new(body);
    let app = Router::new().route(
        "/",
        get(move || {
            let body = body.lock().expect("no handler panics").take().expect("there is one request");
            async { body }
        }),
    );
    (serve(app).await, frames)
}

use streams::futures_stream;

/// A stream made from a closure; the standard library has none.
mod streams {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    pub(crate) struct Polled<F>(F);

    pub(crate) fn futures_stream<T, F: FnMut(&mut Context<'_>) -> Poll<Option<T>>>(poll: F) -> Polled<F> {
        Polled(poll)
    }

    impl<T, F: FnMut(&mut Context<'_>) -> Poll<Option<T>> + Unpin> futures_core::Stream for Polled<F> {
        type Item = T;

        fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
            (self.0)(context)
        }
    }
}

#[tokio::test]
async fn an_aborted_download_fails_and_a_complete_one_succeeds() {
    for (breaks, counts) in [(false, (1, 0)), (true, (1, 1))] {
        let (server, frames) = streaming().await;
        let fixture = Fixture::new(|builder| builder);
        let layer = CircuitBreakerLayer::http(fixture.breaker.clone()).through_body(|_: &Request<Body>| true);
        let mut client = layer.layer(hyper());
        let response =
            client.ready().await.expect("ready").call(request(server, "/")).await.expect("a response");
        let mut body = response.into_body();
        frames.send(Ok(http_body::Frame::data(Bytes::from_static(b"some")))).await.expect("somebody reads");
        assert!(body.frame().await.is_some_and(|frame| frame.is_ok()));
        assert_eq!(fixture.counts(), (0, 0), "there may be more");
        if breaks {
            frames.send(Err(std::io::Error::other("the disk is gone"))).await.expect("somebody reads");
        }
        drop(frames);
        assert_eq!(body.collect().await.is_err(), breaks);
        assert_eq!(fixture.counts(), counts);
    }
}

#[tokio::test]
async fn a_hanging_download_holds_its_slot_until_it_is_dropped() {
    let (server, frames) = streaming().await;
    let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
    fixture.before_trial();
    let layer = CircuitBreakerLayer::http(fixture.breaker.clone()).through_body(|_: &Request<Body>| true);
    let mut client = layer.layer(hyper());
    let response = client.ready().await.expect("ready").call(request(server, "/")).await.expect("a response");
    frames.send(Ok(http_body::Frame::data(Bytes::from_static(b"some")))).await.expect("somebody reads");
    let mut body = response.into_body();
    assert!(body.frame().await.is_some_and(|frame| frame.is_ok()));
    fixture.refusal();
    drop(body);
    assert_eq!((fixture.state(), fixture.counts()), (State::HalfOpen, (0, 0)));
    fixture.call(Outcome::Success, seconds(0)).expect("the slot is free");
}

/// reqwest has its own response type, so a closure classifies it.
#[tokio::test]
async fn a_closure_classifies_responses_of_reqwest() {
    let (server, nowhere) = (server().await, nowhere().await);
    let fixture = Fixture::with_rule(trip::failures(2));
    let classify = |result: &Result<reqwest::Response, reqwest::Error>| match result {
        Ok(response) if !response.status().is_server_error() => Outcome::Success,
        Err(error) if error.is_builder() => Outcome::Ignored,
        _ => Outcome::Failure,
    };
    let layer = CircuitBreakerLayer::new(fixture.breaker.clone()).classify(classify);
    let client = reqwest::Client::new();
    let mut guarded = layer.layer(client.clone());
    let get = |address: SocketAddr, path: &str| {
        client.get(format!("http://{address}{path}")).build().expect("valid")
    };
    for (request, counts) in
        [(get(server, "/404"), (1, 0)), (get(server, "/500"), (2, 1)), (get(nowhere, "/"), (3, 2))]
    {
        let _ = guarded.ready().await.expect("ready").call(request).await;
        assert_eq!(fixture.counts(), counts);
    }
    let refused = guarded.ready().await.expect("ready").call(get(server, "/200")).await;
    assert!(matches!(refused, Err(Error::NotPermitted(_))));
}
