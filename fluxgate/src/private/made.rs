//! Handles for the breakers of expansions.
//!
//! They are functions of this module rather than of their types: where somebody writes `CircuitBreaker::new`, the compiler lists every
//! public function of the type that returns one, hidden or not.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use crate::configuration::Settings;
use crate::engine::breaker::Breaker;
use crate::handle::circuit_breaker::CircuitBreaker;
#[cfg(feature = "keyed")]
use crate::handle::keyed::{Keyed, family::Family};
use crate::sync::const_unless_model;

pub const fn breaker_of_static(breaker: &'static Breaker) -> CircuitBreaker {
    CircuitBreaker::from_static(breaker)
}

const_unless_model! {
    pub const fn breaker_of_settings(settings: &'static Settings) -> CircuitBreaker {
        CircuitBreaker::from_settings(settings)
    }
}

#[cfg(feature = "keyed")]
pub const fn keyed_of_static<K>(family: &'static Family) -> Keyed<K> {
    Keyed::from_static(family)
}
