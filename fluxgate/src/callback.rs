//! Keeping the panics of user callbacks from spreading.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls a user's function; `None` if it panics.
///
/// None of our state is half changed while it runs, so unwinding out of it is safe.
pub(crate) fn contain<R>(callback: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(callback)) {
        Ok(result) => Some(result),
        Err(payload) => {
            // The payload is user code, too, and its drop may panic. The payload of that second panic is leaked.
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}
