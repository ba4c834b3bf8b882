//! An alternative added to a rule never makes recovery easier: on the same outcomes, a breaker with it closes no sooner.

use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;
use fluxgate::{OnCancel, Outcome, State};
use fluxgate_tests::fixture::{millis, seconds};
use fluxgate_tests::reference::{Ending, Permit, Retry, Rule, Settings, Window};

use crate::configuration::{Configuration, Death, MOST_GAPS, RuleDrawer};
use crate::subject::Subject;

/// No rule has a longer threshold.
const SLOW: Duration = seconds(3);
const PAUSE: Duration = millis(1);
const GAP: Duration = seconds(1);
/// Longer than any trial.
const LENGTH: usize = 200;

/// What a service does in a trial.
#[derive(Clone, Copy, Debug)]
enum Service {
    /// 90% of the calls fail.
    Failing,
    /// Healthy for some calls, then dead for some.
    Flapping,
}

fn configuration(number: u64, rule: Rule) -> Configuration {
    let settings = Settings {
        window: Window::Count(60),
        rule,
        retry: Retry::Cooldown(PAUSE),
        permit: Permit::All,
        slots: 10,
        half_open_timeout: None,
        on_panic: Outcome::Failure,
        on_cancel: OnCancel::Outcome(Outcome::Ignored),
    };
    Configuration {
        number,
        settings,
        jitter: 0,
        gap: PAUSE,
        healthy: Duration::ZERO,
        death: Death::Fail(SLOW),
        asks: None,
    }
}

fn calls(rng: &mut Rng, service: Service) -> Vec<(Outcome, Duration)> {
    let mut well = false;
    let mut call = || {
        well = match service {
            Service::Failing => rng.u32(0..10) == 0,
            Service::Flapping => well != (rng.u32(0..8) == 0),
        };
        let took = if rng.u32(0..8) == 0 { SLOW } else { Duration::ZERO };
        (if well { Outcome::Success } else { Outcome::Failure }, took)
    };
    (0..LENGTH).map(|_| call()).collect()
}

/// How a trial of these calls ends, and after how many; `None` if consecutive failures do not lead to a trial.
pub(crate) fn play<S: Subject>(mut subject: S, calls: &[(Outcome, Duration)]) -> Option<(State, usize)> {
    let mut now = Duration::ZERO;
    let mut failed = 0;
    while subject.state() == State::Closed {
        // The number of calls in flight may be the only thing that can open it.
        failed += 1;
        if failed > LENGTH {
            return None;
        }
        let call = subject.acquire(now).expect("closed");
        now += SLOW;
        subject.finish(now, call, Ending::Reported(Outcome::Failure));
    }
    // By now, all have failed for as long as any rule asks.
    now += PAUSE + GAP * MOST_GAPS;
    for (nth, &(outcome, took)) in calls.iter().enumerate() {
        let call = subject.acquire(now).expect("a trial admits one call after the other");
        now += took;
        subject.finish(now, call, Ending::Reported(outcome));
        if subject.state() != State::HalfOpen {
            return Some((subject.state(), nth + 1));
        }
    }
    panic!("a trial ends")
}

/// Compares rules with and without one more alternative, by what `judge` returns for a trial.
pub(crate) fn compare(
    numbers: Range<u64>,
    judge: impl Fn(&Configuration, &[(Outcome, Duration)]) -> Option<(State, usize)>,
) {
    let (mut closings, mut fewer) = (0_u64, 0_u64);
    for number in numbers.clone() {
        let rng = &mut Rng::with_seed(number);
        let mut drawer = RuleDrawer { rng, size: 60, healthy: seconds(1), busy: 1, gap: GAP };
        let (rule, alternative) = (drawer.rule(), drawer.alternative());
        let plain = configuration(number, rule.clone());
        let more = configuration(number, Rule::Any(vec![rule, alternative]));
        if plain.builder().build().is_err() || more.builder().build().is_err() {
            continue;
        }
        for service in [Service::Failing, Service::Flapping] {
            for _ in 0..5 {
                let calls = calls(rng, service);
                let Some(without) = judge(&plain, &calls) else { continue };
                let with = judge(&more, &calls).expect("one more alternative trips no later");
                closings += u64::from(without.0 == State::Closed);
                fewer += u64::from(without.0 == State::Closed && with.0 != State::Closed);
                let easier = with.0 == State::Closed && (without.0 != State::Closed || without.1 > with.1);
                assert!(
                    !easier,
                    "FLUXGATE_PROMISE={number}: `{}` is {without:?} after its calls, and `{}` {with:?}, of {:?}",
                    plain.settings.rule.build(),
                    more.settings.rule.build(),
                    &calls[..without.1.max(with.1)],
                );
            }
        }
    }
    println!("{closings} closings, of which the alternatives prevent {fewer}");
    let enough = numbers.end - numbers.start;
    assert!(
        numbers.start > 0 || closings > enough && fewer > enough / 2,
        "{closings} closings, {fewer} prevented"
    );
}
