//! A server that plays Slack, errors included.

use std::collections::VecDeque;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub const TOKEN: &str = "xoxb-pretended";
pub const CHANNEL: &str = "C0PRETEND";

/// How it answers a request.
#[derive(Clone, Debug)]
#[cfg_attr(not(test), expect(dead_code, reason = "only tests want it to go wrong"))]
pub enum Answer {
    /// As Slack does when all is well.
    Usual,
    /// 429, with or without `Retry-After`.
    TooMany(Option<&'static str>),
    /// This status, and nothing that makes sense.
    Status(u16),
    /// 200, with the error in the body.
    Error(&'static str),
    /// No answer.
    Hang,
}

/// The server, and the requests it gets.
pub struct Pretended {
    pub address: SocketAddr,
    /// The bodies of all requests, as they come.
    pub requests: UnboundedReceiver<Value>,
}

#[derive(Clone)]
struct Server {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: UnboundedSender<Value>,
    posted: Arc<Mutex<u64>>,
}

impl Pretended {
    /// The first requests get these answers, all later ones the usual one.
    pub async fn open(answers: &[Answer]) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (sender, requests) = unbounded_channel();
        let answers = Arc::new(Mutex::new(answers.iter().cloned().collect()));
        let server = Server { answers, requests: sender, posted: Arc::default() };
        let router = Router::new().route("/api/chat.postMessage", post(answer)).with_state(server);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, requests })
    }

    pub fn url(&self) -> String {
        format!("http://{}/api", self.address)
    }
}

async fn answer(State(server): State<Server>, headers: HeaderMap, body: String) -> Response {
    let Ok(request) = serde_json::from_str::<Value>(&body) else { return error("invalid_json") };
    // Tests count unanswered requests, too.
    let _ = server.requests.send(request.clone());
    let next = server.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    match next.unwrap_or(Answer::Usual) {
        Answer::Usual => usual(&server, &headers, &request),
        Answer::TooMany(wait) => {
            let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
            if let Some(wait) = wait {
                response.headers_mut().insert(RETRY_AFTER, wait.parse().expect("a header's value"));
            }
            response
        }
        Answer::Status(code) => (StatusCode::from_u16(code).expect("a status"), "<html>").into_response(),
        Answer::Error(name) => error(name),
        Answer::Hang => pending().await,
    }
}

fn usual(server: &Server, headers: &HeaderMap, request: &Value) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if header(AUTHORIZATION) != Some(&format!("Bearer {TOKEN}")) {
        return error("invalid_auth");
    }
    if header(CONTENT_TYPE) != Some("application/json; charset=utf-8") {
        return error("invalid_post_type");
    }
    if request["channel"] != CHANNEL {
        return error("channel_not_found");
    }
    let mut posted = server.posted.lock().unwrap_or_else(PoisonError::into_inner);
    *posted += 1;
    json!({ "ok": true, "channel": CHANNEL, "ts": thread(*posted) }).to_string().into_response()
}

/// A message as Slack shows it.
pub fn shown(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The name of the nth posted message.
pub fn thread(nth: u64) -> String {
    format!("1700000000.{nth:06}")
}

fn error(name: &str) -> Response {
    json!({ "ok": false, "error": name }).to_string().into_response()
}
