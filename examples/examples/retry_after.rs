//! A server says how long to leave it alone, and a client complies: the breaker stays open for as long as the `Retry-After`
//! of the failure that opened it says.
//!
//! ```sh
//! cargo run --example retry_after
//! ```

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use fluxgate::http::retry_after;
use fluxgate::{CallNotPermitted, circuit_breaker};
use tokio::net::TcpListener;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("the server answers {0}")]
    Status(StatusCode, Option<Duration>),
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
}

impl ApiError {
    /// How long the server asks to be left alone.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status(_, pause) => *pause,
            Self::Transport(_) | Self::NotPermitted(_) => None,
        }
    }
}

/// Three failures open the breaker for a little over two seconds: not for the ten of the backoff, which is for failures without the header.
#[circuit_breaker(
    name = "api",
    trip = failures(3),
    retry = from_error(ApiError::retry_after, otherwise = backoff(10s)),
    permit = all,
)]
async fn fetch(url: &str) -> Result<String, ApiError> {
    let response = reqwest::get(url).await?;
    if response.status().is_success() {
        return Ok(response.text().await?);
    }
    Err(ApiError::Status(response.status(), retry_after(response.headers())))
}

/// Busy for its first five requests.
async fn serve() -> Response {
    static REQUESTS: AtomicU32 = AtomicU32::new(0);
    if REQUESTS.fetch_add(1, Ordering::Relaxed) < 5 {
        (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "2")]).into_response()
    } else {
        "all is well".into_response()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(serve))).await });
    let start = Instant::now();
    let mut successes = 0;
    while successes < 3 {
        let answer = fetch(&url).await;
        println!(
            "{:>6.2}s {}",
            start.elapsed().as_secs_f64(),
            match &answer {
                Ok(text) => text.clone(),
                Err(error) => error.to_string(),
            }
        );
        successes += u32::from(answer.is_ok());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok(())
}
