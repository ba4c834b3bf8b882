//! The layer in an axum server, over a socket.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use fluxgate::tower::CircuitBreakerLayer;
use fluxgate::{Error, State, trip};
use fluxgate_tests::fixture::{Fixture, seconds};
use tokio::net::TcpListener;
use tower::ServiceBuilder;

/// Serves until the test's runtime ends.
pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

async fn status(Path(code): Path<u16>) -> (StatusCode, &'static str) {
    (StatusCode::from_u16(code).expect("a status"), "as asked for")
}

/// Three 500s open the breaker, a refusal says when to retry, and then the trial closes it.
async fn opens_and_closes(fixture: &Fixture, app: Router) {
    let address = serve(app).await;
    let ask = async |code: u16| reqwest::get(format!("http://{address}/{code}")).await.expect("a response");
    assert_eq!(ask(200).await.status(), 200);
    assert_eq!(ask(404).await.status(), 404);
    for _ in 0..3 {
        assert_eq!(fixture.state(), State::Closed);
        assert_eq!(ask(500).await.status(), 500);
    }
    assert_eq!(fixture.state(), State::Open);
    let refused = ask(200).await;
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"60".parse().expect("a value"))
    );
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    fixture.advance(seconds(60));
    for _ in 0..3 {
        assert_eq!(ask(200).await.text().await.expect("a body"), "as asked for");
    }
    assert_eq!(fixture.state(), State::Closed);
}

#[tokio::test]
async fn a_refusal_may_be_a_response() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    let breaker =
        CircuitBreakerLayer::http(fixture.breaker.clone()).rejected(|refusal| Ok(refusal.into_response()));
    opens_and_closes(&fixture, Router::new().route("/{code}", get(status)).layer(breaker)).await;
}

#[tokio::test]
async fn a_refusal_may_be_a_handled_error() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    let layers = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |error: Error<Infallible>| error))
        .layer(CircuitBreakerLayer::http(fixture.breaker.clone()));
    opens_and_closes(&fixture, Router::new().route("/{code}", get(status)).layer(layers)).await;
}

#[tokio::test]
async fn a_response_is_followed_to_the_end_of_its_body() {
    let fixture = Fixture::with_rule(trip::failure_streak(3));
    let breaker = CircuitBreakerLayer::http(fixture.breaker.clone())
        .through_body(|_: &axum::extract::Request| true)
        .rejected(|refusal| Ok(refusal.into_response()));
    opens_and_closes(&fixture, Router::new().route("/{code}", get(status)).layer(breaker)).await;
}

/// Each route has its own breaker, found by its path.
#[tokio::test]
async fn a_breaker_may_be_chosen_by_path() {
    let [one, another] = [1, 1].map(|streak| Fixture::with_rule(trip::failure_streak(streak)));
    let breakers = [one.breaker.clone(), another.breaker.clone()];
    let find = move |request: &axum::extract::Request| {
        breakers[usize::from(request.uri().path().starts_with("/another"))].clone()
    };
    let layer = CircuitBreakerLayer::http(find).rejected(|refusal| Ok(refusal.into_response()));
    let app =
        Router::new().route("/one/{code}", get(status)).route("/another/{code}", get(status)).layer(layer);
    let address = serve(app).await;
    let ask = async |path: &str| {
        reqwest::get(format!("http://{address}{path}")).await.expect("a response").status()
    };
    assert_eq!(ask("/another/500").await, 500);
    assert_eq!(
        (ask("/another/200").await, ask("/one/200").await),
        (StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK)
    );
    assert_eq!((one.state(), another.state()), (State::Closed, State::Open));
}
