//! The futures of calls without trackers. Each closure of an expansion takes the compiler's time, so here is what they would say.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use super::returns::Returned;
use super::sources::Evidence;
use crate::handle::body::Plain;
use crate::handle::call::Call;
use crate::handle::future::{Admitted, Deferred, Finish, Guarded, Locate};
use crate::handle::refusal::Refusal;
use crate::output::Output;

/// Every error is a failure, unless the evidence knows better.
pub struct Settled<V>(V);

impl<'a, R: Returned, V: Evidence<R::Error>> Finish<'a, R> for Settled<V> {
    type Output = R;

    #[inline]
    fn finish(self, call: Call<'a>, returned: R) -> R {
        R::settle(Output::new(), self.0, returned, call)
    }
}

/// The future of a call that is to be admitted when it is first polled. `refused` says what to return if it is not.
#[inline]
pub fn deferred<'a, R, L: Locate<'a>, F, V, S: Fn(Refusal<'a>) -> R>(
    _: Output<R>,
    locate: L,
    future: F,
    evidence: V,
    refused: S,
) -> Deferred<'a, L, Plain<F>, Settled<V>, S> {
    Deferred::ended_by(locate, future, Settled(evidence), refused)
}

/// The future of a call that was admitted.
#[inline]
pub fn guarded<'a, L: Locate<'a>, F, V>(
    call: Admitted<'a, L>,
    future: F,
    evidence: V,
) -> Guarded<'a, L, Plain<F>, Settled<V>> {
    Guarded::ended_by(call, future, Settled(evidence))
}
