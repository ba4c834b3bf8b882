//! The two promises that stand above all others, for every configuration that is accepted, at every call rate: a healthy
//! dependency gets its traffic back in bounded time, and a dead one is given up again after a bounded number of calls.
//!
//! Configurations are drawn at random, and each must satisfy [`bounds`], on a manual clock. The naive model has to
//! keep the promises, too: if it does not, the description is wrong.
//!
//! `FLUXGATE_PROMISES=100000` tries more configurations, `FLUXGATE_PROMISE=7` the seventh alone.
#![allow(clippy::unchecked_time_subtraction)]

mod alternatives;
mod anywhere;
mod bounds;
mod configuration;
mod episodes;
mod subject;
mod world;

use std::ops::Range;

use anywhere::Put;
use configuration::Configuration;
use subject::{Modelled, Real};
use world::World;

/// The numbers of the configurations to try: 0 to `count`, unless the environment asks for others.
fn numbers(count: u64) -> Range<u64> {
    let asked = |name| std::env::var(name).ok().map(|value| value.parse().expect("a number"));
    match (asked("FLUXGATE_PROMISE"), asked("FLUXGATE_PROMISES")) {
        (Some(number), _) => number..number + 1,
        (None, count_asked) => 0..count_asked.unwrap_or(count),
    }
}

/// Tests this many configurations, each with its own subject. Those that `build()` refuses are skipped.
fn try_all(count: u64, put_to_the_test: impl Fn(&Configuration) -> episodes::Seen) {
    let numbers = numbers(count);
    let (mut refused, mut seen) = (0, episodes::Seen::default());
    for number in numbers.clone() {
        let configuration = Configuration::draw(number);
        if configuration.builder().build().is_err() {
            refused += 1;
        } else {
            seen += put_to_the_test(&configuration);
        }
    }
    println!("{refused} of {numbers:?} refused; {seen:?}");
    if numbers.start == 0 {
        let tried = numbers.end - refused;
        assert!(tried * 2 > numbers.end, "only {tried} of {} are accepted", numbers.end);
        seen.is_enough(tried);
    }
}

#[test]
fn the_breaker_keeps_both_promises() {
    try_all(4_000, |configuration| {
        Real::with(configuration, |real| episodes::run(World::new(configuration, real)))
    });
}

#[test]
fn the_model_keeps_both_promises() {
    try_all(600, |configuration| episodes::run(World::new(configuration, Modelled::new(configuration))));
}

#[test]
fn an_alternative_makes_recovery_no_easier() {
    alternatives::compare(numbers(2_000), |configuration, trial| {
        Real::with(configuration, |real| alternatives::play(real, trial))
    });
}

#[test]
fn an_alternative_makes_recovery_of_the_model_no_easier() {
    alternatives::compare(numbers(400), |configuration, trial| {
        alternatives::play(Modelled::new(configuration), trial)
    });
}

#[test]
fn a_breaker_keeps_both_promises_from_any_state() {
    let numbers = numbers(2_000);
    let put: Vec<_> = numbers.clone().map(anywhere::run).collect();
    let often = |what| put.iter().filter(|put| **put == what).count() as u64;
    println!("{} healthy and {} dead of {numbers:?}", often(Put::Healthy), often(Put::Dead));
    if numbers.start == 0 {
        assert!(often(Put::Healthy) > numbers.end / 4 && often(Put::Dead) > numbers.end / 6);
    }
}
