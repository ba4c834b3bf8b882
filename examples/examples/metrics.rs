//! A program whose breakers Prometheus can scrape.
//!
//! `cargo run --example metrics` calls three dependencies, two of which have regular trouble, and answers
//! `GET /metrics` until it is stopped; `-- --seconds N` ends it. `-- --once` prints a single scrape instead:
//! `cargo run --example metrics -- --once | promtool check metrics`.
//!
//! `examples/monitoring/` has alert rules and a dashboard for Grafana that go with it.

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use fluxgate::metrics::Reporter;
use fluxgate::{CallNotPermitted, circuit_breaker};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::time::{interval, sleep};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no answer")]
    NoAnswer,
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
}

#[circuit_breaker(name = "payments", window = count(20), trip = min(10) & failure_rate(50%), retry = cooldown(3s))]
async fn pay(works: bool) -> std::result::Result<(), Failure> {
    if works { Ok(()) } else { Err(Failure::NoAnswer) }
}

#[circuit_breaker(
    name = "stock",
    window = time(10s),
    trip = min(10) & (failure_rate(50%) | slow_rate(50%, 50ms)) | in_flight(50),
    retry = cooldown(3s),
    count_calls = true
)]
async fn look_up(pause: Duration) -> std::result::Result<(), Failure> {
    sleep(pause).await;
    Ok(())
}

#[circuit_breaker(name = "mail", count_calls = true)]
async fn send() -> std::result::Result<(), Failure> {
    Ok(())
}

/// Calls all three, twenty times a second. Payments are down for 4 s of every 20, and the stock is slow for the 4 s after.
async fn trade() {
    let mut ticks = interval(Duration::from_millis(50));
    for nth in 0_u32.. {
        ticks.tick().await;
        let second = nth / 20 % 20;
        let pause = if (9..13).contains(&second) { 80 } else { 1 };
        let _ = pay(!(5..9).contains(&second)).await;
        let _ = send().await;
        tokio::spawn(look_up(Duration::from_millis(pause)));
    }
}

#[derive(Clone)]
struct Figures {
    reporter: Reporter,
    exporter: PrometheusHandle,
}

async fn figures(State(figures): State<Figures>) -> String {
    figures.reporter.update();
    figures.exporter.run_upkeep();
    figures.exporter.render()
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];
    let exporter = PrometheusBuilder::new().set_buckets(&buckets)?.install_recorder()?;
    let figures_of_all = Figures { reporter: Reporter::new().install(), exporter };
    let router = Router::new().route("/metrics", get(figures)).with_state(figures_of_all);

    let is_once = arguments.iter().any(|argument| argument == "--once");
    let port = if is_once { 0 } else { 9_464 };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    if is_once {
        for nth in 0..30 {
            let _ = (pay(nth < 10).await, look_up(Duration::ZERO).await, send().await);
        }
        print!("{}", reqwest::get(format!("http://{address}/metrics")).await?.text().await?);
        return Ok(());
    }
    println!("http://{address}/metrics");
    let seconds = arguments.iter().skip_while(|argument| *argument != "--seconds").nth(1);
    match seconds {
        Some(seconds) => drop(tokio::time::timeout(Duration::from_secs(seconds.parse()?), trade()).await),
        None => trade().await,
    }
    Ok(())
}
