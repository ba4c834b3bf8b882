//! Keeping the panics of user callbacks from spreading.

use std::panic::{AssertUnwindSafe, RefUnwindSafe, catch_unwind};

use crate::breaker::Breaker;

/// A panic finds no breaker half changed: whatever of the user's runs, runs under no lock, and is contained or recorded.
impl RefUnwindSafe for Breaker {}

/// Calls a user's function; `None` where it panics.
///
/// Nothing of ours is half changed while one runs, so unwinding out of it is safe.
pub(crate) fn contain<R>(callback: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(callback)) {
        Ok(result) => Some(result),
        Err(payload) => {
            // The payload is the user's too, and may panic when dropped. A second one is let be.
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}
