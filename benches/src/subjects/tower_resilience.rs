use tower::Service;
use tower_resilience_circuitbreaker::CircuitBreakerLayer;

use super::{ENOUGH, FOREVER, Run, Subject, black_box, ok, ready, work_async};

/// Asynchronous only. A tower service is called through `&mut self`; its clones share one breaker, so each run uses a clone.
pub(super) fn subject() -> Subject {
    let open = breaker();
    for _ in 0..ENOUGH {
        ok(ready(open.clone().call(super::FAILS)));
    }
    Subject {
        name: "tower-resilience-circuitbreaker 0.14",
        configuration: "async only; window 100, minimum 10, rate 50%",
        healthy: None,
        healthy_async: calls(breaker(), |index| index),
        failing: calls(breaker(), super::sometimes),
        refused: calls(open, |index| index),
    }
}

fn calls<S>(service: S, input: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Option<Run>
where
    S: Service<u64> + Clone + Send + Sync + 'static,
{
    Some(Box::new(move |times| {
        let mut service = service.clone();
        (0..times).map(|index| u64::from(ok(ready(service.call(black_box(input(index))))))).sum()
    }))
}

fn breaker() -> impl Service<u64> + Clone + Send + Sync + 'static {
    let layer = CircuitBreakerLayer::builder()
        .failure_rate_threshold(0.5)
        .sliding_window_size(100)
        .minimum_number_of_calls(10)
        .wait_duration_in_open(FOREVER)
        .build()
        .expect("a configuration within its limits");
    tower::Layer::layer(&layer, tower::service_fn(work_async))
}
