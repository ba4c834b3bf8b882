//! A reqwest client with a breaker for every host: one of two servers on this machine is busy, says until when, and is left alone
//! until then. The other is unaffected.
//!
//! ```sh
//! cargo run --example middleware
//! ```

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{DATE, RETRY_AFTER};
use axum::routing::get;
use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, permit, trip};
use fluxgate_reqwest_middleware::{BreakerPerHost, refusal};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use tokio::net::TcpListener;

async fn serve(app: Router) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, app).into_future());
    Ok(address)
}

/// Busy for two minutes by its own clock, which is years behind.
async fn busy() -> (StatusCode, [(axum::http::HeaderName, &'static str); 2]) {
    let dates = [(DATE, "Fri, 31 Dec 1999 23:57:00 GMT"), (RETRY_AFTER, "Fri, 31 Dec 1999 23:59:00 GMT")];
    (StatusCode::SERVICE_UNAVAILABLE, dates)
}

async fn ask(client: &ClientWithMiddleware, name: &str, host: SocketAddr) {
    match client.get(format!("http://{host}/")).send().await {
        Ok(response) => println!("{name}: {}", response.status()),
        Err(error) => match refusal(&error) {
            Some(refusal) => println!("{name}: not sent, {refusal}"),
            None => println!("{name}: {error}"),
        },
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On this clock, minutes pass at once.
    let clock = ManualClock::new();
    let hosts = CircuitBreaker::builder("hosts").trip(trip::failure_streak(3)).permit(permit::all());
    let hosts = hosts.clock(clock.clone()).keyed().build()?;
    let client = ClientBuilder::new(reqwest::Client::new()).with(BreakerPerHost::new(hosts.clone())).build();
    let calm = serve(Router::new().route("/", get(async || "all is well"))).await?;
    let busy = serve(Router::new().route("/", get(busy))).await?;

    for _ in 0..4 {
        ask(&client, "busy", busy).await;
        ask(&client, "calm", calm).await;
    }
    clock.advance(Duration::from_secs(60));
    println!("A minute later, it is still left alone, as it asked:");
    ask(&client, "busy", busy).await;
    clock.advance(Duration::from_secs(80));
    println!("After two minutes, plus a little at random, it is tried again:");
    ask(&client, "busy", busy).await;
    for (name, host) in [("busy", busy), ("calm", calm)] {
        println!("The breaker of {name} is {}.", hosts.get(&host.to_string()).state());
    }
    Ok(())
}
