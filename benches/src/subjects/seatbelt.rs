use std::time::Duration;

use layered::{Execute, Service, Stack};
use seatbelt::breaker::Breaker;
use seatbelt::{RecoveryInfo, ResilienceContext};

use super::{ENOUGH, FOREVER, Failure, Subject, failing, healthy, ok, ready, work_async};

/// Asynchronous only.
pub(super) fn subject() -> Subject {
    let (calm, sick, open) = (breaker(), breaker(), breaker());
    for _ in 0..ENOUGH {
        ok(ready(open.execute(super::FAILS)));
    }
    Subject {
        name: "seatbelt 0.11",
        configuration: "async only; window 30 s, minimum 10, rate 50%",
        healthy: None,
        healthy_async: healthy(move |input| ok(ready(calm.execute(input)))),
        failing: failing(move |input| ok(ready(sick.execute(input)))),
        refused: healthy(move |input| ok(ready(open.execute(input)))),
    }
}

fn breaker() -> impl Service<u64, Out = Result<u64, Failure>> + 'static {
    let context = ResilienceContext::new(tick::Clock::new_tokio());
    let layer = Breaker::layer("bench", &context)
        .recovery_with(|result: &Result<u64, Failure>, _| match result {
            Ok(_) => RecoveryInfo::never(),
            Err(_) => RecoveryInfo::retry(),
        })
        .rejected_input_error(|_, _| Failure::Work)
        .failure_threshold(0.5)
        .min_throughput(10)
        .sampling_duration(Duration::from_secs(30))
        .break_duration(FOREVER);
    (layer, Execute::new(work_async)).into_service()
}
