//! An axum handler with just the attribute: while its dependency is down, the server answers at once with a 503 that says when to retry.
//!
//! ```sh
//! cargo run --example handler
//! ```

use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use fluxgate::circuit_breaker;
use fluxgate::testing::ManualClock;
use tokio::net::TcpListener;

/// A response counts by its status: 5xx is a failure, and a 404 is an answer.
#[circuit_breaker(name = "stock", trip = failure_streak(3), permit = all)]
async fn stock(Path((product, is_up)): Path<(u32, bool)>) -> Response {
    // In place of a request to another service.
    tokio::task::yield_now().await;
    match product {
        _ if !is_up => (StatusCode::BAD_GATEWAY, "the warehouse does not answer").into_response(),
        0 => (StatusCode::NOT_FOUND, "there is no product 0").into_response(),
        _ => format!("{product} in stock").into_response(),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On this clock, a minute passes at once.
    let clock = ManualClock::new();
    fluxgate::set_clock(clock.clone())?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/stock/{product}/{is_up}", get(stock));
    tokio::spawn(axum::serve(listener, app).into_future());
    let ask = async |path: &str| {
        let response = reqwest::get(format!("http://{address}/stock/{path}")).await?;
        let (status, wait) = (response.status(), response.headers().get("retry-after").cloned());
        let wait = wait.and_then(|wait| Some(format!(" (Retry-After: {})", wait.to_str().ok()?)));
        println!("/stock/{path}: {status}{}", wait.unwrap_or_default());
        println!("  {}", response.text().await?);
        Ok::<_, reqwest::Error>(())
    };
    for path in ["7/true", "0/true", "7/false", "7/false", "7/false", "7/true"] {
        ask(path).await?;
    }
    clock.advance(Duration::from_secs(60));
    println!("A minute later:");
    for _ in 0..3 {
        ask("7/true").await?;
    }
    Ok(())
}
