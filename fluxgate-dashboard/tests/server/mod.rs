//! A real server, and a page's stream of events.
#![allow(dead_code, reason = "not each test uses all of it")]

use axum::Router;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A router that serves on this machine until dropped.
pub(crate) struct Server {
    address: String,
    router: Router,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let served = router.clone();
        let task = tokio::spawn(async move { axum::serve(listener, served).await.expect("it serves") });
        Self { address: format!("http://{address}"), router, task }
    }

    pub(crate) fn router(&self) -> &Router {
        &self.router
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) async fn post(&self, path: &str) -> Value {
        let request = reqwest::Client::new().post(format!("{}{path}", self.address));
        let answer = request.send().await.expect("an answer").text().await.expect("text");
        serde_json::from_str(&answer).expect("JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An event sent by the server.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) data: Value,
}

impl Event {
    /// The row of a breaker.
    pub(crate) fn row(&self, name: &str) -> Option<&Value> {
        self.data["breakers"].as_array()?.iter().find(|row| row["name"] == name)
    }
}

/// What a page receives.
pub(crate) struct Events {
    response: reqwest::Response,
    received: Vec<u8>,
}

impl Events {
    pub(crate) async fn open(server: &Server) -> Self {
        let response = reqwest::get(format!("{}/breakers/events", server.address)).await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, received: Vec::new() }
    }

    /// The next event.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            if let Some(end) = self.received.windows(2).position(|two| two == b"\n\n") {
                let event: Vec<u8> = self.received.drain(..end + 2).collect();
                let event = String::from_utf8(event).expect("text");
                let (kind, data) = event.trim_end().split_once('\n').expect("two lines");
                let kind = kind.strip_prefix("event: ").expect("a kind").to_owned();
                let data = data.strip_prefix("data: ").expect("data");
                return Event { kind, data: serde_json::from_str(data).expect("JSON") };
            }
            let chunk = self.response.chunk().await.expect("no error").expect("it goes on");
            self.received.extend_from_slice(&chunk);
        }
    }

    /// The next event that matches.
    pub(crate) async fn find(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.next().await;
            if is_it(&event) {
                return event;
            }
        }
    }
}
