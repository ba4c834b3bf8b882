use std::sync::{Mutex, PoisonError};

use breaker_machines::CircuitBreaker;

use super::{ENOUGH, FOREVER, Subject, failing, healthy, ok, ready, work, work_async};

pub(super) fn subject() -> Subject {
    let (calm, sick, open) = (shared(), shared(), shared());
    let asynchronous = builder().build_async();
    for _ in 0..ENOUGH {
        call(&open, super::FAILS);
    }
    Subject {
        name: "breaker-machines 0.22",
        configuration: "window 60 s (at most 1,000 calls), minimum 10, rate 50%; its `call` takes `&mut self`, so behind a `Mutex`",
        healthy: healthy(move |input| call(&calm, input)),
        healthy_async: healthy(move |input| ok(ready(asynchronous.call(|| work_async(input))))),
        failing: failing(move |input| call(&sick, input)),
        refused: healthy(move |input| call(&open, input)),
    }
}

fn call(breaker: &Mutex<CircuitBreaker>, input: u64) -> bool {
    ok(breaker.lock().unwrap_or_else(PoisonError::into_inner).call(|| work(input)))
}

fn shared() -> Mutex<CircuitBreaker> {
    Mutex::new(builder().build())
}

fn builder() -> breaker_machines::CircuitBuilder {
    CircuitBreaker::builder("bench")
        .disable_failure_threshold()
        .failure_rate(0.5)
        .minimum_calls(10)
        .failure_window_secs(60.0)
        .half_open_timeout_secs(FOREVER.as_secs_f64())
        .jitter_factor(0.0)
}
