//! The breaker does what its attribute says. Arguments that concern the function rather than its breaker are in
//! `forms_*.rs`.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use fluxgate::testing::isolate;
use fluxgate::{Call, CircuitBreaker, Metrics, State, breaker, circuit_breaker};
use fluxgate_tests::failure::Failure;
use fluxgate_tests::fixture::{millis, seconds};

fn fail(breaker: &CircuitBreaker, times: u32) {
    for _ in 0..times {
        breaker.acquire().expect("admitted").failure();
    }
}

fn succeed(breaker: &CircuitBreaker, times: u32) {
    for _ in 0..times {
        breaker.acquire().expect("admitted").success();
    }
}

/// The pause of a breaker that has just opened.
#[track_caller]
fn wait(breaker: &CircuitBreaker) -> Duration {
    assert_eq!(breaker.state(), State::Open);
    breaker.snapshot().retry_after.expect("it ends")
}

fn refuses(breaker: &CircuitBreaker) -> bool {
    breaker.acquire().map(Call::ignore).is_err()
}

#[test]
fn name() {
    struct Client(u32);

    impl Client {
        #[circuit_breaker(window = count(7))]
        fn get(&self) -> Result<u32, Failure> {
            Ok(self.0)
        }
    }

    #[circuit_breaker(handle = GIVEN, name = "arguments: given")]
    fn given() -> Result<(), Failure> {
        Err(Failure::Down)
    }

    #[circuit_breaker(handle = DEFAULT)]
    fn default() -> Result<(), Failure> {
        Err(Failure::Down)
    }

    let _isolation = isolate();
    let _ = (given(), default(), Client(1).get());
    assert_eq!((GIVEN.name(), GIVEN.metrics().total()), ("arguments: given", 1));
    assert_eq!((DEFAULT.name(), DEFAULT.metrics().total()), ("behaviour::arguments::default", 1));
    let found = fluxgate::find("behaviour::arguments::Client::get").expect("used");
    assert_eq!(found.metrics().total(), 1);
    assert!(breaker!().name().starts_with("behaviour::arguments:"));
}

mod window {
    use super::*;

    const SIZE: usize = 2 + 2;

    #[test]
    fn count() {
        let _isolation = isolate();
        for (breaker, size) in [
            (breaker!(window = count(3)), 3),
            (breaker!(window = "count(5)"), 5),
            (breaker!(window = count(SIZE)), 4),
            (breaker!(), 100),
        ] {
            succeed(&breaker, 150);
            assert_eq!(breaker.metrics().total(), size);
        }
    }

    #[test]
    fn time() {
        let clock = isolate();
        // With one bucket a second, and with two buckets in all.
        let breakers = [breaker!(window = time(10s)), breaker!(window = time(10s, buckets = 2))];
        let totals = || breakers.each_ref().map(|breaker| breaker.metrics().total());
        for _ in 0..20 {
            for breaker in &breakers {
                succeed(breaker, 1);
            }
            clock.advance(seconds(1));
        }
        assert_eq!(totals(), [9, 5]);
        clock.advance(seconds(3));
        assert_eq!(totals(), [6, 5]);
    }
}

mod trip {
    use super::*;

    const LEAST: u32 = 20;
    const SHARE: f64 = 0.1;
    const SLOW: Duration = millis(1_500);

    fn odd(metrics: &Metrics) -> bool {
        metrics.failures() > 2
    }

