//! The same outage, without and with the breaker.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::callers::{Call, End, Log, quantile};
use crate::warehouse::{Health, Warehouse};

/// The results of one of the two runs.
pub struct Run {
    received_sick: u64,
    calls: Vec<Call>,
    closed: Option<Duration>,
}

impl Run {
    pub fn new(warehouse: &Warehouse, log: &Log, closed: Option<Duration>) -> Self {
        let calls = log.lock().expect("no holder panics").clone();
        Self { received_sick: warehouse.received_sick.load(Relaxed), calls, closed }
    }

    fn answered(&self) -> String {
        let answered = self.calls.iter().filter(|call| call.end == End::Answered).count();
        format!("{answered} of {}", self.calls.len())
    }

    /// The wait during the outage that the given share of callers did not exceed.
    fn wait(&self, share: f64) -> String {
        let sick = self.calls.iter().filter(|call| Health::at(call.began).is_sick());
        quantile(sick.map(|call| call.wait), share).map_or_else(|| "-".into(), |wait| format!("{wait:.1?}"))
    }

    fn closing(&self) -> String {
        self.closed.map_or_else(|| "-".into(), |time| format!("{time:.1?}"))
    }
}

pub fn print(without: &Run, with: &Run) {
    println!("\nThe same outage                            without the breaker         with it");
    row("requests that hit the sick warehouse", &without.received_sick, &with.received_sick);
    row("wait of a caller during it: median", &without.wait(0.5), &with.wait(0.5));
    row("                            p99", &without.wait(0.99), &with.wait(0.99));
    row("orders answered, of all sent", &without.answered(), &with.answered());
    row("from the recovery to closed", &without.closing(), &with.closing());
}

fn row(title: &str, without: &dyn std::fmt::Display, with: &dyn std::fmt::Display) {
    println!("  {title:<40} {without:>19} {with:>15}");
}
