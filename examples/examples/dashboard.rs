//! A small shop with three dependencies, and the dashboard of their breakers.
//!
//! `cargo run --example dashboard` prints an address to open; `-- --seconds N` ends it, `-- --port N` chooses the port, which is 9466
//! otherwise. The dependencies are servers on this machine, called over HTTP, and one of them is always in some trouble. The shop's
//! customers come thirty times a second.
//!
//! Here, anyone who reaches the page may command the breakers, because only this machine can reach it. Elsewhere, ask who it is with
//! `Dashboard::authorize`.

use std::error::Error;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use fluxgate::metrics::Reporter;
use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_dashboard::{Access, Dashboard};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::time::{interval, sleep};

#[derive(Debug, thiserror::Error)]
enum ShopError {
    #[error("no answer")]
    NoAnswer(#[from] reqwest::Error),
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
}

/// The shop's clients, one for each dependency.
#[derive(Clone)]
struct Clients {
    http: reqwest::Client,
    dependencies: String,
}

impl Clients {
    #[circuit_breaker(
        name = "payments",
        window = time(10s),
        trip = min(20) & (failure_rate(50%) | slow_rate(80%, 1s)),
        retry = backoff(3s, multiplier = 2, max = 12s, jitter = 0.1),
        permit = ramp_up(0.2, 1.0, 6s),
        count_calls = true
    )]
    async fn pay(&self) -> Result<(), ShopError> {
        self.ask("payments").await
    }

    #[circuit_breaker(
        name = "stock",
        window = count(60),
        trip = min(20) & (failure_rate(50%) | slow_rate(60%, 200ms)),
        retry = cooldown(5s),
        permit = all,
        count_calls = true
    )]
    async fn look_up(&self) -> Result<(), ShopError> {
        self.ask("stock").await
    }

    // This breaker counts no calls, so healthy ones write nothing, and the dashboard shows only its failures and refusals.
    #[circuit_breaker(name = "mail", trip = failure_streak(8), retry = cooldown(4s, jitter = 0.2), permit = all)]
    async fn send(&self) -> Result<(), ShopError> {
        self.ask("mail").await
    }

    async fn ask(&self, dependency: &str) -> Result<(), ShopError> {
        let answer = self.http.get(format!("{}/{dependency}", self.dependencies)).send().await?;
        answer.error_for_status()?;
        Ok(())
    }
}

/// When the program began.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How a dependency answers now. Each is in trouble for 20 s of a minute.
async fn dependency(Path(name): Path<String>) -> StatusCode {
    let in_trouble = ["payments", "stock", "mail"][BEGAN.elapsed().as_secs() as usize / 20 % 3];
    let share = fastrand::f64();
    if name != in_trouble {
        sleep(Duration::from_millis(fastrand::u64(2..40))).await;
        return if share < 0.01 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
    }
    match name.as_str() {
        "payments" if share < 0.7 => StatusCode::SERVICE_UNAVAILABLE,
        "stock" => {
            sleep(Duration::from_millis(fastrand::u64(150..500))).await;
            StatusCode::OK
        }
        "mail" => StatusCode::BAD_GATEWAY,
        _ => StatusCode::OK,
    }
}

/// What a customer does.
async fn order(clients: Clients) {
    let _ = clients.look_up().await;
    if clients.pay().await.is_ok() {
        let _ = clients.send().await;
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

/// Serves the router on this machine. Returns its address.
async fn serve(router: Router, port: u16) -> std::io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}

/// The value of an argument that is a number.
fn argument(name: &str) -> Result<Option<u64>, Box<dyn Error>> {
    let value = std::env::args().skip_while(|argument| argument != name).nth(1);
    Ok(value.map(|value| value.parse()).transpose()?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let dependencies = serve(Router::new().route("/{name}", get(dependency)), 0).await?;

    let exporter = PrometheusBuilder::new().set_buckets(&[0.01, 0.05, 0.1, 0.5, 1.0])?.install_recorder()?;
    let figures_of_all = Figures { reporter: Reporter::new().install(), exporter };
    let shop = Router::new()
        .route("/metrics", get(figures))
        .with_state(figures_of_all)
        .nest_service("/breakers", Dashboard::new().authorize(|_| Access::Control).router());
    let port = argument("--port")?.map_or(Ok(9_466), u16::try_from)?;
    let address = serve(shop, port).await?;
    println!("{address}/breakers");

    let clients = Clients { http: reqwest::Client::new(), dependencies };
    let customers = async {
        let mut ticks = interval(Duration::from_millis(33));
        loop {
            ticks.tick().await;
            tokio::spawn(order(clients.clone()));
        }
    };
    match argument("--seconds")? {
        Some(seconds) => drop(tokio::time::timeout(Duration::from_secs(seconds), customers).await),
        None => customers.await,
    }
    Ok(())
}
