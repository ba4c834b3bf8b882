//! Unsafe and extern.

use fluxgate::circuit_breaker;
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

/// # Safety
/// The pointer is valid.
#[circuit_breaker]
unsafe fn call(pointer: *const u32) -> Result<u32, Failure> {
    // SAFETY: the caller's.
    Ok(unsafe { *pointer })
}

/// # Safety
/// The pointer is valid.
#[circuit_breaker]
async unsafe fn call_async(pointer: *const u32) -> Result<u32, Failure> {
    // SAFETY: the caller's.
    Ok(unsafe { *pointer })
}

#[circuit_breaker(track = returned(i32::MIN..0), rejected = |_| -1)]
extern "C" fn exported(number: i32) -> i32 {
    number
}

pub fn main() {
    // SAFETY: it is a reference.
    assert_eq!(unsafe { call(&1) }, Ok(1));
    // SAFETY: it is a reference.
    assert_eq!(run(unsafe { call_async(&1) }), Ok(1));
    assert_eq!(exported(1), 1);
}
