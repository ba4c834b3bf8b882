//! The routes.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, http};
use fluxgate::{CircuitBreaker, breakers};
use serde::Serialize;

use crate::access::{Access, Authorize, check};
use crate::address::Address;
use crate::command::Command;
use crate::page;
use crate::problem_details::ProblemDetails;
use crate::row::{Row, View};
use crate::sampler::{Sampler, snapshots};

pub(crate) fn routes<S: Clone + Send + Sync + 'static>(sampler: Sampler, authorize: Authorize) -> Router<S> {
    let mut router = Router::new()
        .route("/", get(root))
        .route("/events", get(events))
        .route("/{name}", get(breaker))
        .route("/{name}/{command}", post(command))
        .fallback(elsewhere);
    for (path, kind, content) in page::FILES {
        router = router.route(path, get(async move || ([(header::CONTENT_TYPE, kind)], content)));
    }
    router
        // It applies to the routes before it.
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(authorize, check))
        .layer(from_fn(guard))
        .with_state(sampler)
}

/// Adds the headers of every answer, including refusals.
async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in page::HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The page for browsers, the list of all breakers for other clients.
async fn root(uri: OriginalUri, headers: HeaderMap) -> Response {
    let mut response = if headers.get_all(header::ACCEPT).iter().any(accepts_html) {
        page::html(&uri)
    } else {
        list().await
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// Whether the value of an `Accept` header admits pages. A kind with a quality of 0 is refused.
fn accepts_html(value: &HeaderValue) -> bool {
    let refuses = |parameter: &str| {
        let (name, quality) = parameter.trim().split_once('=').unwrap_or_default();
        name.eq_ignore_ascii_case("q") && quality.parse::<f64>().is_ok_and(|quality| quality <= 0.0)
    };
    let admits = |kind: &str| {
        let mut parts = kind.split(';');
        let is_html = parts.next().is_some_and(|name| name.trim().eq_ignore_ascii_case("text/html"));
        is_html && !parts.any(refuses)
    };
    value.to_str().is_ok_and(|kinds| kinds.split(',').any(admits))
}

async fn list() -> Response {
    #[derive(Serialize)]
    struct List<'a> {
        breakers: Vec<View<'a>>,
    }
    let rows = Row::by_name(snapshots(|_| true).await);
    json(&List { breakers: rows.values().map(|row| row.view(None)).collect() })
}

async fn breaker(
    State(sampler): State<Sampler>,
    path: Result<Path<Address>, PathRejection>,
) -> Result<Response, ProblemDetails> {
    let Path(address) = path.map_err(|rejection| unreadable(&rejection))?;
    sampler.start();
    let rows = Row::by_name(snapshots(|name| name == address.name()).await);
    let row = rows.get(address.name()).ok_or_else(|| unknown(address.name()))?;
    let board = sampler.board();
    Ok(json(&row.view(board.history(address.name()))))
}

async fn events(
    State(sampler): State<Sampler>,
    Extension(access): Extension<Access>,
) -> Result<Response, ProblemDetails> {
    sampler.start();
    let stream = sampler.look().await.join(access).ok_or_else(|| {
        let detail = "the maximum number of pages is open; close one, or try again later";
        ProblemDetails::new(StatusCode::SERVICE_UNAVAILABLE, "Too many pages are open", detail)
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (http::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// Applies a command to all breakers of the name, and answers with the resulting state.
async fn command(path: Result<Path<(Address, String)>, PathRejection>) -> Result<Response, ProblemDetails> {
    let Path((address, command)) = path.map_err(|rejection| unreadable(&rejection))?;
    let name = address.name();
    let Some(command) = Command::of_name(&command) else {
        let known = Command::ALL.map(Command::as_str).join("`, `");
        let detail = format!("`{}` is no command; the commands are `{known}`", command.escape_debug());
        return Err(ProblemDetails::new(StatusCode::NOT_FOUND, "No such command", detail));
    };
    let named: Vec<CircuitBreaker> = breakers().filter(|breaker| breaker.name() == name).collect();
    for breaker in &named {
        command.carry_out(breaker);
    }
    let rows = Row::by_name(named.iter().map(CircuitBreaker::snapshot));
    let row = rows.get(name).ok_or_else(|| unknown(name))?;
    Ok(json(&row.view(None)))
}

fn unreadable(rejection: &PathRejection) -> ProblemDetails {
    let detail = format!("a name is percent-encoded UTF-8: {}", rejection.body_text());
    ProblemDetails::new(rejection.status(), "The address cannot be read", detail)
}

fn unknown(name: &str) -> ProblemDetails {
    let mut begun =
        breakers().filter(|breaker| breaker.name().starts_with(name)).map(|breaker| breaker.snapshot());
    let of_key = begun.find(|key| key.family.as_deref() == Some(name));
    let (name, detail) = (name.escape_debug(), "no breaker has the name");
    let detail = match of_key {
        Some(key) => format!(
            "{detail} `{name}` now, which is a family: each of its keys has one, such as `{}`",
            key.name.escape_debug()
        ),
        None => format!(
            "{detail} `{name}` now; breakers appear once they are built, registered or first used, and the list of all is one level up"
        ),
    };
    ProblemDetails::new(StatusCode::NOT_FOUND, "No such breaker", detail)
}

async fn elsewhere() -> ProblemDetails {
    let detail = "the routes are `/` (the page, or a list in JSON), `/events`, `/{name}` and, with POST, `/{name}/{command}`; write a `/` in a \
        name as `%2F`";
    ProblemDetails::new(StatusCode::NOT_FOUND, "Not found", detail)
}

async fn wrong_method() -> ProblemDetails {
    let detail = "a command takes POST, anything else takes GET";
    ProblemDetails::new(StatusCode::METHOD_NOT_ALLOWED, "Wrong method", detail)
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => {
            ProblemDetails::new(StatusCode::INTERNAL_SERVER_ERROR, "Cannot be serialized", error.to_string())
                .into_response()
        }
    }
}
