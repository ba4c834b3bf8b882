//! What a refusal tells clients: neither which breaker refused nor why, which are none of their business.

use std::time::Duration;

use fluxgate_rules::duration::Spoken;

use crate::handle::error::CallNotPermitted;

/// For a call that took too long.
pub(super) const LATE: &str = "no answer in time";

pub(super) const UNAVAILABLE: &str = "temporarily unavailable";

pub(super) fn message(refusal: &CallNotPermitted) -> String {
    match seconds(refusal) {
        Some(seconds) => {
            format!("{UNAVAILABLE}; try again in {}", Spoken::wait(Duration::from_secs(seconds)))
        }
        None => UNAVAILABLE.to_owned(),
    }
}

/// The time to wait, rounded up.
pub(super) fn seconds(refusal: &CallNotPermitted) -> Option<u64> {
    let left = refusal.retry_after()?;
    Some(left.as_secs() + u64::from(left.subsec_nanos() > 0))
}