    #[test]
    fn is_the_rule() {
        let _isolation = isolate();
        for (breaker, rule, trial) in [
            (breaker!(trip = min(10) & failure_rate(50%)), "min(10) & failure_rate(0.5)", 10),
            (breaker!(trip = "min(10)&failure_rate(50%)"), "min(10) & failure_rate(0.5)", 10),
            (
                breaker!(trip = min(LEAST / 2) & (failure_rate(SHARE * 2.0) | slow_rate(SHARE, SLOW))),
                "min(10) & (failure_rate(0.2) | slow_rate(0.1, 1.5s))",
                10,
            ),
            (breaker!(trip = failures(3) | failure_streak(2)), "failures(3) | failure_streak(2)", 3),
            (
                breaker!(trip = (min(2) & avg_latency(250us)) | failures(9)),
                "min(2) & avg_latency(250us) | failures(9)",
                9,
            ),
            (breaker!(trip = min(4) & custom(odd)), "min(4) & custom(odd)", 4),
            (
                breaker!(
                    trip = closed & min(100) & failure_rate(0.5) | half_open & min(5) & failure_rate(0.2)
                ),
                "closed & min(100) & failure_rate(0.5) | half_open & min(5) & failure_rate(0.2)",
                5,
            ),
            (
                breaker!(),
                "closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)",
                10,
            ),
            (
                breaker!(window = count(40)),
                "closed & min(40) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)",
                10,
            ),
            (
                breaker!(window = count(4)),
                "closed & min(4) & failure_rate(0.5) | half_open & min(4) & failure_rate(0.5)",
                4,
            ),
        ] {
            let snapshot = breaker.snapshot();
            assert_eq!((snapshot.rule.as_str(), snapshot.trial), (rule, trial));
        }
    }

    #[test]
    fn is_evaluated() {
        let clock = isolate();
        let failing = breaker!(trip = min(4) & failure_rate(50%));
        succeed(&failing, 2);
        fail(&failing, 1);
        assert_eq!(failing.state(), State::Closed);
        fail(&failing, 1);
        assert_eq!(failing.state(), State::Open);

        let slow = breaker!(trip = min(2) & slow_rate(SHARE, SLOW));
        for _ in 0..2 {
            let call = slow.acquire().expect("closed");
            clock.advance(SLOW);
            call.success();
        }
        assert_eq!(slow.state(), State::Open);

        let asked = breaker!(trip = min(2) & custom(odd));
        fail(&asked, 2);
        assert_eq!(asked.state(), State::Closed);
        fail(&asked, 1);
        assert_eq!(asked.state(), State::Open);
    }
}

mod retry {
    use super::*;

    /// The pauses of successive openings.
    fn waits<const N: usize>(breaker: &CircuitBreaker) -> [Duration; N] {
        let clock = isolate();
        std::array::from_fn(|_| {
            fail(breaker, 1);
            let wait = wait(breaker);
            clock.advance(wait);
            wait
        })
    }

    const LONGEST: Duration = seconds(60);

    fn linear(reopens: u32) -> Duration {
        seconds(5) * (reopens + 1)
    }

    #[test]
    fn without_jitter() {
        for (breaker, expected) in [
            (breaker!(trip = failures(1), permit = all), [60, 60, 60, 60]),
            (breaker!(trip = failures(1), permit = all, retry = cooldown(30s)), [30, 30, 30, 30]),
            (breaker!(trip = failures(1), permit = all, retry = backoff(10s)), [10, 20, 40, 80]),
            (breaker!(trip = failures(1), permit = all, retry = backoff(2m)), [120, 240, 300, 300]),
            (
                breaker!(
                    trip = failures(1),
                    permit = all,
                    retry = backoff(10s, multiplier = 3, max = LONGEST)
                ),
                [10, 30, 60, 60],
            ),
            (
                breaker!(trip = failures(1), permit = all, retry = "backoff(1s, multiplier = 1.5)"),
                [1, 1, 2, 3],
            ),
            (breaker!(trip = failures(1), permit = all, retry = custom(linear)), [5, 10, 15, 20]),
            (breaker!(trip = failures(1), permit = all, retry = always), [0, 0, 0, 0]),
        ] {
            assert_eq!(waits::<4>(&breaker).map(|wait| wait.as_secs()), expected);
        }
    }

