//! The server: its health follows a script.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

/// When each state of health begins.
pub const SCRIPT: [(Duration, Health); 4] = [
    (Duration::ZERO, Health::Healthy),
    (Duration::from_secs(3), Health::Failing),
    (Duration::from_secs(8), Health::Slow),
    (RECOVERY, Health::Recovered),
];

pub const RECOVERY: Duration = Duration::from_secs(12);
pub const LENGTH: Duration = Duration::from_secs(18);

/// A warehouse has this many hands; further orders wait their turn.
const HANDS: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Health {
    Healthy,
    Failing,
    Slow,
    Recovered,
}

impl Health {
    /// The health at this time since the start.
    pub fn at(time: Duration) -> Self {
        let begun = SCRIPT.iter().rev().find(|(begin, _)| *begin <= time);
        begun.map_or(Self::Healthy, |&(_, health)| health)
    }

    pub fn is_sick(self) -> bool {
        matches!(self, Self::Failing | Self::Slow)
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Failing => "failing",
            Self::Slow => "slow",
            Self::Recovered => "recovered",
        }
    }

    /// How long one order takes, and its status.
    pub fn treats_orders(self) -> (Duration, StatusCode) {
        match self {
            Self::Healthy | Self::Recovered => (Duration::from_millis(20), StatusCode::OK),
            Self::Failing => (Duration::from_millis(100), StatusCode::INTERNAL_SERVER_ERROR),
            Self::Slow => (Duration::from_millis(600), StatusCode::OK),
        }
    }
}

pub struct Warehouse {
    pub address: SocketAddr,
    start: Instant,
    hands: Semaphore,
    /// Orders received, and how many of them while it was sick.
    pub received: AtomicU64,
    pub received_sick: AtomicU64,
}

impl Warehouse {
    /// Opens on a free port of this machine.
    pub async fn open(start: Instant) -> std::io::Result<Arc<Self>> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let warehouse = Arc::new(Self {
            address: listener.local_addr()?,
            start,
            hands: Semaphore::new(HANDS),
            received: AtomicU64::new(0),
            received_sick: AtomicU64::new(0),
        });
        let router = Router::new().route("/orders", post(take_order)).with_state(Arc::clone(&warehouse));
        tokio::spawn(async { axum::serve(listener, router).await });
        Ok(warehouse)
    }

    fn health(&self) -> Health {
        Health::at(self.start.elapsed())
    }
}

async fn take_order(State(warehouse): State<Arc<Warehouse>>) -> StatusCode {
    warehouse.received.fetch_add(1, Relaxed);
    warehouse.received_sick.fetch_add(u64::from(warehouse.health().is_sick()), Relaxed);
    // Like most servers, it continues an order that nobody waits for any more, hence the separate task.
    tokio::spawn(pack(warehouse)).await.unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}

async fn pack(warehouse: Arc<Warehouse>) -> StatusCode {
    let Ok(_hand) = warehouse.hands.acquire().await else { return StatusCode::SERVICE_UNAVAILABLE };
    let (duration, status) = warehouse.health().treats_orders();
    sleep(duration).await;
    status
}
