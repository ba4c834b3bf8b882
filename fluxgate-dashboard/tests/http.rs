//! The dashboard's answers.

mod server;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, State, permit, trip, window};
use fluxgate_dashboard::{Access, Dashboard};
use serde_json::{Value, json};
use server::{Events, Server};
use tower::ServiceExt as _;

fn breaker(name: &str) -> CircuitBreaker {
    CircuitBreaker::builder(name.to_owned())
        .window(window::count(10))
        .trip(trip::min(10) & trip::failure_rate(0.5))
        .permit(permit::all())
        .clock(ManualClock::new())
        .build()
        .expect("valid")
}

fn controlled() -> Router {
    nested(Dashboard::new().authorize(|_| Access::Control))
}

fn nested(dashboard: Dashboard) -> Router {
    Router::new().nest_service("/breakers", dashboard.router())
}

async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.expect("a router does not fail")
}

fn request(method: &Method, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).expect("a request")
}

async fn text(response: Response<Body>) -> String {
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    String::from_utf8(body.to_vec()).expect("text")
}

/// The status and the JSON of the answer.
async fn ask(router: &Router, method: &Method, path: &str) -> (StatusCode, Value) {
    let response = send(router, request(method, path, &[])).await;
    let status = response.status();
    let is_problem = response.headers()[header::CONTENT_TYPE] == "application/problem+json";
    assert_eq!(is_problem, !status.is_success(), "{path}");
    (status, serde_json::from_str(&text(response).await).expect("JSON"))
}

#[tokio::test]
async fn all_breakers_are_listed() {
    let breaker = breaker("http list");
    for path in ["/breakers", "/breakers/", "/breakers/?x"] {
        let (status, list) = ask(&controlled(), &Method::GET, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let listed = list["breakers"].as_array().expect("a list");
        let found: Vec<_> = listed.iter().filter(|row| row["name"] == breaker.name()).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["state"], "closed");
        assert_eq!(found[0]["rule"], "min(10) & failure_rate(0.5)");
        assert_eq!(found[0]["conditions"][0]["message"], "0 calls (0 < 10)");
    }
}

#[tokio::test]
async fn a_browser_gets_the_page_with_links_that_work_wherever_it_is_mounted() {
    let browser = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let page = async |router: Router, path: &str| {
        let response = send(&router, request(&Method::GET, path, &browser)).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(response.headers()[header::VARY], "accept");
        text(response).await
    };
    let script =
        |page: &str| page.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let at_breakers = script(&page(controlled(), "/breakers").await);
    assert_eq!(at_breakers.as_deref(), Some("./breakers/dashboard.js"));
    assert_eq!(script(&page(controlled(), "/breakers/?x").await).as_deref(), Some("./dashboard.js"));
    let deep = || Router::new().nest_service("/admin/%22x", fluxgate_dashboard::router());
    assert_eq!(script(&page(deep(), "/admin/%22x?y/").await).as_deref(), Some("./%22x/dashboard.js"));
    assert_eq!(script(&page(deep(), "/admin/%22x/?y").await).as_deref(), Some("./dashboard.js"));
    let nest = Router::new().nest("/breakers", fluxgate_dashboard::router());
    assert_eq!(script(&page(nest, "/breakers").await).as_deref(), Some("./breakers/dashboard.js"));
    assert_eq!(script(&page(fluxgate_dashboard::router(), "/").await).as_deref(), Some("./dashboard.js"));
}

/// Regression: a client that refuses pages got one, and one that writes the kind in capitals did not.
#[tokio::test]
async fn whoever_accepts_html_gets_the_page() {
    for (accept, gets_page) in [
        ("text/html", true),
        ("Text/HTML; charset=utf-8", true),
        ("application/json, text/html;q=0.1", true),
        ("text/html;q=0", false),
        ("application/json, text/html; Q=0.000", false),
        ("text/html5", false),
        ("*/*", false),
    ] {
        let response = send(&controlled(), request(&Method::GET, "/breakers", &[("accept", accept)])).await;
        let kind = response.headers()[header::CONTENT_TYPE].as_bytes();
        assert_eq!(kind.starts_with(b"text/html"), gets_page, "{accept}");
    }
}

