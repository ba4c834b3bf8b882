//! A shop and its failing warehouse, with and without a breaker between them.
//!
//! The warehouse is a real HTTP server that is healthy, then fails, then is slow, then recovers. Two shops, each with its own
//! warehouse, send a hundred orders a second: one through the breaker below, one without. You watch the first live, and see
//! both compared after about 18 seconds.
//!
//! ```sh
//! cargo run --example outage
//! ```

#![allow(unreachable_pub, reason = "a program has no outside")]

mod callers;
mod paint;
mod table;
mod timeline;
mod warehouse;

use std::sync::Arc;
use std::time::Duration;

use fluxgate::{CallNotPermitted, circuit_breaker};
use tokio::time::Instant;

use callers::Log;
use timeline::Timeline;
use warehouse::{LENGTH, Warehouse};

/// The breaker opens if half of the latest calls failed or took 250 ms. Probes follow after 0.5 s, later 1 s, and once
/// they succeed, traffic returns over 2 s. (Real settings are more patient; this takes only 18 seconds.)
#[circuit_breaker(
    name = "warehouse",
    handle = BREAKER,
    window = count(40),
    trip = min(20) & (failure_rate(50%) | slow_rate(50%, 250ms)),
    retry = backoff(500ms, max = 1s),
    permit = ramp_up(20%, 100%, 2s),
)]
async fn order_guarded(shop: Shop) -> Result<(), Trouble> {
    order(shop).await
}

async fn order(shop: Shop) -> Result<(), Trouble> {
    shop.http.post(&shop.warehouse).send().await?.error_for_status()?;
    Ok(())
}

#[derive(Clone)]
struct Shop {
    http: reqwest::Client,
    warehouse: String,
}

impl Shop {
    fn new(warehouse: &Warehouse) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(1)).build()?;
        Ok(Self { http, warehouse: format!("http://{}/orders", warehouse.address) })
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Request(#[from] reqwest::Error),
    #[error(transparent)]
    Refused(#[from] CallNotPermitted),
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let (guarded, bare) = (Warehouse::open(start).await?, Warehouse::open(start).await?);
    let (guarded_shop, bare_shop) = (Shop::new(&guarded)?, Shop::new(&bare)?);
    let (guarded_log, bare_log) = (Log::default(), Log::default());
    let timeline = Timeline::new(start, Arc::clone(&guarded), Arc::clone(&guarded_log));

    timeline::introduce();
    BREAKER.listen(timeline.listener());
    tokio::join!(
        callers::run(start, Arc::clone(&guarded_log), || order_guarded(guarded_shop.clone())),
        callers::run(start, Arc::clone(&bare_log), || order(bare_shop.clone())),
        timeline.run(LENGTH),
    );
    table::print(
        &table::Run::new(&bare, &bare_log, None),
        &table::Run::new(&guarded, &guarded_log, timeline.closed()),
    );
    Ok(())
}
