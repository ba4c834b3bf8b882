use fluxgate::{CircuitBreaker, breaker, circuit_breaker, retry, trip, window};

use super::{ENOUGH, FAILS, FOREVER, Failure, Subject, failing, healthy, ok, ready, work, work_async};

/// A subject whose functions carry the attribute, each with its own breaker.
macro_rules! attributed {
    ($name:literal, $configuration:literal, #[$attribute:meta]) => {{
        #[$attribute]
        fn calm(input: u64) -> Result<u64, Failure> {
            work(input)
        }
        #[$attribute]
        async fn asynchronous(input: u64) -> Result<u64, Failure> {
            work_async(input).await
        }
        #[$attribute]
        fn sick(input: u64) -> Result<u64, Failure> {
            work(input)
        }
        #[$attribute]
        fn open(input: u64) -> Result<u64, Failure> {
            work(input)
        }
        for _ in 0..ENOUGH {
            ok(open(FAILS));
        }
        Subject {
            name: $name,
            configuration: $configuration,
            healthy: healthy(|input| ok(calm(input))),
            healthy_async: healthy(|input| ok(ready(asynchronous(input)))),
            failing: failing(|input| ok(sick(input))),
            refused: healthy(|input| ok(open(input))),
        }
    }};
}

pub(super) fn subjects() -> Vec<Subject> {
    vec![
        attributed!(
            "**fluxgate**",
            "attribute; window 100, minimum 10, rate 50%",
            #[circuit_breaker(window = count(100), trip = min(10) & failure_rate(50%), retry = cooldown(24h))]
        ),
        attributed!(
            "**fluxgate**, default rule",
            "attribute alone: window 100, minimum 100, rate 50%",
            #[circuit_breaker(retry = cooldown(24h))]
        ),
        attributed!(
            "**fluxgate**, time window",
            "attribute; window 60 s, minimum 10, rate 50%",
            #[circuit_breaker(window = time(60s), trip = min(10) & failure_rate(50%), retry = cooldown(24h))]
        ),
        attributed!(
            "**fluxgate**, `slow_rate`",
            "attribute; window 100, minimum 10, rate 50% failed or took 1 s",
            #[circuit_breaker(trip = min(10) & (failure_rate(50%) | slow_rate(50%, 1s)), retry = cooldown(24h))]
        ),
        attributed!(
            "**fluxgate**, `avg_latency`",
            "attribute; window 100, minimum 10, rate 50% or 1 s on average",
            #[circuit_breaker(trip = min(10) & (failure_rate(50%) | avg_latency(1s)), retry = cooldown(24h))]
        ),
        by_hand(
            "**fluxgate**, `breaker!`",
            "a constant, `call`; window 100, minimum 10, rate 50%",
            || breaker!(window = count(100), trip = min(10) & failure_rate(50%), retry = cooldown(24h)),
        ),
        by_hand("**fluxgate**, built", "built at run time, `call`; window 100, minimum 10, rate 50%", || {
            CircuitBreaker::builder("bench")
                .window(window::count(100))
                .trip(trip::min(10) & trip::failure_rate(0.5))
                .retry(retry::cooldown(FOREVER))
                .build()
                .expect("a configuration within its limits")
        }),
    ]
}

fn by_hand(name: &'static str, configuration: &'static str, breaker: impl Fn() -> CircuitBreaker) -> Subject {
    let [calm, sick, open, asynchronous] = [(); 4].map(|()| breaker());
    for _ in 0..ENOUGH {
        ok(open.call(|| work(FAILS)));
    }
    Subject {
        name,
        configuration,
        healthy: healthy(move |input| ok(calm.call(|| work(input)))),
        // The same body as with the attribute, with its own type, as in a program, so that its `poll` also has one caller.
        healthy_async: healthy(move |input| {
            ok(ready(asynchronous.call_async(async move { work_async(input).await })))
        }),
        failing: failing(move |input| ok(sick.call(|| work(input)))),
        refused: healthy(move |input| ok(open.call(|| work(input)))),
    }
}
