//! What we write needs no exception, whatever is forbidden.
#![forbid(
    unused,
    unreachable_code,
    unreachable_patterns,
    unused_imports,
    unused_variables,
    unused_assignments,
    unused_qualifications,
    irrefutable_let_patterns,
    nonstandard_style,
    rust_2018_idioms,
    let_underscore_drop,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unsafe_code,
    unused_lifetimes,
    unused_results,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::cargo,
    clippy::panic,
    clippy::unwrap_used,
    clippy::shadow_unrelated,
    clippy::indexing_slicing,
    clippy::unreachable,
    clippy::let_underscore_must_use,
    clippy::let_underscore_untyped,
    clippy::single_match_else,
    clippy::else_if_without_else,
    clippy::redundant_type_annotations
)]

use std::future::Future;
use std::io::Error as Failure;
use std::pin::Pin;

use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_ui_tests::run;

#[circuit_breaker]
fn plain(number: u32) -> Result<u32, Failure> {
    if number == 0 {
        return Err(Failure::from(std::io::ErrorKind::Other));
    }
    Ok(number)
}

#[circuit_breaker(track = matches(_) | ok(0 | 1.. if false), success = type_of(std::io::Error, CallNotPermitted))]
fn tracked(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker(track = returned(None if number_is(1)), rejected = |_| None)]
fn returned(number: u32) -> Option<u32> {
    Some(number)
}

#[circuit_breaker(track = matches(_) | ok(0))]
fn returned_result(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

const fn number_is(_number: u32) -> bool {
    true
}

#[circuit_breaker(fallback = |error| { drop(error); Ok(1) })]
fn with_fallback(mut number: u32) -> Result<u32, Failure> {
    number += 1;
    Ok(number)
}

#[circuit_breaker]
async fn asynchronous(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker(rejected = async |_| Ok(1), fallback = async |_| Ok(2))]
async fn asynchronous_with_handlers(number: u32) -> Result<u32, Failure> {
    Ok(std::future::ready(number).await)
}

#[circuit_breaker(track = !type_of(CallNotPermitted) & custom(|_| true))]
async fn asynchronous_and_tracked(number: u32) -> Result<u32, Failure> {
    Ok(number)
}

#[circuit_breaker]
fn future(number: u32) -> impl Future<Output = Result<u32, Failure>> {
    std::future::ready(Ok(number))
}

#[circuit_breaker]
fn boxed(number: u32) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    Box::pin(async move { Ok(number) })
}

#[circuit_breaker(fallback = |_| Ok(1))]
fn boxed_with_fallback(number: u32) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    let number = number + 1;
    Box::pin(async move { Ok(number) })
}

pub fn main() {
    assert!(plain(0).is_err());
    for result in [plain(1), tracked(1), returned(1).ok_or_else(|| Failure::from(std::io::ErrorKind::Other)), returned_result(1)] {
        assert_eq!(result.ok(), Some(1));
    }
    assert_eq!(with_fallback(1).ok(), Some(2));
    assert_eq!(run(asynchronous(1)).ok(), Some(1));
    assert_eq!(run(asynchronous_with_handlers(1)).ok(), Some(1));
    assert_eq!(run(asynchronous_and_tracked(1)).ok(), Some(1));
    assert_eq!(run(future(1)).ok(), Some(1));
    assert_eq!(run(boxed(1)).ok(), Some(1));
    assert_eq!(run(boxed_with_fallback(1)).ok(), Some(2));
}
