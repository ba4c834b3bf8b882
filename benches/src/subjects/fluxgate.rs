use std::time::Duration;

use fluxgate::trip::{self, Rule};
use fluxgate::window::{self, Window};
use fluxgate::{CircuitBreaker, retry};

use super::{ENOUGH, FOREVER, Subject, failing, healthy, ok, work};

/// Breakers made and called by hand.
pub(super) fn subjects() -> Vec<Subject> {
    let minute = window::time(Duration::from_secs(60));
    let slow = Duration::from_secs(1);
    let rate = || trip::failure_rate(0.5);
    vec![
        subject(
            "fluxgate, `call`",
            "window 100, minimum 10, rate 50%",
            window::count(100),
            trip::min(10) & rate(),
        ),
        subject("fluxgate, time window", "window 60 s, minimum 10, rate 50%", minute, trip::min(10) & rate()),
        subject(
            "fluxgate, `slow_rate`",
            "window 100, minimum 10, rate 50% failed or slower than 1 s",
            window::count(100),
            trip::min(10) & (rate() | trip::slow_rate(0.5, slow)),
        ),
        subject(
            "fluxgate, `avg_latency`",
            "window 100, minimum 10, rate 50% or 1 s on average",
            window::count(100),
            trip::min(10) & (rate() | trip::avg_latency(slow)),
        ),
    ]
}

fn subject(name: &'static str, configuration: &'static str, window: Window, rule: Rule) -> Subject {
    let [calm, sick, open] = [(); 3].map(|()| breaker(window.clone(), rule.clone()));
    for _ in 0..ENOUGH {
        ok(open.call(|| work(super::FAILS)));
    }
    Subject {
        name,
        configuration,
        healthy: healthy(move |input| ok(calm.call(|| work(input)))),
        healthy_async: None,
        failing: failing(move |input| ok(sick.call(|| work(input)))),
        refused: healthy(move |input| ok(open.call(|| work(input)))),
    }
}

fn breaker(window: Window, rule: Rule) -> CircuitBreaker {
    CircuitBreaker::builder("bench")
        .window(window)
        .trip(rule)
        .retry(retry::cooldown(FOREVER))
        .build()
        .expect("a configuration within its limits")
}
