//! The only Slack method needed: `chat.postMessage`.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::incidents::Message;

/// A Slack channel.
pub struct Channel {
    client: Client,
    url: String,
    authorization: HeaderValue,
    id: String,
}

/// Why a message was not posted.
#[derive(Debug, thiserror::Error)]
pub enum NotPosted {
    #[error("Slack asks to wait for {0:?}")]
    TooMany(Duration),
    /// A retry may succeed.
    #[error("Slack is failing: {0}")]
    Unavailable(String),
    /// A retry would fail, too.
    #[error("Slack rejects it: {0}")]
    Rejected(String),
}

/// The wait if Slack names none, or an invalid one.
const USUAL_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// Errors in an answer that are Slack's fault.
const PASSING: [&str; 4] = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];

impl Channel {
    /// `url` is the address of the API, without the method.
    pub fn new(url: &str, token: &str, id: String) -> Result<Self, String> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| "the token has characters that no token has".to_owned())?;
        // Keeps it from being printed.
        authorization.set_sensitive(true);
        let client = Client::builder().build().map_err(|error| format!("no HTTP client: {error}"))?;
        let url = format!("{}/chat.postMessage", url.trim_end_matches('/'));
        Ok(Self { client, url, authorization, id })
    }

    /// Posts a message. Returns its name, for messages in its thread. The caller should limit how long this takes.
    pub async fn post(&self, message: &Message) -> Result<String, NotPosted> {
        let mut body = json!({
            "channel": self.id,
            "text": message.text,
            "mrkdwn": false,
            "unfurl_links": false,
        });
        if let Some(thread) = &message.thread {
            body["thread_ts"] = json!(thread);
            body["reply_broadcast"] = json!(message.broadcast);
        }
        let request = self
            .client
            .post(&self.url)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body.to_string());
        let response = request.send().await.map_err(unavailable)?;
        match response.status() {
            StatusCode::OK => read(&response.bytes().await.map_err(unavailable)?),
            StatusCode::TOO_MANY_REQUESTS => Err(NotPosted::TooMany(wait(&response))),
            status if status.is_server_error() => Err(NotPosted::Unavailable(status.to_string())),
            status => Err(NotPosted::Rejected(status.to_string())),
        }
    }
}

/// An error with its causes.
fn unavailable(error: reqwest::Error) -> NotPosted {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    if text.contains("scheme is not http") {
        return NotPosted::Rejected(
            "this program was built without HTTPS; see the beginning of main.rs".to_owned(),
        );
    }
    NotPosted::Unavailable(text)
}

/// An answer with status 200 may be an error, too.
fn read(body: &[u8]) -> Result<String, NotPosted> {
    let answer: Value = serde_json::from_slice(body)
        .map_err(|_| NotPosted::Unavailable("its answer is not JSON".to_owned()))?;
    if answer["ok"] == true {
        let posted = answer["ts"].as_str().map(str::to_owned);
        return posted
            .ok_or_else(|| NotPosted::Unavailable("its answer does not name the message".to_owned()));
    }
    match answer["error"].as_str() {
        Some("ratelimited" | "rate_limited") => Err(NotPosted::TooMany(USUAL_WAIT)),
        Some(error) if PASSING.contains(&error) => Err(NotPosted::Unavailable(error.to_owned())),
        error => Err(NotPosted::Rejected(error.unwrap_or("it does not say why").to_owned())),
    }
}

fn wait(response: &Response) -> Duration {
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.trim().parse().ok()).map(Duration::from_secs);
    seconds.unwrap_or(USUAL_WAIT).min(LONGEST_WAIT)
}
