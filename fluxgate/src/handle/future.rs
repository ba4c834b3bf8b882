//! Futures of guarded calls.

use core::convert::Infallible;
use core::future::Future;
use core::mem;
use core::num::NonZeroU64;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::body::{Body, Plain};
use super::call::{Call, abandon, cancel};
use super::error::Error;
use super::isolation::Resolved;
use super::limit::{Elapsed, Limit, Limited};
use super::refusal::Refusal;
use crate::engine::breaker::Breaker;
use crate::engine::nesting;
use crate::engine::word::StateWord;
use crate::state::Outcome;

/// Where the breaker of a call is found.
///
/// A future that keeps a reference to a breaker is `Send` only if each part of a breaker can be shared, which the compiler finds out anew
/// in every generic function. So what it keeps is a function, where the breaker is a `static`; that is also smaller.
pub trait Locate<'a> {
    /// Each time the same.
    fn breaker(&self) -> &'a Breaker;
}

impl<'a, F: Fn() -> &'a Breaker> Locate<'a> for F {
    #[inline(always)]
    fn breaker(&self) -> &'a Breaker {
        self()
    }
}

impl<'a> Locate<'a> for &'a Breaker {
    #[inline(always)]
    fn breaker(&self) -> &'a Breaker {
        self
    }
}

/// A call whose future is in progress, or is yet to be, with what to do when it ends.
///
/// If it is dropped before that, it was cancelled, even if the thread is panicking: that panic comes from elsewhere.
///
/// `start` stays where it is while the body is polled: it is seldom needed, and otherwise would take a register from the body.
pub(super) struct Pending<'a, L: Locate<'a>, T> {
    /// `None` once the call is over.
    call: Option<(L, T, KeptWord)>,
    resolved: Resolved<'a>,
    /// As in a [`Call`]; 0 if the call is only planned.
    start: u64,
}

/// A word that is kept for a call. A value is left for the `Option` around it, which so takes no room.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct KeptWord(NonZeroU64);

impl KeptWord {
    /// Words are kept as their complements. Like 0, this is that of a word that no call has: it is only planned.
    const PLANNED: Self = Self(NonZeroU64::MIN);

    /// `None` for the word of no breaker.
    #[inline(always)]
    pub(super) fn of(word: StateWord) -> Option<Self> {
        NonZeroU64::new(!word.0).map(Self)
    }

    #[inline(always)]
    pub(super) fn get(self) -> StateWord {
        StateWord(!self.0.get())
    }
}

impl<'a, L: Locate<'a>, T> Drop for Pending<'a, L, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some((locate, _, word)) = &self.call
            && *word != KeptWord::PLANNED
        {
            cancel(self.resolved.or(locate.breaker()), word.get(), self.start);
        }
    }
}

impl<'a, L: Locate<'a>, T> Pending<'a, L, T> {
    /// A call that the breaker is to be asked for.
    #[inline(always)]
    pub(super) fn planned(locate: L, then: T) -> Self {
        Self { call: Some((locate, then, KeptWord::PLANNED)), resolved: Resolved::NONE, start: 0 }
    }

    /// A call that was admitted.
    #[inline(always)]
    fn admitted(Admitted { locate, call }: Admitted<'a, L>, then: T) -> Self {
        let resolved = Resolved::new(call.breaker);
        let (word, start) = call.into_parts();
        Self { call: KeptWord::of(word).map(|word| (locate, then, word)), resolved, start }
    }

    /// Asks the breaker to admit the call, if that is only planned, or goes on with it. It is over now, unless it is polled and waits.
    #[inline(always)]
    pub(super) fn begin(&mut self) -> Result<Resumed<'a, L, T>, Refusal<'a>> {
        match self.call.take() {
            Some((locate, then, KeptWord::PLANNED)) => {
                let (breaker, word) = Call::enter_at(locate.breaker(), &mut self.start)?;
                self.resolved = Resolved::new(breaker);
                Ok(Resumed { locate, then, breaker, word })
            }
            Some((locate, then, word)) => Ok(self.resumed(locate, then, word)),
            None => resumed_after_completion(),
        }
    }

    /// The same for a call that was [admitted](Self::admitted).
    #[inline(always)]
    fn resume(&mut self) -> Resumed<'a, L, T> {
        let Some((locate, then, word)) = self.call.take() else { resumed_after_completion() };
        self.resumed(locate, then, word)
    }

    #[inline(always)]
    fn resumed(&self, locate: L, then: T, word: KeptWord) -> Resumed<'a, L, T> {
        let (breaker, word) = (self.resolved.or(locate.breaker()), word.get());
        if word.is_scoped() {
            // On this thread, which may be another one than before.
            nesting::enter(breaker, word);
        }
        Resumed { locate, then, breaker, word }
    }

    /// Polls the body of the call that has begun. A panic is recorded at once, though the future may be dropped much later.
    #[inline(always)]
    pub(super) fn poll<B: Body, O, E>(
        &mut self,
        begin: impl FnOnce(&mut Self) -> Result<Resumed<'a, L, T>, E>,
        body: Pin<&mut B>,
        context: &mut Context<'_>,
        finish: impl FnOnce(T, Call<'a>, B::Output) -> O,
        refused: impl FnOnce(E) -> O,
    ) -> Poll<O> {
        // What is returned is a `Poll` at once: to be made one later, it would go through memory.
        let done = match begin(self) {
            Err(refusal) => Poll::Ready(refused(refusal)),
            Ok(Resumed { locate, then, breaker, mut word }) => {
                let polling = Polling { breaker, word: &mut word, start: &self.start };
                let polled = body.poll(breaker, polling.word, context);
                mem::forget(polling);
                let Poll::Ready(output) = polled else {
                    if word.is_scoped() {
                        nesting::leave(breaker, word);
                    }
                    // There is nothing to drop, but the compiler does not know that.
                    let call = KeptWord::of(word).map(|word| (locate, then, word));
                    mem::forget(mem::replace(&mut self.call, call));
                    return Poll::Pending;
                };
                Poll::Ready(finish(then, Call::from_parts(breaker, word, self.start), output))
            }
        };
        // As it is already, but the compiler does not know that: so it leaves out what is to be dropped otherwise.
        mem::forget(self.call.take());
        done
    }
}

