//! `server_errors`: the status of a response or an error says whether the server failed.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use axum::routing::get;
use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

static BACKEND: CircuitBreaker = breaker!(trip = failure_streak(100));

/// How a call counted: failures and total.
fn counted(call: impl FnOnce()) -> (u64, u64) {
    BACKEND.reset();
    call();
    (BACKEND.metrics().failures(), BACKEND.metrics().total())
}

const SUCCESS: (u64, u64) = (0, 1);
const FAILURE: (u64, u64) = (1, 1);
const IGNORED: (u64, u64) = (0, 0);

fn response(status: u16) -> Response<()> {
    Response::builder().status(status).body(()).expect("a status")
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn http(result: io::Result<Response<()>>) -> io::Result<Response<()>> {
    result
}

#[test]
fn a_response_counts_by_its_status_and_an_error_without_one_is_a_failure() {
    let _clock = isolate();
    for status in 100..1000 {
        let expected = if (500..600).contains(&status) { FAILURE } else { SUCCESS };
        assert_eq!(counted(|| drop(http(Ok(response(status))))), expected, "{status}");
    }
    assert_eq!(counted(|| drop(http(Err(io::ErrorKind::ConnectionReset.into())))), FAILURE);
}

/// A client's error, like reqwest's.
#[derive(Debug)]
struct ClientError(Option<StatusCode>);

impl ClientError {
    fn status(&self) -> Option<StatusCode> {
        self.0
    }
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
async fn client(
    result: Result<Response<()>, ClientError>,
) -> Result<Response<()>, fluxgate::Error<ClientError>> {
    result.map_err(fluxgate::Error::Inner)
}

#[tokio::test]
async fn an_error_with_a_status_is_a_success_unless_the_server_failed() {
    let _clock = isolate();
    for (status, expected) in [
        (None, FAILURE),
        (Some(StatusCode::NOT_FOUND), SUCCESS),
        (Some(StatusCode::TOO_MANY_REQUESTS), SUCCESS),
        (Some(StatusCode::BAD_GATEWAY), FAILURE),
    ] {
        BACKEND.reset();
        client(Err(ClientError(status))).await.unwrap_err();
        assert_eq!((BACKEND.metrics().failures(), BACKEND.metrics().total()), expected, "{status:?}");
    }
    BACKEND.reset();
    client(Ok(response(503))).await.unwrap();
    assert_eq!(BACKEND.metrics().failures(), 1);
}

/// Types of other versions and crates that Fluxgate does not know.
struct OldStatus(u16);

impl OldStatus {
    fn is_server_error(&self) -> bool {
        self.0 / 100 == 5
    }
}

struct OldResponse(OldStatus);

impl OldResponse {
    fn status(&self) -> &OldStatus {
        &self.0
    }
}

struct Number(u16);

impl Number {
    fn status(&self) -> u16 {
        self.0
    }
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn old(status: u16) -> io::Result<OldResponse> {
    Ok(OldResponse(OldStatus(status)))
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn number(status: u16) -> io::Result<Number> {
    Ok(Number(status))
}

trait Answers {
    fn status(&self) -> StatusCode;
}

impl Answers for StatusCode {
    fn status(&self) -> StatusCode {
        *self
    }
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn generic<R: Answers>(response: R) -> io::Result<R> {
    Ok(response)
}

/// Its status comes from a trait, as with the errors of some web frameworks.
#[derive(Debug)]
struct Page(StatusCode);

impl Answers for Page {
    fn status(&self) -> StatusCode {
        self.0
    }
}

/// Regression: the compiler found two methods.
#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn page(status: StatusCode) -> Result<Page, fluxgate::Error<Page>> {
    if status.is_success() { Ok(Page(status)) } else { Err(fluxgate::Error::Inner(Page(status))) }
}

#[test]
fn any_type_with_a_status_is_classified_by_it() {
    let _clock = isolate();
    for (status, expected) in [(200, SUCCESS), (404, SUCCESS), (500, FAILURE), (599, FAILURE)] {
        assert_eq!(counted(|| drop(old(status))), expected, "{status}");
        assert_eq!(counted(|| drop(number(status))), expected, "{status}");
        let code = StatusCode::from_u16(status).expect("a status");
        assert_eq!(counted(|| drop(generic(code))), expected, "{status}");
        assert_eq!(counted(|| drop(page(code))), expected, "{status}");
    }
}

type Answer = Result<Response<()>, ClientOrRefusal>;

#[derive(Debug)]
enum ClientOrRefusal {
    Status(u16),
    Broken,
    NotPermitted,
}

impl From<CallNotPermitted> for ClientOrRefusal {
    fn from(_: CallNotPermitted) -> Self {
        Self::NotPermitted
    }
}

impl ClientOrRefusal {
    fn status(&self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(*status),
            Self::Broken | Self::NotPermitted => None,
        }
    }
}

#[circuit_breaker(breaker = BACKEND, track = "server_errors | matches(ClientOrRefusal::Status(429)) | ok(r if r.status() == 429)")]
fn or_busy(answer: Answer) -> Answer {
    answer
}

#[circuit_breaker(breaker = BACKEND, track = server_errors & !matches(ClientOrRefusal::Status(501)))]
fn but_missing(answer: Answer) -> Answer {
    answer
}

#[circuit_breaker(breaker = BACKEND, success = !server_errors)]
fn success(answer: Answer) -> Answer {
    answer
}

#[circuit_breaker(breaker = BACKEND, track = server_errors, ignore = matches(ClientOrRefusal::Status(409)))]
fn without_conflicts(answer: Answer) -> Answer {
    answer
}

#[test]
fn server_errors_combines_with_other_trackers() {
    let _clock = isolate();
    let error = |status| Err(ClientOrRefusal::Status(status));
    for (name, call, results) in [
        (
            "or_busy",
            or_busy as fn(Answer) -> Answer,
            vec![
                (error(429), FAILURE),
                (Ok(response(429)), FAILURE),
                (error(404), SUCCESS),
                (Err(ClientOrRefusal::Broken), FAILURE),
            ],
        ),
        (
            "but_missing",
            but_missing,
            // An excluded server error is not the answer of a healthy server either.
            vec![
                (error(501), IGNORED),
                (error(500), FAILURE),
                (error(404), SUCCESS),
                (Ok(response(500)), SUCCESS),
            ],
        ),
        (
            "success",
            success,
            vec![(error(404), SUCCESS), (error(500), FAILURE), (Err(ClientOrRefusal::Broken), FAILURE)],
        ),
        (
            "without_conflicts",
            without_conflicts,
            vec![(error(409), IGNORED), (error(404), SUCCESS), (error(500), FAILURE)],
        ),
    ] {
        for (result, expected) in results {
            let text = format!("{name}: {result:?}");
            assert_eq!(counted(|| drop(call(result))), expected, "{text}");
        }
    }
}

struct Panics;

impl Panics {
    #[expect(clippy::unused_self, reason = "as of a response")]
    fn status(&self) -> StatusCode {
        panic!("no status")
    }
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn panics() -> Result<Panics, ClientOrRefusal> {
    Ok(Panics)
}

#[test]
fn a_status_that_panics_counts_as_absent() {
    let _clock = isolate();
    assert_eq!(counted(|| drop(panics())), SUCCESS);
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
async fn fetch(url: String) -> Result<reqwest::Response, fluxgate::Error<reqwest::Error>> {
    reqwest::get(url).await.map_err(fluxgate::Error::Inner)
}

#[circuit_breaker(breaker = BACKEND, track = server_errors)]
async fn fetch_successes(url: String) -> Result<reqwest::Response, fluxgate::Error<reqwest::Error>> {
    let response = reqwest::get(url).await.map_err(fluxgate::Error::Inner)?;
    response.error_for_status().map_err(fluxgate::Error::Inner)
}

#[tokio::test]
async fn responses_and_errors_of_reqwest_need_no_further_code() {
    let _clock = isolate();
    let status = async |Path(code): Path<u16>| StatusCode::from_u16(code).expect("a status");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let app = Router::new().route("/{code}", get(status));
    let server = tokio::spawn(axum::serve(listener, app).into_future());
    for (code, expected) in [(200, SUCCESS), (404, SUCCESS), (429, SUCCESS), (500, FAILURE), (503, FAILURE)] {
        BACKEND.reset();
        let url = format!("http://{address}/{code}");
        assert_eq!(fetch(url.clone()).await.expect("a response").status(), code);
        assert_eq!((BACKEND.metrics().failures(), BACKEND.metrics().total()), expected, "{code}");
        BACKEND.reset();
        assert_eq!(fetch_successes(url).await.is_ok(), code == 200);
        assert_eq!(
            (BACKEND.metrics().failures(), BACKEND.metrics().total()),
            expected,
            "{code}, as an error"
        );
    }
    server.abort();
    // A port on which nobody listens and nobody else can.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
    let address = socket.local_addr().expect("bound");
    BACKEND.reset();
    fetch(format!("http://{address}/200")).await.expect_err("nobody listens");
    assert_eq!((BACKEND.metrics().failures(), BACKEND.metrics().total()), FAILURE);
}
