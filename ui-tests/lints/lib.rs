//! What the functions of which warnings are compared have in common.

/// What goes wrong.
#[derive(Debug)]
pub enum Failure {
    Down,
    Refused,
}

impl From<fluxgate::CallNotPermitted> for Failure {
    fn from(_: fluxgate::CallNotPermitted) -> Self {
        Self::Refused
    }
}

/// What goes wrong, with much to tell of it.
#[derive(Debug)]
pub struct Large(pub [u64; 32]);

impl From<fluxgate::CallNotPermitted> for Large {
    fn from(_: fluxgate::CallNotPermitted) -> Self {
        Self([0; 32])
    }
}

pub fn refused<T, E: From<fluxgate::CallNotPermitted>>(refusal: fluxgate::CallNotPermitted) -> Result<T, E> {
    Err(refusal.into())
}

pub fn failed<T, E>(error: E) -> Result<T, E> {
    Err(error)
}

pub fn claims<E>(_: &E) -> bool {
    true
}

pub fn no_value<T>(_: fluxgate::CallNotPermitted) -> T {
    panic!("no value")
}
