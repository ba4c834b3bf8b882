//! Delays of calls by injected faults.
//!
//! A function that blocks its thread is delayed before its body runs, and a future before it is polled. A call that is reported by hand has
//! no body, and is not delayed.

#[cfg(not(all(feature = "chaos", feature = "tokio")))]
pub(super) use self::absent::{Delay, block, end};
#[cfg(all(feature = "chaos", feature = "tokio"))]
pub(super) use self::present::{Delay, block, end};

/// Whether calls can be delayed.
pub(super) const ARE_POSSIBLE: bool = cfg!(all(feature = "chaos", feature = "tokio"));

#[cfg(all(feature = "chaos", feature = "tokio"))]
mod present {
    use core::future::Future as _;
    use core::pin::Pin;
    use core::task::Context;
    use std::panic::{RefUnwindSafe, UnwindSafe};

    use tokio::time::Sleep;

    use crate::callback::contain;
    use crate::engine::answer::Admission;
    use crate::engine::breaker::Breaker;
    use crate::engine::fault;
    use crate::engine::word::StateWord;

    /// The delay of a call whose body is a future.
    pub(in crate::handle) struct Delay(Option<Pin<Box<Sleep>>>);

    /// A panic elsewhere leaves no timer half changed.
    impl UnwindSafe for Delay {}
    impl RefUnwindSafe for Delay {}

    impl Delay {
        pub(in crate::handle) const NONE: Self = Self(None);

        /// Waits for as long as the fault that struck the call asks. Returns whether the call may go on.
        #[inline]
        pub(in crate::handle) fn wait(
            &mut self,
            breaker: &Breaker,
            word: &mut StateWord,
            context: &mut Context<'_>,
        ) -> bool {
            !word.is_struck() || self.poll(breaker, word, context)
        }

        #[cold]
        #[inline(never)]
        fn poll(&mut self, breaker: &Breaker, word: &mut StateWord, context: &mut Context<'_>) -> bool {
            if self.0.is_none() {
                let delay = fault::delay(breaker);
                // Outside tokio's runtime there is no timer, so this panics. Then the call is not delayed.
                self.0 = contain(|| Box::pin(tokio::time::sleep(delay)));
            }
            let is_over = self.0.as_mut().is_none_or(|sleep| sleep.as_mut().poll(context).is_ready());
            if is_over {
                self.0 = None;
                end(word);
            }
            is_over
        }
    }

    /// Delays a call whose body this thread is about to run.
    pub(in crate::handle) fn block(breaker: &Breaker, admission: Admission) -> Admission {
        if admission.is_to_be_delayed() {
            std::thread::sleep(fault::delay(breaker));
        }
        admission.delayed()
    }

    /// Marks the call as not to be delayed any more.
    pub(in crate::handle) fn end(word: &mut StateWord) {
        *word = word.recovered();
    }
}

#[cfg(not(all(feature = "chaos", feature = "tokio")))]
mod absent {
    use core::task::Context;

    use crate::engine::answer::Admission;
    use crate::engine::breaker::Breaker;
    use crate::engine::word::StateWord;

    pub(in crate::handle) struct Delay;

    impl Delay {
        pub(in crate::handle) const NONE: Self = Self;

        #[expect(clippy::unused_self, reason = "as where there are delays")]
        #[inline]
        pub(in crate::handle) fn wait(
            &mut self,
            _breaker: &Breaker,
            _word: &mut StateWord,
            _context: &mut Context<'_>,
        ) -> bool {
            true
        }
    }

    pub(in crate::handle) fn block(_breaker: &Breaker, admission: Admission) -> Admission {
        admission
    }

    #[inline]
    pub(in crate::handle) fn end(_word: &mut StateWord) {}
}
