//! Keeping the panics of user callbacks from spreading.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls a user's function; `None` if it panics.
///
/// No state of ours is half changed while it runs, so unwinding out of it is safe.
pub(crate) fn contain<R>(callback: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(callback)) {
        Ok(result) => Some(result),
        Err(payload) => {
            // The payload is the user's, too, and may panic when dropped. The payload of that panic is leaked.
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}
