//! The layer around a tonic channel and in a tonic server, over a socket.

use std::convert::Infallible;
use std::error::Error as _;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use bytes::{Buf as _, BufMut as _};
use fluxgate::tower::CircuitBreakerLayer;
use fluxgate::{CallNotPermitted, CircuitBreaker, Error, State, trip};
use fluxgate_tests::fixture::Fixture;
use http::uri::PathAndQuery;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status};
use tower::{Layer as _, Service};

/// Text messages, in place of Protocol Buffers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Text;

impl Codec for Text {
    type Encode = String;
    type Decode = String;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Text {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, text: String, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(text.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let mut bytes = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut bytes);
        String::from_utf8(bytes).map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}

/// Answers with the requested code: `/prices/get` at once, `/prices/watch` after a message.
#[derive(Clone)]
struct Prices;

impl NamedService for Prices {
    const NAME: &'static str = "prices";
}

impl Service<http::Request<Body>> for Prices {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let mut grpc = Grpc::new(Text);
        let get = tower::service_fn(async |request: Request<String>| {
            answer(&request).map(|()| Response::new("7".to_owned()))
        });
        let watch = tower::service_fn(async |request: Request<String>| {
            let messages = [Ok("7".to_owned()), answer(&request).map(|()| "8".to_owned())];
            Ok(Response::new(Messages(messages.into_iter())))
        });
        Box::pin(async move {
            Ok(match request.uri().path() {
                "/prices/get" => grpc.unary(get, request).await,
                _ => grpc.server_streaming(watch, request).await,
            })
        })
    }
}

pub(crate) fn answer(request: &Request<String>) -> Result<(), Status> {
    match Code::from(request.get_ref().parse::<i32>().expect("a code")) {
        Code::Ok => Ok(()),
        code => Err(Status::new(code, "as asked for")),
    }
}

struct Messages(std::array::IntoIter<Result<String, Status>, 2>);

impl futures_core::Stream for Messages {
    type Item = Result<String, Status>;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next())
    }
}

pub(crate) async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    (listener, address)
}

pub(crate) async fn channel() -> Channel {
    serve(Prices).await
}

/// A channel to a server with this service.
pub(crate) async fn serve<S>(service: S) -> Channel
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible, Future: Send>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
{
    let (listener, address) = listener().await;
    let server = Server::builder().add_service(service).serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(server);
    connect(address)
}

pub(crate) fn connect(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).expect("an address").connect_lazy()
}

/// What a generated client does.
pub(crate) async fn get<C>(channel: &C, code: Code) -> Result<String, Status>
where
    C: Clone
        + GrpcService<Body, ResponseBody: http_body::Body<Error: Into<tower::BoxError>> + Send + 'static>,
{
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let request = Request::new((code as i32).to_string());
    client.unary(request, PathAndQuery::from_static("/prices/get"), Text).await.map(Response::into_inner)
}

#[tokio::test]
async fn a_call_counts_by_its_status() {
    let fixture = Fixture::new(|builder| builder);
    let channel = CircuitBreakerLayer::grpc(fixture.breaker.clone()).layer(channel().await);
    assert_eq!(get(&channel, Code::Ok).await.expect("as asked for"), "7");
    assert_eq!(fixture.counts(), (1, 0));
    for (code, counts) in [
        (Code::NotFound, (2, 0)),
        (Code::InvalidArgument, (3, 0)),
        (Code::Unavailable, (4, 1)),
        (Code::Internal, (5, 2)),
    ] {
        assert_eq!(get(&channel, code).await.expect_err("as asked for").code(), code);
        assert_eq!(fixture.counts(), counts);
    }
}

#[tokio::test]
async fn a_stream_counts_at_its_end_by_its_trailers() {
    for (code, counts) in [(Code::Ok, (1, 0)), (Code::Unavailable, (1, 1)), (Code::OutOfRange, (1, 0))] {
        let fixture = Fixture::new(|builder| builder);
        let channel = CircuitBreakerLayer::grpc(fixture.breaker.clone()).layer(channel().await);
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await.expect("ready");
        let request = Request::new((code as i32).to_string());
        let path = PathAndQuery::from_static("/prices/watch");
        let mut stream = client.server_streaming(request, path, Text).await.expect("it begins").into_inner();
        assert_eq!(stream.message().await.expect("it is well").as_deref(), Some("7"));
        assert_eq!(fixture.counts(), (0, 0), "it goes on");
        let end = loop {
            match stream.message().await {
                Ok(Some(_)) => {}
                Ok(None) => break Code::Ok,
                Err(status) => break status.code(),
            }
        };
        assert_eq!((end, fixture.counts()), (code, counts));
    }
}

#[tokio::test]
async fn a_missing_server_opens_the_breaker_and_a_refusal_says_so() {
    let address = listener().await.1;
    let fixture = Fixture::with_rule(trip::failure_streak(2));
    let channel = CircuitBreakerLayer::grpc(fixture.breaker.clone()).layer(connect(address));
    for _ in 0..2 {
        assert_eq!(get(&channel, Code::Ok).await.expect_err("nobody listens").code(), Code::Unavailable);
    }
    assert_eq!(fixture.state(), State::Open);
    let refused = get(&channel, Code::Ok).await.expect_err("open");
    let source = refused.source().expect("the error of the service");
    let Some(Error::NotPermitted(refusal)) = source.downcast_ref::<Error<tonic::transport::Error>>() else {
        panic!("{source}")
    };
    assert_eq!(refusal.state(), State::Open);
}

/// In front of a server, one breaker for all its methods.
#[tokio::test]
async fn in_a_server_it_refuses_before_any_handler() {
    let fixture = Fixture::with_rule(trip::failure_streak(2));
    let (listener, address) = listener().await;
    let refused = |_: CallNotPermitted| Ok(Status::unavailable("try again later").into_http());
    let layer = CircuitBreakerLayer::grpc(fixture.breaker.clone()).rejected(refused);
    let server = Server::builder().layer(layer).add_service(Prices);
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let channel = connect(address);
    for _ in 0..2 {
        assert_eq!(get(&channel, Code::Internal).await.expect_err("as asked for").code(), Code::Internal);
    }
    until_open(&fixture.breaker).await;
    let refused = get(&channel, Code::Ok).await.expect_err("open");
    assert_eq!((refused.code(), refused.message()), (Code::Unavailable, "try again later"));
}

/// The server may send the last frame before it counts the call.
async fn until_open(breaker: &CircuitBreaker) {
    while breaker.state() == State::Closed {
        tokio::task::yield_now().await;
    }
}
