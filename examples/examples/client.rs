//! An HTTP client whose breaker counts responses by status: a server on this machine is healthy, then failing, then healthy again.
//!
//! ```sh
//! cargo run --example client
//! ```

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use fluxgate::Error::Inner;
use fluxgate::circuit_breaker;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// A 503 is a failure, though it is an `Ok`; a 404 is an answer; no connection is a failure.
#[circuit_breaker(
    trip = failure_streak(4),
    track = server_errors,
    retry = cooldown(500ms),
    permit = all,
    handle = SHOP,
)]
async fn fetch(url: String) -> Result<reqwest::Response, fluxgate::Error<reqwest::Error>> {
    reqwest::get(url).await.map_err(Inner)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let status = Arc::new(AtomicU16::new(200));
    let address = serve(status.clone()).await?;
    println!("Each line shows the breaker's state after a call, and what the caller sees.");
    for (code, pause) in [(200, 0), (404, 0), (503, 0), (200, 600)] {
        status.store(code, Relaxed);
        sleep(Duration::from_millis(pause)).await;
        println!("The server answers {code}:");
        for _ in 0..6 {
            let seen = match fetch(format!("http://{address}/")).await {
                Ok(response) => response.status().to_string(),
                Err(Inner(error)) => error.to_string(),
                Err(refusal) => refusal.to_string(),
            };
            println!("  {:<13}{seen}", format!("[{}]", SHOP.state()));
        }
    }
    Ok(())
}

/// A server that answers with the current `status`.
async fn serve(status: Arc<AtomicU16>) -> std::io::Result<SocketAddr> {
    let answer = async move || StatusCode::from_u16(status.load(Relaxed)).unwrap_or_default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, Router::new().route("/", get(answer))).into_future());
    Ok(address)
}
