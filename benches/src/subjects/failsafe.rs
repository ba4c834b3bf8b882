use std::time::Duration;

use failsafe::failure_policy::{self, FailurePolicy};
use failsafe::{CircuitBreaker as _, Config, StateMachine, backoff};

use super::{FOREVER, Subject, failing, healthy, ok, ready, work, work_async};

pub(super) fn subjects() -> [Subject; 2] {
    let backoff = || backoff::constant(FOREVER);
    let rate =
        move |window: Duration| failure_policy::success_rate_over_time_window(0.5, 10, window, backoff());
    [
        subject("failsafe 1.3, consecutive", "10 failures in a row (no rate)", |_| {
            failure_policy::consecutive_failures(10, backoff())
        }),
        subject("failsafe 1.3, success rate", "moving average over 60 s, minimum 10, rate 50%", rate),
    ]
}

fn subject<P>(name: &'static str, configuration: &'static str, policy: impl Fn(Duration) -> P) -> Subject
where
    P: FailurePolicy + Send + Sync + 'static,
{
    let breaker =
        |window: Duration| -> StateMachine<P, ()> { Config::new().failure_policy(policy(window)).build() };
    let [calm, sick, asynchronous] = [60; 3].map(|seconds| breaker(Duration::from_secs(seconds)));
    // A rate is not judged before a whole window has passed.
    let open = breaker(Duration::from_secs(1));
    while open.is_call_permitted() {
        ok(open.call(|| work(super::FAILS)));
    }
    Subject {
        name,
        configuration,
        healthy: healthy(move |input| ok(calm.call(|| work(input)))),
        healthy_async: healthy(move |input| {
            ok(ready(failsafe::futures::CircuitBreaker::call(&asynchronous, work_async(input))))
        }),
        failing: failing(move |input| ok(sick.call(|| work(input)))),
        refused: healthy(move |input| ok(open.call(|| work(input)))),
    }
}
