//! Real clients and real servers on this machine.

use std::fmt;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{DATE, RETRY_AFTER};
use axum::response::Redirect;
use axum::routing::get;
use fluxgate::testing::ManualClock;
use fluxgate::{Builder, CircuitBreaker, Keyed, State, retry, trip};
use fluxgate_reqwest_middleware::{BreakerPerHost, refusal};
use http::Extensions;
use reqwest::redirect::Policy;
use reqwest::{Client, Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next, Result};
use tokio::net::{TcpListener, TcpSocket};

const PAUSE: Duration = Duration::from_secs(60);

fn builder() -> Builder {
    CircuitBreaker::builder("hosts").trip(trip::failure_streak(3)).retry(retry::cooldown(PAUSE))
}

fn client(hosts: &Keyed<String>) -> ClientWithMiddleware {
    // No proxy in between, however the machine is configured.
    let client = Client::builder().no_proxy().build().expect("a client");
    ClientBuilder::new(client).with(BreakerPerHost::new(hosts.clone())).build()
}

/// A server that answers with the requested status, redirects in circles or to another server, or never answers.
async fn serve() -> SocketAddr {
    let status = async |Path(code): Path<u16>| StatusCode::from_u16(code).expect("a status");
    let circle = async || Redirect::to("/circle");
    let moved = async |Path(port): Path<u16>| Redirect::to(&format!("http://127.0.0.1:{port}/status/503"));
    let app = Router::new()
        .route("/status/{code}", get(status))
        .route("/busy", get(async || (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "300")])))
        .route(
            "/later",
            get(async || (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "Fri, 31 Dec 1999 23:59:59 GMT")])),
        )
        .route(
            "/dated",
            get(async || {
                // The server's clock is years behind.
                let dates =
                    [(DATE, "Fri, 31 Dec 1999 23:58:00 GMT"), (RETRY_AFTER, "Fri, 31 Dec 1999 23:59:59 GMT")];
                (StatusCode::SERVICE_UNAVAILABLE, dates)
            }),
        )
        .route("/circle", get(circle))
        .route("/moved/{port}", get(moved))
        .route("/never", get(async || pending::<()>().await));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(axum::serve(listener, app).into_future());
    address
}

/// A port on which nobody listens, and nobody else can while the socket is held.
fn taken() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    let address = socket.local_addr().expect("bound");
    (socket, address)
}

fn counts(breaker: &CircuitBreaker) -> (u64, u64) {
    (breaker.metrics().failures(), breaker.metrics().total())
}

#[tokio::test]
async fn every_host_has_its_own_breaker_which_recovers() {
    let clock = ManualClock::new();
    let hosts = builder().clock(clock.clone()).keyed().build().expect("sound");
    let client = client(&hosts);
    let (one, other) = (serve().await, serve().await);
    let ask =
        async |host: SocketAddr, code: u16| client.get(format!("http://{host}/status/{code}")).send().await;
    for _ in 0..3 {
        assert_eq!(ask(one, 503).await.expect("sent").status(), 503);
    }
    let error = ask(one, 200).await.expect_err("open");
    assert!(error.is_middleware());
    let refused = refusal(&error).expect("refused");
    assert_eq!((refused.breaker(), refused.retry_after()), (format!("hosts{{{one}}}").as_str(), Some(PAUSE)));
    assert_eq!(ask(other, 200).await.expect("closed").status(), 200);
    assert_eq!(hosts.len(), 2);

    clock.advance(PAUSE);
    for _ in 0..3 {
        assert_eq!(ask(one, 200).await.expect("a trial").status(), 200);
    }
    clock.advance(PAUSE);
    assert_eq!(ask(one, 200).await.expect("sent").status(), 200);
    assert_eq!(hosts.get(&one.to_string()).state(), State::Closed);
}

#[tokio::test]
async fn a_server_is_left_alone_for_as_long_as_it_asks() {
    let hosts = builder().clock(ManualClock::new()).keyed().build().expect("sound");
    let client = client(&hosts);
    for (path, least, most) in
        [("busy", 300, 330), ("later", 60, 60), ("dated", 119, 131), ("status/503", 60, 60)]
    {
        let url = format!("http://{}/{path}", serve().await);
        for _ in 0..3 {
            assert_eq!(client.get(&url).send().await.expect("sent").status(), 503);
        }
        let error = client.get(&url).send().await.expect_err("open");
        let pause = refusal(&error).and_then(fluxgate::CallNotPermitted::retry_after).expect("a pause");
        let expected = Duration::from_secs(least)..=Duration::from_secs(most);
        assert!(expected.contains(&pause), "{path}: {pause:?}");
    }
}

