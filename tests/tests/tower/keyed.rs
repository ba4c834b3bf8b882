//! A breaker for each key, which a function extracts from the request.

use std::future::ready;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use fluxgate::testing::ManualClock;
use fluxgate::tower::CircuitBreakerLayer;
use fluxgate::{CircuitBreaker, Error, Keyed, State, retry, trip};
use fluxgate_tests::fixture::seconds;
use fluxgate_tests::futures::now;
use http::Request;
use tower::Layer as _;

use crate::axum::serve;
use crate::probe::{Failed, call};

/// Breakers that open on the first failure, for a minute.
fn fragile(name: &'static str, clock: &ManualClock, max_keys: usize) -> Keyed<String> {
    CircuitBreaker::builder(name)
        .trip(trip::failure_streak(1))
        .retry(retry::cooldown(seconds(60)))
        .clock(clock.clone())
        .keyed()
        .max_keys(max_keys)
        .build()
        .expect("valid")
}

fn host(request: &Request<()>) -> &str {
    request.uri().host().unwrap_or_default()
}

/// One host is down, and the others do not notice.
#[test]
fn each_host_has_its_own_breaker() {
    let clock = ManualClock::new();
    let hosts = fragile("hosts of a layer", &clock, 10);
    let breakers = hosts.clone();
    let service = tower::service_fn(|request: Request<()>| {
        ready(if host(&request) == "down.example.org" { Err(Failed) } else { Ok(()) })
    });
    let layer = CircuitBreakerLayer::new(move |request: &Request<()>| breakers.get(host(request)));
    let mut service = layer.layer(service);
    let mut another = service.clone();
    let request = |host: &str| Request::get(format!("http://{host}/")).body(()).expect("a request");

    assert!(hosts.is_empty(), "none is made before there is a request");
    now(call(&mut service, request("well.example.org"))).expect("it is well");
    let failed = now(call(&mut service, request("down.example.org"))).expect_err("it is down");
    assert_eq!(failed, Error::Inner(Failed));
    for service in [&mut service, &mut another] {
        let Err(Error::NotPermitted(refusal)) = now(call(service, request("down.example.org"))) else {
            panic!("it is open, for all clones")
        };
        assert_eq!(refusal.breaker(), "hosts of a layer{down.example.org}");
        now(call(service, request("well.example.org"))).expect("it is well");
    }
    let states = ["well.example.org", "down.example.org"].map(|host| hosts.get(host).state());
    assert_eq!((states, hosts.len()), ([State::Closed, State::Open], 2));

    clock.advance(seconds(60));
    now(call(&mut service, request("down.example.org"))).expect_err("a trial, which fails");
    assert_eq!(hosts.get("down.example.org").snapshot().totals.failures, 2);
}

/// Inventing keys does not create more breakers than the limit.
#[test]
fn invented_keys_share_a_breaker() {
    let hosts = fragile("invented hosts of a layer", &ManualClock::new(), 2);
    let breakers = hosts.clone();
    let service = tower::service_fn(|_: Request<()>| ready(Err::<(), _>(Failed)));
    let find = move |request: &Request<()>| breakers.get(host(request));
    let mut service = CircuitBreakerLayer::new(find).layer(service);
    for nth in 0..20 {
        let request = Request::get(format!("http://{nth}.example.org/")).body(()).expect("a request");
        now(call(&mut service, request)).expect_err("it fails, or is refused");
    }
    assert_eq!(hosts.len(), 2);
    let overflow = hosts.overflow().snapshot();
    assert_eq!((overflow.totals.failures, overflow.totals.refused), (1, 17));
}

/// In front of a server, a breaker for each tenant, named in a header.
#[tokio::test]
async fn a_server_refuses_one_tenant_and_not_the_others() {
    let tenants = fragile("tenants of a layer", &ManualClock::new(), 10);
    let breakers = tenants.clone();
    let find = move |request: &axum::extract::Request| {
        let tenant = request.headers().get("tenant").and_then(|tenant| tenant.to_str().ok());
        breakers.get(tenant.unwrap_or_default())
    };
    let status = async |Path(code): Path<u16>| StatusCode::from_u16(code).expect("a status");
    let layer = CircuitBreakerLayer::http(find).rejected(|refusal| Ok(refusal.into_response()));
    let address = serve(Router::new().route("/{code}", get(status)).layer(layer)).await;
    let client = reqwest::Client::new();
    let ask = async |tenant: &str, code: u16| {
        let request = client.get(format!("http://{address}/{code}")).header("tenant", tenant);
        request.send().await.expect("a response").status().as_u16()
    };
    assert_eq!(ask("one", 500).await, 500);
    assert_eq!((ask("one", 200).await, ask("another", 200).await), (503, 200));
    assert_eq!((tenants.get("one").state(), tenants.get("another").state()), (State::Open, State::Closed));
}