    #[test]
    fn with_jitter() {
        for (breaker, shortest, longest) in [
            (breaker!(trip = failures(1), permit = all, retry = cooldown(100s, jitter = 20%)), 80, 120),
            (
                breaker!(
                    trip = failures(1),
                    permit = all,
                    retry = backoff(100s, multiplier = 1, jitter = 0.3, max = 110s)
                ),
                70,
                110,
            ),
        ] {
            let waits = waits::<50>(&breaker);
            assert!(
                waits.iter().all(|wait| (seconds(shortest)..=seconds(longest)).contains(wait)),
                "{waits:?}"
            );
            let spread = *waits.iter().max().expect("50") - *waits.iter().min().expect("50");
            assert!(spread > seconds(5), "{waits:?}");
        }
    }

    #[test]
    fn never() {
        let clock = isolate();
        let breaker = breaker!(trip = failures(1), retry = never);
        fail(&breaker, 1);
        clock.advance(seconds(1_000_000));
        assert!(refuses(&breaker));
        assert_eq!(breaker.snapshot().retry_after, None);
    }
}

mod permit {
    use super::*;

    /// How many of 1,000 calls are admitted this long after the breaker became half-open.
    fn admitted(breaker: &CircuitBreaker, ramps: bool, after: Duration) -> usize {
        let clock = isolate();
        fail(breaker, 1);
        clock.advance(seconds(60));
        // This makes it half-open, admitted or not. A ramp decides once the trial has passed.
        if ramps {
            succeed(breaker, 1);
        } else {
            let _ = refuses(breaker);
        }
        clock.advance(after);
        (0..1_000).filter(|_| !refuses(breaker)).count()
    }

    fn later(in_half_open: Duration) -> bool {
        in_half_open >= seconds(3)
    }

    const SHARE: f64 = 0.2;

    #[test]
    fn is_the_share_that_is_admitted() {
        for (breaker, ramps, after, expected) in [
            (breaker!(trip = failures(1), permit = all), false, 0, 1_000..=1_000),
            (breaker!(trip = failures(1), permit = random(30%)), false, 100, 200..=400),
            (breaker!(trip = failures(1), permit = "random(0.8)"), false, 0, 700..=900),
            (breaker!(trip = failures(1), permit = ramp_up(SHARE, 60%, 10s)), true, 0, 100..=300),
            (breaker!(trip = failures(1), permit = ramp_up(SHARE, 60%, 10s)), true, 5, 300..=500),
            (breaker!(trip = failures(1), permit = ramp_up(SHARE, 60%, 10s)), true, 9, 460..=660),
            (breaker!(trip = failures(1), permit = ramp_up(SHARE, 60%, 10s)), true, 10, 1_000..=1_000),
            (breaker!(trip = failures(1)), true, 0, 40..=200),
            (breaker!(trip = failures(1)), true, 60, 1_000..=1_000),
            // During the trial, the ramp does not decide.
            (breaker!(trip = failures(1)), false, 0, 1_000..=1_000),
            (breaker!(trip = failures(1), permit = custom(later)), false, 2, 0..=0),
            (breaker!(trip = failures(1), permit = custom(later)), false, 3, 1_000..=1_000),
        ] {
            let admitted = admitted(&breaker, ramps, seconds(after));
            assert!(expected.contains(&admitted), "{admitted} after {after} s, not {expected:?}");
        }
    }

    #[test]
    fn a_ramp_is_kept() {
        let clock = isolate();
        let breaker = breaker!(trip = failures(1), permit = ramp_up(100%, 100%, 10s));
        fail(&breaker, 1);
        clock.advance(seconds(60));
        succeed(&breaker, 1);
        clock.advance(seconds(10) - Duration::from_nanos(1));
        succeed(&breaker, 1);
        assert_eq!(breaker.state(), State::HalfOpen);
        clock.advance(Duration::from_nanos(1));
        succeed(&breaker, 1);
        assert_eq!(breaker.state(), State::Closed);
    }
}