#[tokio::test]
async fn each_answer_forbids_what_the_page_does_not_need() {
    for (dashboard, path) in [
        (Dashboard::new(), "/breakers"),
        (Dashboard::new(), "/breakers/"),
        (Dashboard::new(), "/breakers/dashboard.js"),
        (Dashboard::new(), "/breakers/dashboard.css"),
        (Dashboard::new(), "/breakers/dashboard.svg"),
        (Dashboard::new(), "/breakers/no such breaker".replace(' ', "%20").leak()),
        (Dashboard::new(), "/breakers/a/b/c"),
        (Dashboard::new().authorize(|_| Access::Forbidden), "/breakers"),
        (Dashboard::new().authorize(|_| panic!("contained")), "/breakers"),
    ] {
        let response = send(&nested(dashboard), request(&Method::GET, path, &[])).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}

#[tokio::test]
async fn commands_are_applied_and_answered_with_the_new_state() {
    let breaker = breaker("http commands");
    let router = controlled();
    for (command, state) in [
        ("force_open", State::ForcedOpen),
        ("disable", State::Disabled),
        ("metrics_only", State::MetricsOnly),
        ("reset", State::Closed),
    ] {
        let path = format!("/breakers/http%20commands/{command}");
        let (status, row) = ask(&router, &Method::POST, &path).await;
        assert_eq!((status, &row["state"]), (StatusCode::OK, &json!(state.as_str())));
        assert_eq!(breaker.state(), state);
    }
}

#[tokio::test]
async fn any_name_has_an_address() {
    let router = controlled();
    for (name, address) in [
        ("a/b", "a%2Fb"),
        ("..", "=.."),
        (".", "=%2E"),
        ("events", "=events"),
        ("dashboard.js", "=dashboard.js"),
        ("=", "=="),
        ("=x", "=%3Dx"),
        ("line\nbreak", "line%0Abreak"),
        ("größe 😀", "gr%C3%B6%C3%9Fe%20%F0%9F%98%80"),
        ("<script>alert(1)</script>", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
        ("50%", "50%25"),
        ("a?b#c", "a%3Fb%23c"),
        ("\0", "%00"),
        ("name{key}", "=name%7Bkey%7D"),
    ] {
        let breaker = breaker(name);
        let (status, row) = ask(&router, &Method::GET, &format!("/breakers/{address}")).await;
        assert_eq!((status, &row["name"]), (StatusCode::OK, &json!(name)));
        let (status, _) = ask(&router, &Method::POST, &format!("/breakers/{address}/force_open")).await;
        assert_eq!((status, breaker.state()), (StatusCode::OK, State::ForcedOpen), "{name}");
    }
    // For commands, even `events` needs no `=`.
    let breaker = breaker("events");
    let (status, _) = ask(&router, &Method::POST, "/breakers/events/disable").await;
    assert_eq!((status, breaker.state()), (StatusCode::OK, State::Disabled));
}

#[tokio::test]
async fn errors_say_what_would_be_right() {
    let breaker = breaker("http wrong");
    let family = CircuitBreaker::builder("http family").keyed::<u32>().build().expect("valid");
    drop(family.get(&7).acquire());
    let router = controlled();
    for (method, path, status, part) in [
        (Method::GET, "/breakers/nobody", 404, "no breaker has the name `nobody`"),
        (Method::GET, "/breakers/a%0Ab", 404, "`a\\nb`"),
        (Method::POST, "/breakers/nobody/reset", 404, "no breaker has the name `nobody`"),
        (
            Method::GET,
            "/breakers/http%20family",
            404,
            "which is a family: each of its keys has one, such as `http family{7}`",
        ),
        (Method::POST, "/breakers/http%20family/force_open", 404, "such as `http family{7}`"),
        (
            Method::POST,
            "/breakers/http%20wrong/open",
            404,
            "`reset`, `force_open`, `disable`, `metrics_only`",
        ),
        (Method::POST, "/breakers/http%20wrong", 405, "POST"),
        (Method::GET, "/breakers/http%20wrong/reset", 405, "POST"),
        (Method::DELETE, "/breakers/http%20wrong", 405, "GET"),
        (Method::POST, "/breakers", 405, "GET"),
        (Method::POST, "/breakers/dashboard.css", 405, "GET"),
        (Method::GET, "/breakers/a/b/c", 404, "%2F"),
        (Method::GET, "/breakers/%FF", 400, "percent-encoded UTF-8"),
        (Method::POST, "/breakers/%FF/reset", 400, "percent-encoded UTF-8"),
    ] {
        let (found, problem) = ask(&router, &method, path).await;
        assert_eq!(found.as_u16(), status, "{method} {path}");
        assert_eq!(problem["status"], status);
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(part), "{method} {path}: {detail}");
    }
    let response = send(&router, request(&Method::GET, "/breakers/x/reset", &[])).await;
    assert_eq!(response.headers()[header::ALLOW], "POST");
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test]
async fn by_default_everybody_may_look_and_nobody_may_command() {
    let breaker = breaker("http read-only");
    let router = nested(Dashboard::default());
    assert_eq!(ask(&router, &Method::GET, "/breakers/http%20read-only").await.0, StatusCode::OK);
    let (status, problem) = ask(&router, &Method::POST, "/breakers/http%20read-only/force_open").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(problem["detail"].as_str().expect("a detail").contains("`Access::Control`"), "{problem}");
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test]
async fn access_is_checked_on_every_route() {
    let breaker = breaker("http forbidden");
    let router = nested(Dashboard::new().authorize(|parts| match parts.headers.get("x-user") {
        Some(user) if user == "on-call" => Access::Control,
        _ => Access::Forbidden,
    }));
    let paths = [
        (Method::GET, ""),
        (Method::GET, "/"),
        (Method::GET, "/events"),
        (Method::GET, "/dashboard.js"),
        (Method::GET, "/dashboard.css"),
        (Method::GET, "/dashboard.svg"),
        (Method::GET, "/http%20forbidden"),
        (Method::POST, "/http%20forbidden/force_open"),
        (Method::GET, "/nobody"),
        (Method::GET, "/a/b/c"),
        (Method::DELETE, "/http%20forbidden"),
        (Method::OPTIONS, "/events"),
    ];
    for (method, path) in &paths {
        let path = format!("/breakers{path}");
        let response = send(&router, request(method, &path, &[])).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{method} {path}");
        assert_eq!(breaker.state(), State::Closed);
        let response = send(&router, request(method, &path, &[("x-user", "on-call")])).await;
        assert_ne!(response.status(), StatusCode::FORBIDDEN, "{method} {path}");
        breaker.reset();
    }
}

#[tokio::test]
async fn a_failing_check_lets_nobody_in() {
    let router = nested(Dashboard::new().authorize(|_| panic!("contained")));
    let (status, problem) = ask(&router, &Method::GET, "/breakers").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(problem["detail"].as_str().expect("a detail").contains("`authorize` panicked"), "{problem}");
}

#[tokio::test]
async fn commands_from_other_sites_are_refused() {
    let breaker = breaker("http cross-site");
    let router = controlled();
    let host = ("host", "shop.internal:8080");
    for (headers, allowed) in [
        (vec![host, ("sec-fetch-site", "same-origin")], true),
        (vec![host, ("sec-fetch-site", "cross-site")], false),
        (vec![host, ("sec-fetch-site", "same-site")], false),
        (vec![host, ("sec-fetch-site", "cross-site"), ("origin", "http://shop.internal:8080")], false),
        (vec![host, ("origin", "http://shop.internal:8080")], true),
        (vec![host, ("origin", "http://evil.example")], false),
        (vec![host, ("origin", "null")], false),
        (vec![host], true),
    ] {
        let path = "/breakers/http%20cross-site/force_open";
        let response = send(&router, request(&Method::POST, path, &headers)).await;
        assert_eq!(response.status() == StatusCode::OK, allowed, "{headers:?}");
        assert_eq!(breaker.state() == State::ForcedOpen, allowed, "{headers:?}");
        breaker.reset();
        if headers.contains(&("origin", "http://evil.example")) {
            let problem = text(response).await;
            assert!(
                problem.contains("a page of `http://evil.example`, and its `Host` is `shop.internal:8080`"),
                "{problem}"
            );
        }
        // Reading is allowed from anywhere.
        let response = send(&router, request(&Method::GET, "/breakers", &headers)).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn breakers_of_one_name_share_a_row_and_all_are_commanded() {
    let twins = [breaker("http twins"), breaker("http twins"), breaker("http twins")];
    let router = controlled();
    twins[1].call(|| Err::<(), _>("down")).unwrap_err();
    twins[2].open_for(Duration::from_secs(60));
    twins[2].call(|| Ok::<_, ()>(())).unwrap_err();
    let (_, row) = ask(&router, &Method::GET, "/breakers/http%20twins").await;
    assert_eq!((&row["instances"], &row["state"]), (&json!(3), &json!("open")));
    assert_eq!((&row["totals"]["failures"], &row["totals"]["refused"]), (&json!(1), &json!(1)));
    let (status, row) = ask(&router, &Method::POST, "/breakers/http%20twins/force_open").await;
    assert_eq!((status, &row["instances"]), (StatusCode::OK, &json!(3)));
    assert!(twins.iter().all(|twin| twin.state() == State::ForcedOpen));
}

#[tokio::test]
async fn a_page_gets_everything_first_and_then_changes() {
    let breaker = breaker("http live");
    let server = Server::start(controlled()).await;
    let mut events = Events::open(&server).await;
    let everything = events.next().await;
    assert_eq!(everything.kind, "everything");
    assert_eq!(everything.data["access"], "control");
    assert_eq!(everything.row("http live").expect("it is there")["state"], "closed");

    for _ in 0..10 {
        breaker.call(|| Err::<(), _>("down")).unwrap_err();
    }
    breaker.acquire().unwrap_err();
    let opened = events.find(|event| event.row("http live").is_some_and(|row| row["state"] == "open")).await;
    assert_eq!(opened.kind, "change");
    let cause = &opened.row("http live").expect("it is there")["cause"];
    assert_eq!(cause["message"], "10 of the last 10 calls failed (100% >= 50%)");
    let bucket = |event: &server::Event| event.data["buckets"].get("http live").cloned();
    let ended =
        if bucket(&opened).is_some() { opened } else { events.find(|event| bucket(event).is_some()).await };
    assert_eq!(bucket(&ended), Some(json!([0, 10, 0, 1])), "successes, failures, slow, refused");

    let answer = server.post("/breakers/http%20live/reset").await;
    assert_eq!(answer["state"], "closed");
    events.find(|event| event.row("http live").is_some_and(|row| row["state"] == "closed")).await;

    drop(breaker);
    events
        .find(|event| event.data["gone"].as_array().is_some_and(|gone| gone.contains(&json!("http live"))))
        .await;
}

#[tokio::test]
async fn a_new_page_begins_with_the_history() {
    let breaker = breaker("http history");
    let server = Server::start(controlled()).await;
    let mut events = Events::open(&server).await;
    breaker.call(|| Err::<(), _>("down")).unwrap_err();
    events.find(|event| event.data["buckets"].get("http history").is_some()).await;
    let everything = Events::open(&server).await.next().await;
    let history = everything.row("http history").expect("it is there")["history"].clone();
    assert_eq!(
        history[0].as_array().map(|bucket| bucket[1..].to_vec()),
        Some(vec![json!(0), json!(1), json!(0), json!(0)])
    );
    let (_, row) = ask(server.router(), &Method::GET, "/breakers/http%20history").await;
    assert_eq!(row["history"], history);
}

#[tokio::test]
async fn a_transition_comes_with_its_reason() {
    let breaker = breaker("http reasons");
    let server = Server::start(nested(Dashboard::new())).await;
    let mut events = Events::open(&server).await;
    assert_eq!(events.next().await.data["access"], "read_only");
    breaker.force_open();
    let of_it = |event: &server::Event| -> Option<Value> {
        event.data["transitions"].as_array()?.iter().find(|heard| heard["breaker"] == "http reasons").cloned()
    };
    let event = events.find(|event| of_it(event).is_some()).await;
    let heard = of_it(&event).expect("it was found");
    assert_eq!((&heard["from"], &heard["to"]), (&json!("closed"), &json!("forced_open")));
    assert_eq!((&heard["reason"], &heard["tripped"]), (&json!("forced open by command"), &json!(false)));
    // Pages that open later get it, too.
    assert!(of_it(&Events::open(&server).await.next().await).is_some());
}

#[tokio::test]
async fn a_router_made_without_a_runtime_starts_sampling_with_the_first_page() {
    let router = std::thread::spawn(controlled).join().expect("no panic");
    let breaker = breaker("http later");
    let server = Server::start(router).await;
    let mut events = Events::open(&server).await;
    assert_eq!(events.next().await.kind, "everything");
    breaker.disable();
    events.find(|event| event.row("http later").is_some_and(|row| row["state"] == "disabled")).await;
}
