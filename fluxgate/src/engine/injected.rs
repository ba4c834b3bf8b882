//! An injected fault, as guarded by the lock.

use std::time::Duration;

use crate::configuration::fault::Fault;

pub(super) struct Injected {
    pub(super) fault: Fault,
    pub(super) until: u64,
}

impl Injected {
    /// The fault at `now`, with how long it will still last.
    pub(super) fn present(&self, now: u64) -> Option<Fault> {
        let lasts = Duration::from_nanos(self.until.saturating_sub(now));
        (!lasts.is_zero()).then_some(Fault { lasts, ..self.fault })
    }
}
