//! For any settings and steps: the breaker and its naive model agree.
#![no_main]

use std::time::Duration;

use arbitrary::{Arbitrary, Result, Unstructured};
use fluxgate::{OnCancel, Outcome};
use fluxgate_tests::reference::{Change, Mark, Permit, Predicate, Retry, Rule, Settings, Window};
use fluxgate_tests::sequence::{Step, agree};
use libfuzzer_sys::fuzz_target;

fn millis(data: &mut Unstructured<'_>) -> Result<Duration> {
    Ok(Duration::from_millis(*data.choose(&[1, 5, 10, 50, 99, 100, 500, 700, 1_000, 2_000, 5_000, 60_000])?))
}

fn outcome(data: &mut Unstructured<'_>) -> Result<Outcome> {
    Ok(*data.choose(&[
        Outcome::Success,
        Outcome::Failure,
        Outcome::Success,
        Outcome::Failure,
        Outcome::Ignored,
    ])?)
}

fn unsaid(data: &mut Unstructured<'_>) -> Result<Outcome> {
    Ok(*data.choose(&[Outcome::Failure, Outcome::Ignored])?)
}

fn condition(data: &mut Unstructured<'_>) -> Result<Rule> {
    let share = |data: &mut Unstructured<'_>| data.int_in_range(1..=1_000);
    Ok(match data.int_in_range(0..=11)? {
        0 => Rule::Closed,
        1 => Rule::HalfOpen,
        2 => Rule::Min(data.int_in_range(1..=20)?),
        3 => Rule::FailureRate(share(data)?),
        4 => Rule::Failures(data.int_in_range(1..=8)?),
        5 => Rule::FailureStreak(data.int_in_range(1..=8)?),
        6 => Rule::SlowRate(share(data)?, millis(data)?),
        7 => Rule::AvgLatency(millis(data)?),
        8 => Rule::FailingFor(millis(data)?),
        9 => Rule::InFlight(data.int_in_range(2..=8)?),
        10 => Rule::SureFailureRate(data.int_in_range(1..=900)?, data.int_in_range(500..=999)?),
        _ => Rule::Custom(*data.choose(&[Predicate::TwoFailures, Predicate::ThirdCall, Predicate::Slow])?),
    })
}

/// A group with a `min`, which is usually a valid rule.
fn guarded(data: &mut Unstructured<'_>) -> Result<Rule> {
    let mut members = vec![Rule::Min(data.int_in_range(1..=12)?)];
    if data.ratio(1, 3)? {
        members.push(if bool::arbitrary(data)? { Rule::Closed } else { Rule::HalfOpen });
    }
    for _ in 0..data.int_in_range(1..=2)? {
        members.push(condition(data)?);
    }
    Ok(Rule::All(members))
}

fn rule(data: &mut Unstructured<'_>) -> Result<Rule> {
    Ok(match data.int_in_range(0..=4)? {
        0 => tree(data, 3)?,
        1 | 2 => guarded(data)?,
        3 => Rule::Any(vec![guarded(data)?, guarded(data)?]),
        _ => Rule::Any(vec![guarded(data)?, condition(data)?]),
    })
}

/// Any tree; `build()` decides whether it is a valid rule.
fn tree(data: &mut Unstructured<'_>, depth: u32) -> Result<Rule> {
    if depth == 0 || data.ratio(1, 3)? {
        return condition(data);
    }
    let members = (0..data.int_in_range(2..=4)?).map(|_| tree(data, depth - 1)).collect::<Result<_>>()?;
    Ok(if bool::arbitrary(data)? { Rule::All(members) } else { Rule::Any(members) })
}

fn window(data: &mut Unstructured<'_>) -> Result<Window> {
    Ok(if bool::arbitrary(data)? {
        Window::Count(data.int_in_range(1..=130)?)
    } else {
        Window::Time(millis(data)?, data.int_in_range(1..=12)?)
    })
}