/// A call whose body is about to be polled.
pub(super) struct Resumed<'a, L, T> {
    locate: L,
    then: T,
    /// The breaker that the call has met.
    breaker: &'a Breaker,
    word: StateWord,
}

/// A call whose body is being polled.
struct Polling<'p> {
    breaker: &'p Breaker,
    word: &'p mut StateWord,
    start: &'p u64,
}

impl Drop for Polling<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        abandon(self.breaker, *self.word, *self.start);
    }
}

/// A call that was admitted, and is to get its future.
#[must_use = "dropping it at once says that the call was cancelled"]
pub struct Admitted<'a, L> {
    locate: L,
    call: Call<'a>,
}

impl<'a, L: Locate<'a>> Admitted<'a, L> {
    /// Asks the breaker to admit a call whose body is a future that this thread is about to poll.
    #[inline(always)]
    pub fn enter(locate: L) -> Result<Self, Refusal<'a>> {
        let call = Call::enter_async(locate.breaker())?;
        Ok(Self { locate, call })
    }
}

/// How a call ends whose future has returned.
pub trait Finish<'a, R> {
    type Output;

    /// Returns what the guarded future does.
    fn finish(self, call: Call<'a>, returned: R) -> Self::Output;
}

/// It is said by a closure.
pub struct ByClosure<F>(F);

impl<'a, R, O, F: FnOnce(Call<'a>, R) -> O> Finish<'a, R> for ByClosure<F> {
    type Output = O;

    #[inline(always)]
    fn finish(self, call: Call<'a>, returned: R) -> O {
        (self.0)(call, returned)
    }
}

/// What the compiler writes for a future of its own.
#[cold]
#[track_caller]
pub(crate) fn resumed_after_completion() -> ! {
    panic!("`async fn` resumed after completion")
}

pin_project! {
    /// The future of a call that was admitted.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<'a, L: Locate<'a>, B, C> {
        #[pin]
        body: B,
        pending: Pending<'a, L, C>,
    }
}

impl<'a, L: Locate<'a>, F: Future, C> Guarded<'a, L, Plain<F>, ByClosure<C>>
where
    C: FnOnce(Call<'a>, F::Output) -> F::Output,
{
    /// `finish` ends the call, and returns what its future did.
    #[inline(always)]
    pub fn new(call: Admitted<'a, L>, future: F, finish: C) -> Self {
        Self::ended_by(call, future, ByClosure(finish))
    }
}

impl<'a, L: Locate<'a>, F, C> Guarded<'a, L, Plain<F>, C> {
    #[inline(always)]
    pub(crate) fn ended_by(call: Admitted<'a, L>, future: F, finish: C) -> Self {
        Self { body: Plain::new(future), pending: Pending::admitted(call, finish) }
    }
}