#[tokio::test]
async fn a_response_counts_by_its_status() {
    let hosts = builder().keyed().build().expect("sound");
    let (client, host) = (client(&hosts), serve().await);
    let breaker = hosts.get(&host.to_string());
    for (code, expected) in [(200, (0, 1)), (404, (0, 1)), (429, (0, 1)), (500, (1, 1)), (599, (1, 1))] {
        breaker.reset();
        client.get(format!("http://{host}/status/{code}")).send().await.expect("sent");
        assert_eq!(counts(&breaker), expected, "{code}");
    }
}

#[tokio::test]
async fn an_error_counts_by_whose_fault_it_is() {
    let hosts = builder().keyed().build().expect("sound");
    let host = serve().await;
    let breaker = hosts.get(&host.to_string());
    let impatient =
        Client::builder().no_proxy().timeout(Duration::from_millis(20)).redirect(Policy::limited(2));
    let impatient = ClientBuilder::new(impatient.build().expect("a client"));
    let impatient = impatient.with(BreakerPerHost::new(hosts.clone())).build();

    let error = impatient.get(format!("http://{host}/never")).send().await.expect_err("never");
    assert!(error.is_timeout());
    assert_eq!(counts(&breaker), (1, 1));
    breaker.reset();
    let patient = Client::builder().no_proxy().redirect(Policy::limited(2)).build().expect("a client");
    let patient = ClientBuilder::new(patient).with(BreakerPerHost::new(hosts.clone())).build();
    let error = patient.get(format!("http://{host}/circle")).send().await.expect_err("a circle");
    assert!(error.is_redirect());
    assert_eq!(counts(&breaker), (0, 0));

    let (_socket, gone) = taken();
    let error = patient.get(format!("http://{gone}/")).send().await.expect_err("nobody listens");
    assert!(error.is_connect() && refusal(&error).is_none());
    assert_eq!(counts(&hosts.get(&gone.to_string())), (1, 1));
}

#[tokio::test]
async fn a_dropped_request_does_not_count() {
    let hosts = builder().keyed().build().expect("sound");
    let (client, host) = (client(&hosts), serve().await);
    let breaker = hosts.get(&host.to_string());
    let mut request = Box::pin(client.get(format!("http://{host}/never")).send());
    assert!(
        std::future::poll_fn(|context| std::task::Poll::Ready(request.as_mut().poll(context).is_pending()))
            .await
    );
    drop(request);
    assert_eq!((counts(&breaker), breaker.snapshot().totals.cancelled), ((0, 0), 1));
}

#[tokio::test]
async fn a_request_dropped_because_of_a_panic_elsewhere_was_cancelled() {
    let hosts = builder().keyed().build().expect("sound");
    let (client, host) = (client(&hosts), serve().await);
    let handler = tokio::spawn(async move {
        let mut request = Box::pin(client.get(format!("http://{host}/never")).send());
        let pending = std::future::poll_fn(|context| {
            std::task::Poll::Ready(request.as_mut().poll(context).is_pending())
        });
        assert!(!pending.await, "a mistake of the handler");
    });
    assert!(handler.await.expect_err("a panic").is_panic());
    let breaker = hosts.get(&host.to_string());
    let totals = breaker.snapshot().totals;
    assert_eq!((counts(&breaker), totals.cancelled, totals.panicked), ((0, 0), 1, 0));
}

/// Fetches a token from the same host first, as authentication does.
struct Authenticated(ClientWithMiddleware);

#[async_trait]
impl Middleware for Authenticated {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        self.0.get(request.url().clone()).send().await?;
        next.run(request, extensions).await
    }
}

#[tokio::test]
async fn a_request_within_a_request_to_the_same_host_is_part_of_its_trial() {
    let clock = ManualClock::new();
    let once = trip::closed() & trip::failure_streak(3) | trip::half_open() & trip::failures(1);
    let hosts = builder().trip(once).clock(clock.clone()).keyed().build().expect("sound");
    let host = serve().await;
    let inner = Client::builder().no_proxy().build().expect("a client");
    let authenticated = ClientBuilder::new(inner)
        .with(BreakerPerHost::new(hosts.clone()))
        .with(Authenticated(client(&hosts)))
        .build();
    let breaker = hosts.get(&host.to_string());
    breaker.trip();
    clock.advance(PAUSE);
    authenticated.get(format!("http://{host}/status/200")).send().await.expect("both are admitted");
    clock.advance(PAUSE);
    authenticated.get(format!("http://{host}/status/200")).send().await.expect("sent");
    assert_eq!(breaker.state(), State::Closed);
}

/// What another middleware returns instead of a response.
enum Instead {
    /// Its own error.
    Own,
    /// The error from further in, wrapped.
    Wrapped,
    /// The same in a wrapper that shows nothing of itself, like a `transparent` variant of thiserror.
    PassedOn,
}

#[derive(Debug)]
struct Wrapper(Option<Error>);

impl fmt::Display for Wrapper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("of a middleware")
    }
}

