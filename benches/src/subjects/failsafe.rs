use std::time::Duration;

use failsafe::failure_policy::{self, FailurePolicy};
use failsafe::{Config, StateMachine, backoff};

use super::{ENOUGH, FOREVER, Subject, failing, healthy, ok, ready, work, work_async};

pub(super) fn subjects() -> [Subject; 2] {
    let consecutive = || failure_policy::consecutive_failures(10, backoff::constant(FOREVER));
    let minute = Duration::from_secs(60);
    let rate =
        move || failure_policy::success_rate_over_time_window(0.5, 10, minute, backoff::constant(FOREVER));
    [
        subject("failsafe 1.3, consecutive", "10 failures in a row (no rate)", consecutive),
        subject("failsafe 1.3, success rate", "moving average over 60 s, minimum 10, rate 50%", rate),
    ]
}

fn subject<P>(name: &'static str, configuration: &'static str, policy: impl Fn() -> P) -> Subject
where
    P: FailurePolicy + Send + Sync + 'static,
{
    let breaker = || -> StateMachine<P, ()> { Config::new().failure_policy(policy()).build() };
    let (calm, sick, open, asynchronous) = (breaker(), breaker(), breaker(), breaker());
    for _ in 0..ENOUGH {
        ok(failsafe::CircuitBreaker::call(&open, || work(super::FAILS)));
    }
    Subject {
        name,
        configuration,
        healthy: healthy(move |input| ok(failsafe::CircuitBreaker::call(&calm, || work(input)))),
        healthy_async: healthy(move |input| {
            ok(ready(failsafe::futures::CircuitBreaker::call(&asynchronous, work_async(input))))
        }),
        failing: failing(move |input| ok(failsafe::CircuitBreaker::call(&sick, || work(input)))),
        refused: healthy(move |input| ok(failsafe::CircuitBreaker::call(&open, || work(input)))),
    }
}