impl<'a, L: Locate<'a>, F: Future, C> Guarded<'a, L, Limited<F>, ByClosure<C>>
where
    C: FnOnce(Call<'a>, Result<F::Output, Elapsed>) -> F::Output,
{
    /// The same, where the future may take only so long.
    #[inline(always)]
    pub fn limited(call: Admitted<'a, L>, future: F, limit: Limit, finish: C) -> Self {
        let body = Limited::new(Plain::new(future), limit);
        Self { body, pending: Pending::admitted(call, ByClosure(finish)) }
    }
}

impl<'a, L: Locate<'a>, B: Body, C: Finish<'a, B::Output>> Future for Guarded<'a, L, B, C> {
    type Output = C::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<C::Output> {
        let this = self.project();
        // It was admitted, so nothing refuses it any more.
        let resume = |pending: &mut Pending<'a, L, C>| Ok::<_, Infallible>(pending.resume());
        let finish = |finish: C, call, output| finish.finish(call, output);
        this.pending.poll(resume, this.body, context, finish, |refused| match refused {})
    }
}

pin_project! {
    /// The future of a call that is to be admitted when it is first polled.
    #[must_use = "futures do nothing unless polled"]
    pub struct Deferred<'a, L: Locate<'a>, B, C, S> {
        #[pin]
        body: B,
        pending: Pending<'a, L, C>,
        refused: S,
    }
}

impl<'a, L: Locate<'a>, F: Future, C, S> Deferred<'a, L, Plain<F>, ByClosure<C>, S>
where
    C: FnOnce(Call<'a>, F::Output) -> F::Output,
    S: Fn(Refusal<'a>) -> F::Output,
{
    /// `finish` ends the call, and returns what its future did; `refused` says what to return if there is none.
    #[inline(always)]
    pub fn new(locate: L, future: F, finish: C, refused: S) -> Self {
        Self::ended_by(locate, future, ByClosure(finish), refused)
    }
}

impl<'a, L: Locate<'a>, F, C, S> Deferred<'a, L, Plain<F>, C, S> {
    #[inline(always)]
    pub(crate) fn ended_by(locate: L, future: F, finish: C, refused: S) -> Self {
        Self { body: Plain::new(future), pending: Pending::planned(locate, finish), refused }
    }
}

impl<'a, L: Locate<'a>, F: Future, C, S> Deferred<'a, L, Limited<F>, ByClosure<C>, S>
where
    C: FnOnce(Call<'a>, Result<F::Output, Elapsed>) -> F::Output,
    S: Fn(Refusal<'a>) -> F::Output,
{
    /// The same, where the future may take only so long.
    #[inline(always)]
    pub fn limited(locate: L, future: F, limit: Limit, finish: C, refused: S) -> Self {
        let body = Limited::new(Plain::new(future), limit);
        Self { body, pending: Pending::planned(locate, ByClosure(finish)), refused }
    }
}

impl<'a, L: Locate<'a>, B: Body, C, S> Future for Deferred<'a, L, B, C, S>
where
    C: Finish<'a, B::Output>,
    S: Fn(Refusal<'a>) -> C::Output,
{
    type Output = C::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<C::Output> {
        let this = self.project();
        let finish = |finish: C, call, output| finish.finish(call, output);
        this.pending.poll(Pending::begin, this.body, context, finish, this.refused)
    }
}

pin_project! {
    /// The future of [`CircuitBreaker::call_async`](crate::CircuitBreaker::call_async).
    #[must_use = "futures do nothing unless polled"]
    pub struct CallAsync<'a, F> {
        #[pin]
        body: Plain<F>,
        pending: Pending<'a, &'a Breaker, ()>,
    }
}

impl<'a, F> CallAsync<'a, F> {
    #[inline(always)]
    pub(crate) fn new(breaker: &'a Breaker, future: F) -> Self {
        Self { body: Plain::new(future), pending: Pending::planned(breaker, ()) }
    }

    #[cfg(feature = "tokio")]
    #[inline(always)]
    pub(super) fn into_parts(self) -> (Plain<F>, Pending<'a, &'a Breaker, ()>) {
        (self.body, self.pending)
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for CallAsync<'_, F> {
    type Output = Result<T, Error<E>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let settle =
            |(), call: Call<'_>, result| call.settle(result, |_, _| Outcome::Failure).map_err(Error::Inner);
        let refused = |refusal: Refusal<'_>| refusal.into_error(|error| Err(Error::NotPermitted(error)));
        this.pending.poll(Pending::begin, this.body, context, settle, refused)
    }
}

impl<F> core::fmt::Debug for CallAsync<'_, F> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("CallAsync").finish_non_exhaustive()
    }
}
