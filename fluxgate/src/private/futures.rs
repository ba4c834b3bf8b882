//! The futures of calls without trackers. Each closure of an expansion takes the compiler's time, so here is what they would say.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::task::Poll;

use super::evidence::Evidence;
use super::returns::Returned;
use crate::handle::body::Plain;
use crate::handle::call::Call;
use crate::handle::future::{Admitted, Deferred, Finish, Guarded, Kept, Locate};
use crate::handle::refusal::Refusal;
use crate::output::Output;

/// Every error is a failure, unless the evidence knows better.
pub struct Settled<V>(V);

impl<'a, R: Returned, V: Evidence<R::Error>> Finish<'a, R> for Kept<Settled<V>> {
    type Output = R;

    #[inline(always)]
    fn finish(&mut self, call: Call<'a>, polled: Poll<R>) -> Poll<R> {
        R::settle_polled(Output::new(), self.end.0, polled, call)
    }
}

/// The future of a call that is to be admitted when it is first polled. `refused` says what to return if it is not.
#[inline(always)]
pub fn deferred<'a, R, L: Locate<'a>, F, V, S: Fn(Refusal<'a>) -> R>(
    _: Output<R>,
    locate: L,
    future: F,
    evidence: V,
    refused: S,
) -> Deferred<'a, L, Plain<F>, Kept<Settled<V>>, S> {
    Deferred::ended_by(locate, future, Kept::planned(Settled(evidence)), refused)
}

/// The future of a call that was admitted.
#[inline(always)]
pub fn guarded<'a, L: Locate<'a>, F, V>(
    call: Admitted<'a, L>,
    future: F,
    evidence: V,
) -> Guarded<'a, L, Plain<F>, Kept<Settled<V>>> {
    Guarded::ended_by(call, future, Kept::planned(Settled(evidence)))
}
