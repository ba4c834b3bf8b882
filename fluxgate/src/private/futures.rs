//! The futures of calls without trackers. Each closure in an expansion takes compile time, so these types replace them.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use core::task::Poll;

use super::evidence::Evidence;
use super::returns::{Becomes, ByConversion, Returned};
use super::unmet::Met;
use crate::handle::body::Delayable;
use crate::handle::call::Call;
use crate::handle::error::CallNotPermitted;
use crate::handle::future::{Admitted, Deferred, Finish, Guarded, Kept, Locate, Refuse};
use crate::handle::refusal::Refusal;
use crate::return_type::Output;

/// Every error is a failure, unless the evidence knows better.
pub struct Settled<V>(V);

impl<'a, R: Returned, V: Evidence<R::Error>> Finish<'a, R> for Kept<Settled<V>> {
    type Output = R;

    #[inline(always)]
    fn finish(&mut self, call: Call<'a>, polled: Poll<R>) -> Poll<R> {
        R::settle_polled(Output::new(), self.end.0, polled, call)
    }
}

impl<'a, R: Returned> Refuse<'a, R> for ByConversion
where
    CallNotPermitted: Becomes<R::Error, Met>,
{
    #[inline(always)]
    fn refused(&self, refusal: Refusal<'a>) -> R {
        R::refused(refusal, CallNotPermitted::become_error)
    }
}

/// A user's function makes what a refused call returns.
pub struct ByHandler<H>(H);

impl<'a, R, H: Fn(CallNotPermitted) -> R> Refuse<'a, R> for ByHandler<H> {
    #[inline(always)]
    fn refused(&self, refusal: Refusal<'a>) -> R {
        refusal.into_error(&self.0)
    }
}

/// The future of a call that is put to the breaker when it is first polled. `by` turns a refusal into an error.
#[inline(always)]
pub fn deferred<'a, R, L: Locate<'a>, F, V, S>(
    _: Output<R>,
    locate: L,
    future: F,
    evidence: V,
    by: S,
) -> Deferred<'a, L, Delayable<F>, Kept<Settled<V>>, S> {
    Deferred::ended_by(locate, future, Kept::planned(Settled(evidence)), by)
}

/// The same, where `rejected` makes what a refused call returns.
#[inline(always)]
pub fn deferred_or<'a, R, L: Locate<'a>, F, V, H: Fn(CallNotPermitted) -> R>(
    _: Output<R>,
    locate: L,
    future: F,
    evidence: V,
    rejected: H,
) -> Deferred<'a, L, Delayable<F>, Kept<Settled<V>>, ByHandler<H>> {
    Deferred::ended_by(locate, future, Kept::planned(Settled(evidence)), ByHandler(rejected))
}

/// The future of an admitted call.
#[inline(always)]
pub fn guarded<'a, L: Locate<'a>, F, V>(
    call: Admitted<'a, L>,
    future: F,
    evidence: V,
) -> Guarded<'a, L, Delayable<F>, Kept<Settled<V>>> {
    Guarded::ended_by(call, future, Kept::planned(Settled(evidence)))
}
