//! The futures of calls without trackers. Each closure of an expansion takes the compiler's time, so here is what they would say.
//!
//! Their types are opaque. What a future promises is then told by its type; otherwise the compiler would prove it, from all that it
//! is made of, at each of the half a dozen places where an `await` names it.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use super::returns::Returned;
use super::sources::Evidence;
use crate::handle::call::Call;
use crate::handle::future::{Admitted, Deferred, Finish, Guarded, Locate};
use crate::handle::refusal::Refusal;
use crate::output::Output;

/// Evidence by which a call that returns `R` can be settled.
pub trait Settles<R> {
    fn settle(self, returned: R, call: Call<'_>) -> R;
}

#[diagnostic::do_not_recommend]
impl<R: Returned, V: Evidence<R::Error>> Settles<R> for V {
    #[inline]
    fn settle(self, returned: R, call: Call<'_>) -> R {
        R::settle(Output::new(), self, returned, call)
    }
}

/// Every error is a failure, unless the evidence knows better.
struct Settled<V>(V);

impl<'a, R, V: Settles<R>> Finish<'a, R> for Settled<V> {
    type Output = R;

    #[inline]
    fn finish(self, call: Call<'a>, returned: R) -> R {
        self.0.settle(returned, call)
    }
}

/// The future of a call that is to be admitted when it is first polled. `refused` says what to return if it is not.
#[inline]
pub fn deferred<'a, R, L, F, V, S>(
    _: Output<R>,
    locate: L,
    future: F,
    evidence: V,
    refused: S,
) -> impl Future<Output = R>
where
    L: Locate<'a>,
    F: Future<Output = R>,
    V: Settles<R>,
    S: Fn(Refusal<'a>) -> R,
{
    Deferred::ended_by(locate, future, Settled(evidence), refused)
}

/// The future of a call that was admitted.
#[inline]
pub fn guarded<'a, R, L, F, V>(call: Admitted<'a, L>, future: F, evidence: V) -> impl Future<Output = R>
where
    L: Locate<'a>,
    F: Future<Output = R>,
    V: Settles<R>,
{
    Guarded::ended_by(call, future, Settled(evidence))
}
