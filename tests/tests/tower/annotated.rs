//! Annotated functions that return a `Status`, in a tonic client and a tonic server over a socket.
#![allow(clippy::result_large_err, reason = "a function of tonic returns a `Status`")]

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, State, circuit_breaker};
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::transport::Channel;
use tonic::{Code, Response, Status};
use tower::Service;

use crate::tonic::{Text, answer, channel, connect, get, listener, serve};

#[circuit_breaker(
    trip = failure_streak(3),
    track = server_errors,
    retry = cooldown(1500ms),
    permit = all,
    handle = CLIENT,
)]
async fn price(channel: &Channel, code: Code) -> Result<String, Status> {
    get(channel, code).await
}

#[tokio::test]
async fn a_client_counts_the_statuses_that_a_server_sends() {
    let clock = isolate();
    let channel = channel().await;
    let seen = |expected: (u64, u64)| {
        assert_eq!((CLIENT.metrics().failures(), CLIENT.metrics().total()), expected);
    };
    for (code, counts) in [(Code::NotFound, (0, 1)), (Code::Internal, (1, 2)), (Code::OutOfRange, (1, 3))] {
        assert_eq!(price(&channel, code).await.expect_err("as asked for").code(), code);
        seen(counts);
    }
    assert_eq!(price(&channel, Code::Ok).await.expect("as asked for"), "7");
    seen((1, 4));
    for _ in 0..3 {
        price(&channel, Code::Unavailable).await.expect_err("as asked for");
    }
    assert_eq!(CLIENT.state(), State::Open);
    refused(&price(&channel, Code::Ok).await.expect_err("open"));

    clock.advance(Duration::from_millis(1500));
    assert_eq!(price(&channel, Code::Ok).await.expect("it tries again"), "7");
}

/// A missing server sends no status, and tonic reports `UNAVAILABLE`.
#[tokio::test]
async fn a_missing_server_opens_the_breaker() {
    let _clock = isolate();
    let channel = connect(listener().await.1);
    for _ in 0..3 {
        assert_eq!(price(&channel, Code::Ok).await.expect_err("nobody listens").code(), Code::Unavailable);
    }
    refused(&price(&channel, Code::Ok).await.expect_err("open"));
}

/// A refusal on this side of the socket names the breaker.
#[track_caller]
fn refused(status: &Status) {
    let source = std::error::Error::source(status).expect("the refusal");
    let refusal: &CallNotPermitted = source.downcast_ref().expect("the refusal");
    assert_eq!((status.code(), refusal.state()), (Code::Unavailable, State::Open));
    assert_eq!(status.metadata().get("grpc-retry-pushback-ms").expect("when to try again"), "1500");
}

/// A server that queries a database. Its breaker is none of its clients' business, but they learn when to retry.
#[circuit_breaker(
    name = "secret database",
    trip = failure_streak(2),
    track = server_errors,
    retry = cooldown(1500ms),
    permit = all,
    handle = DATABASE,
)]
async fn look_up(request: tonic::Request<String>) -> Result<Response<String>, Status> {
    answer(&request).map(|()| Response::new("7".to_owned()))
}

#[derive(Clone)]
struct Server;

impl NamedService for Server {
    const NAME: &'static str = "prices";
}

impl Service<http::Request<Body>> for Server {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async { Ok(Grpc::new(Text).unary(tower::service_fn(look_up), request).await) })
    }
}

#[tokio::test]
async fn a_server_refuses_with_a_status_that_says_when_to_retry() {
    let clock = isolate();
    let channel = serve(Server).await;
    for code in [Code::NotFound, Code::Internal, Code::DataLoss] {
        assert_eq!(get(&channel, code).await.expect_err("as asked for").code(), code);
    }
    assert_eq!(DATABASE.state(), State::Open);
    let refused = get(&channel, Code::Ok).await.expect_err("open");
    assert_eq!(
        (refused.code(), refused.message()),
        (Code::Unavailable, "temporarily unavailable; try again in 2s")
    );
    assert_eq!(refused.metadata().get("grpc-retry-pushback-ms").expect("when to try again"), "1500");
    assert!(!format!("{refused:?}").contains("secret"));

    clock.advance(Duration::from_millis(1500));
    assert_eq!(get(&channel, Code::Ok).await.expect("it tries again"), "7");
}
