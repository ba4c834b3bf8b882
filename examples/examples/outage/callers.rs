//! The load: a hundred calls a second, whether or not earlier ones have returned.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, interval};

use crate::Trouble;
use crate::warehouse::LENGTH;

const PAUSE: Duration = Duration::from_millis(10);

/// One call, as its caller saw it.
#[derive(Clone, Copy)]
pub struct Call {
    pub began: Duration,
    pub wait: Duration,
    pub end: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    Answered,
    Failed,
    Refused,
}

/// All calls that have ended, in that order.
pub type Log = Arc<Mutex<Vec<Call>>>;

/// Makes calls until the end, then waits for the last answer.
pub async fn run<F>(start: Instant, log: Log, call: impl Fn() -> F)
where
    F: Future<Output = Result<(), Trouble>> + Send + 'static,
{
    let mut clock = interval(PAUSE);
    let mut calls = JoinSet::new();
    while start.elapsed() < LENGTH {
        clock.tick().await;
        let (log, call) = (Arc::clone(&log), call());
        calls.spawn(async move {
            let began = Instant::now();
            let end = match call.await {
                Ok(()) => End::Answered,
                Err(Trouble::Request(_)) => End::Failed,
                Err(Trouble::Refused(_)) => End::Refused,
            };
            let call = Call { began: began - start, wait: began.elapsed(), end };
            log.lock().expect("no holder panics").push(call);
        });
    }
    calls.join_all().await;
}

/// The wait that the given share of calls did not exceed; `None` if there are no calls.
pub fn quantile(waits: impl Iterator<Item = Duration>, share: f64) -> Option<Duration> {
    let mut waits: Vec<_> = waits.collect();
    waits.sort_unstable();
    let place = (waits.len() as f64 * share).ceil() as usize;
    waits.get(place.saturating_sub(1)).copied()
}
