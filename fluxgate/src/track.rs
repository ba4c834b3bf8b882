//! Which results count as failures.
//!
//! By hand, a program says so itself: `Ok` and `Err` to [`CircuitBreaker::call`](crate::CircuitBreaker::call), or any
//! [`Outcome`](crate::Outcome) to [`Call::record`](crate::Call::record). This module has what is tedious to write for that.

use core::error::Error;

/// Whether an error, or one it comes from, is a `T`.
///
/// Follows [`source`](Error::source), and looks into a [`std::io::Error`] that was made of another error, whose `source`
/// would leave that one out.
///
/// ```
/// use fluxgate::track;
/// use std::{error::Error, io, num::ParseIntError};
///
/// let digits: Box<dyn Error> = "4x".parse::<u32>().unwrap_err().into();
/// assert!(track::type_of::<ParseIntError>(&*digits));
/// assert!(!track::type_of::<io::Error>(&*digits));
///
/// let wrapped = io::Error::other("4x".parse::<u32>().unwrap_err());
/// assert!(track::type_of::<ParseIntError>(&wrapped));
/// ```
pub fn type_of<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<T>() {
            return true;
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}