#[test]
fn max_half_open_calls() {
    const SLOTS: u32 = 3;
    for (breaker, slots) in [
        (breaker!(trip = failures(40), permit = all, max_half_open_calls = 2), 2),
        (breaker!(trip = failures(40), permit = all, max_half_open_calls = SLOTS), 3),
        (breaker!(trip = failures(40), permit = all), 10),
    ] {
        let clock = isolate();
        fail(&breaker, 40);
        clock.advance(seconds(60));
        let held: Vec<_> = std::iter::from_fn(|| breaker.acquire().ok()).take(100).collect();
        assert_eq!(held.len(), slots);
    }
}

#[test]
fn half_open_timeout() {
    const LONGEST: Duration = seconds(7);
    for (breaker, reopens_after) in [
        (breaker!(trip = failures(1), permit = all, half_open_timeout = 5s), Some(5)),
        (breaker!(trip = failures(1), permit = all, half_open_timeout = LONGEST), Some(7)),
        (breaker!(trip = failures(1), permit = all), Some(60)),
    ] {
        let clock = isolate();
        fail(&breaker, 1);
        clock.advance(seconds(60));
        let hung = breaker.acquire().expect("a probe");
        let reopened = (1..=1_000).find(|_| {
            clock.advance(seconds(1));
            let _ = refuses(&breaker);
            breaker.state() == State::Open
        });
        assert_eq!(reopened, reopens_after);
        drop(hung);
    }
}

#[test]
fn on_panic_and_on_cancel() {
    for (breaker, panicked, cancelled) in [
        (breaker!(), 1, 0),
        (breaker!(on_panic = failure, on_cancel = failure), 1, 1),
        (breaker!(on_panic = ignore, on_cancel = ignore), 0, 0),
        (breaker!(on_panic = ignore, on_cancel = failure), 0, 1),
    ] {
        let _isolation = isolate();
        let panicking = || breaker.call(|| -> Result<(), ()> { std::panic::resume_unwind(Box::new(())) });
        assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err());
        assert_eq!(breaker.metrics().failures(), panicked);
        drop(breaker.acquire());
        assert_eq!(breaker.metrics().failures(), panicked + cancelled);
        assert_eq!(breaker.metrics().total(), breaker.metrics().failures());
    }
}

thread_local! {
    static LEVEL: Cell<u32> = const { Cell::new(0) };
}

/// A function with every argument that configures a breaker.
#[circuit_breaker(
    name = "arguments: all",
    window = time(20s, buckets = 4),
    trip = min(4) & failure_rate(75%) | failure_streak(3),
    track = custom(|_| LEVEL.get() > 0),
    success = matches(Failure::NotPermitted(_)),
    retry = backoff(4s, multiplier = 2.5, max = 20s),
    permit = random(100%),
    max_half_open_calls = 1,
    half_open_timeout = 6s,
    on_panic = ignore,
    on_cancel = failure,
    handle = ALL
)]
fn all(result: Result<(), Failure>) -> Result<(), Failure> {
    result
}

#[test]
fn all_together() {
    let clock = isolate();
    let _ = all(Err(Failure::Down));
    assert_eq!(ALL.metrics().total(), 0, "not tracked");
    LEVEL.set(1);
    all(Ok(())).expect("closed");
    clock.advance(seconds(19));
    assert_eq!(ALL.metrics().total(), 1);
    clock.advance(seconds(1));
    assert_eq!(ALL.metrics().total(), 0);
    for expected in [4, 10, 20, 20] {
        for _ in 0..3 {
            assert!(matches!(all(Err(Failure::Down)), Err(Failure::Down)));
        }
        assert_eq!(wait(&ALL), seconds(expected));
        clock.advance(seconds(expected));
    }
    let probe = ALL.acquire().expect("due");
    assert!(matches!(all(Ok(())), Err(Failure::NotPermitted(_))));
    clock.advance(seconds(6));
    drop(probe);
    assert_eq!(
        (ALL.state(), ALL.snapshot().rule.as_str()),
        (State::Open, "min(4) & failure_rate(0.75) | failure_streak(3)")
    );
}