impl std::error::Error for Wrapper {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.as_ref().map(|error| error as _)
    }
}

#[derive(Debug)]
struct Transparent(Error);

impl fmt::Display for Transparent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl std::error::Error for Transparent {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

#[async_trait]
impl Middleware for Instead {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        match self {
            Self::Own => Err(Error::middleware(Wrapper(None))),
            Self::Wrapped => {
                next.run(request, extensions).await.map_err(|error| Error::middleware(Wrapper(Some(error))))
            }
            Self::PassedOn => {
                next.run(request, extensions).await.map_err(|error| Error::middleware(Transparent(error)))
            }
        }
    }
}

#[tokio::test]
async fn an_error_of_another_middleware_counts_if_it_wraps_one_of_the_client() {
    for (instead, expected) in [(Instead::Own, (0, 0)), (Instead::Wrapped, (1, 1))] {
        let hosts = builder().keyed().build().expect("sound");
        let (_socket, gone) = taken();
        let inner = Client::builder().no_proxy().build().expect("a client");
        let client = ClientBuilder::new(inner).with(BreakerPerHost::new(hosts.clone())).with(instead).build();
        client.get(format!("http://{gone}/")).send().await.expect_err("nobody listens");
        assert_eq!(counts(&hosts.get(&gone.to_string())), expected);
    }
}

#[tokio::test]
async fn a_redirect_counts_for_the_host_that_was_asked() {
    let hosts = builder().keyed().build().expect("sound");
    let (asked, other) = (serve().await, serve().await);
    let moved = format!("http://{asked}/moved/{}", other.port());
    assert_eq!(client(&hosts).get(moved).send().await.expect("sent").status(), 503);
    assert_eq!(hosts.get(&asked.to_string()).metrics().failures(), 1);
    assert_eq!(hosts.len(), 1);
}

#[tokio::test]
async fn a_refusal_is_found_behind_other_middlewares() {
    let hosts = builder().keyed().build().expect("sound");
    let host = serve().await;
    hosts.get(&host.to_string()).force_open();
    let inner = Client::builder().no_proxy().build().expect("a client");
    // Two that pass it on, as `reqwest-retry` does if there was no retry.
    for outer in [vec![Instead::Wrapped], vec![Instead::PassedOn, Instead::PassedOn]] {
        let client = ClientBuilder::new(inner.clone());
        let client = outer.into_iter().fold(client, ClientBuilder::with);
        let client = client.with(BreakerPerHost::new(hosts.clone())).build();
        let error = client.get(format!("http://{host}/status/200")).send().await.expect_err("forced open");
        assert_eq!(refusal(&error).expect("refused").state(), State::ForcedOpen);
    }
}

/// An error that is its own source, and counts how often it is asked for it.
#[derive(Debug)]
struct Circle(AtomicU32);

impl fmt::Display for Circle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a circle")
    }
}

impl std::error::Error for Circle {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        assert!(self.0.fetch_add(1, Relaxed) < 10_000, "followed without end");
        Some(self)
    }
}

#[test]
fn a_cycle_of_sources_is_cut_off() {
    assert_eq!(refusal(&Error::middleware(Circle(AtomicU32::new(0)))), None);
}

#[tokio::test]
async fn a_refusal_is_what_the_error_of_the_middleware_contains() {
    for (family, printed) in [("hosts", "hosts"), ("hosts\n\u{1b}[2J", "hosts\\n\\u{1b}[2J")] {
        let hosts = CircuitBreaker::builder(family).keyed().build().expect("sound");
        hosts.get("host").force_open();
        let client = ClientBuilder::new(Client::new()).with(BreakerPerHost::new(hosts)).build();
        let Err(Error::Middleware(error)) = client.get("http://host/").send().await else { panic!("sent") };
        let message = format!("the request was not sent because of circuit breaker `{printed}{{host}}`");
        assert_eq!(error.to_string(), message);
        assert!(error.is::<fluxgate::CallNotPermitted>());
    }
}

#[tokio::test]
async fn invented_hosts_take_no_more_room_than_there_is() {
    let hosts = builder().keyed().max_keys(8).build().expect("sound");
    let (_socket, gone) = taken();
    hosts.get("tripped").force_open();
    let names: Vec<_> = (0..50).map(|number| format!("invented-{number}.test")).collect();
    let resolving = Client::builder().no_proxy();
    let resolving = names.iter().fold(resolving, |client, name| client.resolve(name, gone));
    let client = ClientBuilder::new(resolving.build().expect("a client"));
    let client = client.with(BreakerPerHost::new(hosts.clone())).build();
    for name in names {
        client.get(format!("http://{name}:{}/", gone.port())).send().await.expect_err("nobody listens");
    }
    assert!(hosts.len() <= 8);
    assert_eq!(hosts.existing("tripped").expect("never evicted").state(), State::ForcedOpen);
}
