//! A client with a complete tower stack: retries, the breaker, a concurrency limit, a time-out. A real server on this machine is healthy,
//! then in trouble, then healthy again.
//!
//! ```sh
//! cargo run --example tower
//! ```
//!
//! Why the layers are in this order is on the page "Order of layers", `fluxgate/docs/layers.md`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use fluxgate::tower::CircuitBreakerLayer;
use fluxgate::{CircuitBreaker, Error, Outcome, breaker};
use reqwest::Response;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep};
use tower::retry::{Policy, RetryLayer};
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _};

static PRICES: CircuitBreaker =
    breaker!(name = "prices", trip = failure_streak(4), retry = cooldown(3s), permit = all);

const TIME_LIMIT: Duration = Duration::from_millis(200);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(50);
/// The longest that a caller waits for another attempt.
const PATIENCE: Duration = Duration::from_secs(1);

/// The stack, from the outside in.
fn stack<S>(client: S) -> impl Prices
where
    S: Service<u32, Response = Response, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
{
    ServiceBuilder::new()
        .layer(RetryLayer::new(Retries { left: 2 }))
        .layer(CircuitBreakerLayer::new(&PRICES).classify(outcome))
        .concurrency_limit(10)
        .timeout(TIME_LIMIT)
        .service(client)
}

/// Fetches the price of a product.
trait Prices:
    Service<u32, Response = Response, Error = Error<BoxError>, Future: Send> + Clone + Send + 'static
{
}

impl<S> Prices for S where
    S: Service<u32, Response = Response, Error = Error<BoxError>, Future: Send> + Clone + Send + 'static
{
}

type Answer = Result<Response, Error<BoxError>>;

/// A 503 is an `Ok` for the client, but a failure of the server.
fn outcome(result: &Result<Response, BoxError>) -> Outcome {
    match result {
        Ok(response) if !response.status().is_server_error() => Outcome::Success,
        _ => Outcome::Failure,
    }
}

/// The attempts left, as long as the caller does not have to wait too long for the next one.
#[derive(Clone)]
struct Retries {
    left: u32,
}

impl Policy<u32, Response, Error<BoxError>> for Retries {
    type Future = Sleep;

    fn retry(&mut self, _: &mut u32, result: &mut Answer) -> Option<Sleep> {
        let planned = (self.left > 0).then_some(BETWEEN_ATTEMPTS);
        let delay = match result {
            Ok(response) if !response.status().is_server_error() => None,
            Ok(_) | Err(Error::Inner(_)) => planned,
            Err(Error::NotPermitted(refusal)) => refusal.delay_retry(planned),
        };
        let delay = delay.filter(|delay| *delay <= PATIENCE)?;
        self.left -= 1;
        println!("    {}; retry in {:.2} s", describe(result), delay.as_secs_f64());
        Some(sleep(delay))
    }

    fn clone_request(&mut self, product: &u32) -> Option<u32> {
        Some(*product)
    }
}

fn describe(answer: &Answer) -> String {
    match answer {
        Ok(response) => response.status().to_string(),
        Err(error) => error.to_string(),
    }
}

/// The server. In trouble, it answers every second request with 503 and never answers the others.
#[derive(Default)]
struct Shop {
    in_trouble: AtomicBool,
    requests: AtomicU32,
}

impl Shop {
    async fn answer(&self) -> StatusCode {
        let nth = self.requests.fetch_add(1, Relaxed);
        match (self.in_trouble.load(Relaxed), nth % 2) {
            (false, _) => StatusCode::OK,
            (true, 0) => StatusCode::SERVICE_UNAVAILABLE,
            (true, _) => std::future::pending().await,
        }
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let shop = Arc::new(Shop::default());
    let address = serve(shop.clone()).await?;
    let http = reqwest::Client::new();
    let client =
        tower::service_fn(move |product: u32| http.get(format!("http://{address}/{product}")).send());
    tell(&shop, stack(client)).await;
    Ok(())
}

async fn serve(shop: Arc<Shop>) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let answer = async move || shop.answer().await;
    tokio::spawn(axum::serve(listener, Router::new().route("/{product}", get(answer))).into_future());
    Ok(address)
}

/// What some callers experienced.
#[derive(PartialEq, Debug)]
struct Seen {
    callers: usize,
    answered: usize,
    /// Requests that reached the server.
    requests: u32,
}

/// Sends callers before, during and after the trouble.
async fn tell(shop: &Shop, prices: impl Prices) -> Vec<Seen> {
    let mut seen = Vec::new();
    println!("The server is healthy.");
    for _ in 0..2 {
        seen.push(ask(1, shop, &prices).await);
    }

    println!("\nThe server is in trouble: it answers 503, or not at all.");
    shop.in_trouble.store(true, Relaxed);
    for _ in 0..2 {
        seen.push(ask(1, shop, &prices).await);
    }
    seen.push(ask(100, shop, &prices).await);

    println!("\nThe server is healthy again, and some time passes.");
    shop.in_trouble.store(false, Relaxed);
    sleep(Duration::from_millis(2_400)).await;
    for _ in 0..4 {
        seen.push(ask(1, shop, &prices).await);
    }
    seen
}

/// This many callers at once.
async fn ask(callers: usize, shop: &Shop, prices: &impl Prices) -> Seen {
    let (before, start) = (shop.requests.load(Relaxed), Instant::now());
    println!(
        "  {}:",
        if callers == 1 { "a caller".to_owned() } else { format!("{callers} callers at once") }
    );
    let calls: JoinSet<Answer> = (0..callers).map(|_| prices.clone().oneshot(7)).collect();
    let answers = calls.join_all().await;
    let answered = answers.iter().flatten().filter(|response| response.status().is_success()).count();
    let requests = shop.requests.load(Relaxed) - before;
    let took = start.elapsed().as_secs_f64();
    println!("    {}", answers.first().map(describe).unwrap_or_default());
    println!(
        "    -> answered: {answered}, after {took:.2} s; requests to the server: {requests}; the breaker is {}",
        PRICES.state()
    );
    Seen { callers, answered, requests }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;

    use fluxgate::State;
    use reqwest::Response;

    use super::{PRICES, Seen, Shop, stack, tell};

    /// On tokio's paused clock, so without sockets.
    #[tokio::test(start_paused = true)]
    async fn callers_are_spared_and_so_is_the_server() {
        let shop = Arc::new(Shop::default());
        let server = shop.clone();
        let client = tower::service_fn(move |_| {
            let server = server.clone();
            async move {
                let mut response = axum::http::Response::new("");
                *response.status_mut() = server.answer().await;
                Ok::<_, Infallible>(Response::from(response))
            }
        });
        let one = |answered, requests| Seen { callers: 1, answered, requests };
        assert_eq!(
            tell(&shop, stack(client)).await,
            [
                one(1, 1),
                one(1, 1),
                one(0, 3),
                one(0, 1),
                Seen { callers: 100, answered: 0, requests: 0 },
                one(1, 1),
                one(1, 1),
                one(1, 1),
                one(1, 1),
            ]
        );
        assert_eq!((PRICES.state(), PRICES.snapshot().totals.refused), (State::Closed, 102));
    }
}
