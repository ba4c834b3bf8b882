//! Calls with a time limit.

use std::hint::black_box;
use std::time::Duration;

use fluxgate::{TimedOut, circuit_breaker};
use tokio::runtime::{Builder, Runtime};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::{Case, calls, case};
use crate::work::{Failure, ready, work_async};

pub const CASES: [Case; 2] = [
    case("bare async call, a time limit of tokio's", |times| {
        let _entered = runtime().enter();
        calls(times, bare)
    })
    .bare(),
    case("async, `timeout`, healthy", |times| {
        let _entered = runtime().enter();
        calls(times, attribute)
    })
    .over("bare async call, a time limit of tokio's")
    .healthy(),
];

fn runtime() -> &'static Runtime {
    Box::leak(Box::new(Builder::new_current_thread().enable_time().build().expect("a runtime")))
}

#[derive(Debug)]
pub enum Limited {
    #[allow(dead_code, reason = "an error has a cause")]
    Failed(Failure),
    TimedOut,
}

impl From<Elapsed> for Limited {
    fn from(_: Elapsed) -> Self {
        Self::TimedOut
    }
}

impl From<TimedOut> for Limited {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

impl From<fluxgate::CallNotPermitted> for Limited {
    fn from(refusal: fluxgate::CallNotPermitted) -> Self {
        Self::Failed(refusal.into())
    }
}

#[inline(never)]
pub fn bare(input: u64) -> Result<u64, Limited> {
    ready(async {
        timeout(Duration::from_secs(2), work_async(black_box(input))).await?.map_err(Limited::Failed)
    })
}

#[inline(never)]
pub fn attribute(input: u64) -> Result<u64, Limited> {
    #[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5), timeout = 2s)]
    async fn guarded(input: u64) -> Result<u64, Limited> {
        work_async(input).await.map_err(Limited::Failed)
    }
    ready(guarded(black_box(input)))
}