fn retry(data: &mut Unstructured<'_>) -> Result<Retry> {
    Ok(match data.int_in_range(0..=4)? {
        0 => Retry::Cooldown(millis(data)?),
        1 => {
            let (one, other) = (millis(data)?, millis(data)?);
            Retry::Backoff(one.min(other), data.int_in_range(1..=4)?, one.max(other))
        }
        2 => Retry::Always,
        3 => Retry::Custom,
        _ => Retry::Never,
    })
}

fn permit(data: &mut Unstructured<'_>) -> Result<Permit> {
    Ok(match data.int_in_range(0..=3)? {
        0 => Permit::All,
        1 => {
            let (one, other) = (data.int_in_range(1..=1_000)?, data.int_in_range(1..=1_000)?);
            Permit::Ramp(one.min(other), one.max(other), millis(data)?)
        }
        2 => Permit::Random(data.int_in_range(1..=1_000)?),
        _ => Permit::Patient,
    })
}

fn settings(data: &mut Unstructured<'_>) -> Result<Settings> {
    Ok(Settings {
        window: window(data)?,
        rule: rule(data)?,
        retry: retry(data)?,
        permit: permit(data)?,
        slots: data.int_in_range(1..=6)?,
        half_open_timeout: if data.ratio(1, 2)? { Some(millis(data)?) } else { None },
        on_panic: unsaid(data)?,
        on_cancel: match data.int_in_range(0..=2)? {
            0 => OnCancel::FailureAfter(millis(data)?),
            _ => unsaid(data)?.into(),
        },
    })
}

fn change(data: &mut Unstructured<'_>) -> Result<Change> {
    Ok(match data.int_in_range(0..=8)? {
        0..=2 => Change::Rule(rule(data)?),
        3 => Change::Window(window(data)?),
        4 => Change::Retry(retry(data)?),
        5 => Change::Permit(permit(data)?),
        6 => Change::Slots(data.int_in_range(1..=6)?),
        7 => Change::HalfOpenTimeout(millis(data)?),
        _ if bool::arbitrary(data)? => Change::OnPanic(unsaid(data)?),
        _ => Change::OnCancel(unsaid(data)?),
    })
}

/// Time passes until something is due, or just before.
fn until(data: &mut Unstructured<'_>) -> Result<Step> {
    let mark = *data.choose(&[Mark::Retry, Mark::Stall, Mark::RampEnd, Mark::Forgiveness, Mark::Slow])?;
    Ok(Step::Until(mark, Duration::from_nanos(data.int_in_range(0..=1)?)))
}

fn steps(data: &mut Unstructured<'_>) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    while !data.is_empty() && steps.len() < 200 {
        let step = match data.int_in_range(0..=24)? {
            0..=5 => {
                let took = if bool::arbitrary(data)? { Duration::ZERO } else { millis(data)? };
                Step::Call(outcome(data)?, took)
            }
            6 | 7 => Step::Advance(millis(data)?),
            8 => Step::Begin,
            9 => Step::End(data.int_in_range(0..=10)?, outcome(data)?),
            10 => Step::Cancel(data.int_in_range(0..=10)?),
            11 => Step::Reset,
            12 => data.choose(&[Step::ForceOpen, Step::Disable])?.clone(),
            13 => Step::MetricsOnly,
            14..=16 => until(data)?,
            17 | 18 => Step::Reconfigure(change(data)?),
            19 => Step::Ask(millis(data)?),
            20 => Step::Record(outcome(data)?, millis(data)?),
            21 => data.choose(&[Step::Trip, Step::CountCalls, Step::Panic])?.clone(),
            22 => Step::OpenFor(millis(data)?),
            _ => Step::Read,
        };
        let times = if data.ratio(1, 4)? { data.int_in_range(1..=20)? } else { 1 };
        steps.extend(std::iter::repeat_n(step, times));
    }
    Ok(steps)
}

fuzz_target!(|bytes: &[u8]| {
    let mut data = Unstructured::new(bytes);
    let Ok(settings) = settings(&mut data) else { return };
    if settings.builder().build().is_err() {
        return;
    }
    let Ok(steps) = steps(&mut data) else { return };
    agree(&settings, &steps);
});
