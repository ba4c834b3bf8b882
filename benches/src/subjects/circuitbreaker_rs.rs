use circuitbreaker_rs::{CircuitBreaker, DefaultPolicy};

use super::{FOREVER, Failure, Subject, failing, healthy, ok, ready, work, work_async};

pub(super) fn subject() -> Subject {
    let (calm, sick, open, asynchronous) = (breaker(), breaker(), breaker(), breaker());
    open.force_open();
    Subject {
        name: "circuitbreaker-rs 0.1",
        configuration: "totals since the last change of state (no window), minimum 10, rate 50%",
        healthy: healthy(move |input| ok(calm.call(|| work(input)))),
        healthy_async: healthy(move |input| ok(ready(asynchronous.call_async(|| work_async(input))))),
        failing: failing(move |input| ok(sick.call(|| work(input)))),
        refused: healthy(move |input| ok(open.call(|| work(input)))),
    }
}

fn breaker() -> CircuitBreaker<DefaultPolicy, Failure> {
    CircuitBreaker::<DefaultPolicy, Failure>::builder()
        .failure_threshold(0.5)
        .min_throughput(10)
        .consecutive_failures(u64::MAX)
        .cooldown(FOREVER)
        .build()
}
