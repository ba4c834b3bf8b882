//! Names of the prelude that mean something else.

use fluxgate_ui_tests::run;

#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    NotPermitted(fluxgate::CallNotPermitted),
}

impl From<fluxgate::CallNotPermitted> for Failure {
    fn from(refusal: fluxgate::CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

mod shadows {
    #![allow(dead_code, non_camel_case_types)]
    pub struct Result;
    pub struct Option;
    pub struct Box;
    pub struct Ok;
    pub struct Err;
    pub struct Some;
    pub struct None;
    pub struct Send;
    pub struct Future;
    pub struct bool;
    pub mod core {}
    pub mod std {}
    pub mod fluxgate {}

    #[::fluxgate::circuit_breaker(trip = failure_streak(5))]
    pub fn call() -> ::core::result::Result<u32, super::Failure> {
        ::core::result::Result::Ok(1)
    }

    #[::fluxgate::circuit_breaker(trip = failure_streak(5), fallback = |error| ::core::result::Result::Err(error))]
    pub async fn call_async() -> ::core::result::Result<u32, super::Failure> {
        ::core::result::Result::Ok(1)
    }
}

pub fn main() {
    assert_eq!(shadows::call(), Ok(1));
    assert_eq!(run(shadows::call_async()), Ok(1));
}
