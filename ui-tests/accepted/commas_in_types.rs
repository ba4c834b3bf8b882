//! Commas in the arguments of a type separate no values.
#![allow(clippy::extra_unused_type_parameters, reason = "they are only there to be written")]

use std::io;
use std::time::Duration;

use fluxgate::{Metrics, circuit_breaker};

type Function<A, B> = fn(&A) -> B;

trait Limits<A, B> {
    const FAILURES: u32;

    fn is_bad(metrics: &Metrics) -> bool;
}

impl Limits<u8, u16> for u32 {
    const FAILURES: u32 = 3;

    fn is_bad(metrics: &Metrics) -> bool {
        metrics.failures() > 3
    }
}

fn any_is_bad<A, B>(metrics: &Metrics) -> bool {
    metrics.failures() > 3
}

fn pause<A, B>(_: &io::Error) -> Option<Duration> {
    None
}

#[circuit_breaker(trip = custom(any_is_bad::<u8, u16> as Function<Metrics, bool>))]
fn cast() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = custom(any_is_bad::<fn(u8) -> u8, u16>))]
fn pointer_to_a_function() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = custom(<u32 as Limits<u8, u16>>::is_bad))]
fn of_a_trait() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(trip = failures(<u32 as Limits<u8, u16>>::FAILURES))]
fn constant_of_a_trait() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(retry = from_error(pause::<u8, u16>, otherwise = cooldown(2s)))]
fn path_before_another_argument() -> io::Result<()> {
    Ok(())
}

#[circuit_breaker(retry = from_error(pause::<u8, u16> as Function<io::Error, Option<Duration>>, otherwise = always))]
fn cast_before_another_argument() -> io::Result<()> {
    Ok(())
}

pub fn main() {
    let functions: [fn() -> io::Result<()>; 6] = [
        cast,
        pointer_to_a_function,
        of_a_trait,
        constant_of_a_trait,
        path_before_another_argument,
        cast_before_another_argument,
    ];
    for function in &functions {
        function().unwrap();
    }
}
