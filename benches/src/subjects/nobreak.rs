use nobreak::CircuitBreaker;

use super::{ENOUGH, FOREVER, Subject, failing, healthy, ok, ready, work, work_async};

pub(super) fn subject() -> Subject {
    let (calm, sick, open, asynchronous) = (breaker(), breaker(), breaker(), breaker());
    for _ in 0..ENOUGH {
        ok(open.call(|| work(super::FAILS)));
    }
    Subject {
        name: "nobreak 0.1",
        configuration: "10 failures in a row (no rate)",
        healthy: healthy(move |input| ok(calm.call(|| work(input)))),
        healthy_async: healthy(move |input| ok(ready(asynchronous.call_async(|| work_async(input))))),
        failing: failing(move |input| ok(sick.call(|| work(input)))),
        refused: healthy(move |input| ok(open.call(|| work(input)))),
    }
}

fn breaker() -> CircuitBreaker {
    nobreak::builder()
        .with_failure_threshold(10)
        .with_success_threshold(10)
        .with_open_duration(FOREVER)
        .build()
}
