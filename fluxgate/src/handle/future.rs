//! Futures of guarded calls.

use core::future::Future;
use core::mem;
use core::num::NonZeroU64;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::body::{Body, Delayable};
use super::call::{Call, abandon, cancel};
use super::error::Error;
use super::isolation::Resolved;
use super::limit::{Elapsed, Limit, Limited};
use super::refusal::Refusal;
use crate::engine::breaker::Breaker;
use crate::engine::nesting;
use crate::engine::word::StateWord;
use crate::return_type::Yielded;
use crate::state::Outcome;

/// How a future reaches the breaker of its call.
///
/// A future that holds a reference to a breaker is `Send` only if every part of a breaker can be shared, which the compiler works out anew
/// in every generic function. So if the breaker is a `static`, the future holds a function instead, which is also smaller.
pub trait Locate<'a> {
    /// The same breaker each time.
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

/// A call whose future is planned or in progress, and how it ends.
///
/// Dropped before its end, it was cancelled, even if the thread is panicking: that panic comes from elsewhere.
///
/// `start` stays in memory while the body is polled: it is seldom needed, and would take a register from the body.
pub(super) struct Pending<'a, L: Locate<'a>, K: Keep> {
    locate: L,
    kept: K,
    resolved: Resolved<'a>,
    /// As in a [`Call`]; 0 if the call is only planned.
    start: u64,
}

/// How a call ends, and its word until then, in as little room as that takes.
pub trait Keep {
    fn word(&self) -> KeptWord;

    fn keep(&mut self, word: KeptWord);
}

/// A word that is kept for a call, as its complement, so that no word is 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeptWord(u64);

impl KeptWord {
    /// The call is only planned. Like the other constant, this is the complement of a word that no call has.
    const PLANNED: Self = Self(1);

    /// The call is over.
    const OVER: Self = Self(2);

    #[inline(always)]
    pub(super) fn of(word: StateWord) -> Self {
        Self(!word.0)
    }

    #[inline(always)]
    pub(super) fn get(self) -> StateWord {
        StateWord(!self.0)
    }

    /// The same, as a value whose `Option` takes no more room. It is never 0, but the compiler does not know that.
    #[inline(always)]
    pub(super) fn into_present(self) -> Option<NonZeroU64> {
        NonZeroU64::new(self.0)
    }

    #[inline(always)]
    pub(super) fn of_present(word: NonZeroU64) -> Self {
        Self(word.get())
    }

    /// The word of a pending call that is about to be polled on this thread, perhaps not the one before.
    #[inline(always)]
    fn resume(self, breaker: &Breaker) -> StateWord {
        if !self.is_of_call() {
            resumed_after_completion();
        }
        let word = self.get();
        if word.is_scoped() {
            nesting::enter(breaker, word);
        }
        word
    }

    /// Whether it is the word of a pending call.
    #[inline(always)]
    fn is_of_call(self) -> bool {
        self.0 > Self::OVER.0
    }
}

/// The word of a call, and an end that is the same for all calls of its kind.
pub struct Kept<E> {
    word: KeptWord,
    pub(crate) end: E,
}

impl<E> Kept<E> {
    #[inline(always)]
    pub(crate) fn planned(end: E) -> Self {
        Self { word: KeptWord::PLANNED, end }
    }
}

impl<E> Keep for Kept<E> {
    #[inline(always)]
    fn word(&self) -> KeptWord {
        self.word
    }

    #[inline(always)]
    fn keep(&mut self, word: KeptWord) {
        self.word = word;
    }
}

impl<'a, L: Locate<'a>, K: Keep> Drop for Pending<'a, L, K> {
    #[inline(always)]
    fn drop(&mut self) {
        let word = self.kept.word();
        if word.is_of_call() {
            cancel(self.resolved.or(self.locate.breaker()), word.get().unscoped(), self.start);
        }
    }
}

impl<'a, L: Locate<'a>, K: Keep> Pending<'a, L, K> {
    /// A call that the breaker has yet to admit.
    #[inline(always)]
    pub(super) fn planned(locate: L, kept: K) -> Self {
        Self { locate, kept, resolved: Resolved::NONE, start: 0 }
    }

    /// An admitted call, whose first poll resumes it like any other.
    #[inline(always)]
    fn admitted(Admitted { locate, call }: Admitted<'a, L>, mut kept: K) -> Self {
        let resolved = Resolved::new(call.breaker);
        call.suspend();
        let (word, start) = call.into_parts();
        kept.keep(KeptWord::of(word));
        Self { locate, kept, resolved, start }
    }

    /// The same call with another end.
    #[cfg(feature = "tokio")]
    pub(super) fn ended_by<E>(mut self, end: E) -> Pending<'a, L, Kept<E>>
    where
        L: Copy,
    {
        let word = self.kept.word();
        self.kept.keep(KeptWord::OVER);
        Pending { locate: self.locate, kept: Kept { word, end }, resolved: self.resolved, start: self.start }
    }

    /// Polls the body. If the call is only planned, the breaker is asked first, and if it refuses, `refused` makes the value to return. A
    /// panic is recorded at once, though the future may be dropped much later.
    #[inline(always)]
    pub(super) fn poll<B: Body>(
        &mut self,
        body: Pin<&mut B>,
        context: &mut Context<'_>,
        refused: &impl Refuse<'a, K::Output>,
    ) -> Poll<K::Output>
    where
        K: Finish<'a, B::Output>,
    {
        let named = self.locate.breaker();
        let kept = self.kept.word();
        // However this ends, unless the body is pending.
        self.kept.keep(KeptWord::OVER);
        let (breaker, mut word) = if kept == KeptWord::PLANNED {
            match Call::enter_at(named, &mut self.start) {
                Ok(admitted) => admitted,
                Err(refusal) => return Poll::Ready(refused.refused(refusal)),
            }
        } else {
            let breaker = self.resolved.or(named);
            (breaker, kept.resume(breaker))
        };
        self.resolved = Resolved::new(breaker);
        let polled = {
            let polling = Polling { breaker, word: &mut word, start: &self.start };
            let polled = body.poll(breaker, polling.word, context);
            mem::forget(polling);
            polled
        };
        if polled.is_pending() {
            if word.is_scoped() {
                nesting::leave(breaker, word);
            }
            self.kept.keep(KeptWord::of(word));
            return Poll::Pending;
        }
        self.kept.finish(Call::from_parts(breaker, word, self.start), polled)
    }
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

/// An admitted call that has yet to get its future.
#[must_use = "dropping it at once cancels the call"]
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

/// How a call ends when its future returns.
pub trait Finish<'a, R>: Keep {
    type Output;

    /// Returns the output of the guarded future. The body was polled, and is ready.
    fn finish(&mut self, call: Call<'a>, polled: Poll<R>) -> Poll<Self::Output>;
}

/// What a refused call returns.
pub trait Refuse<'a, R> {
    fn refused(&self, refusal: Refusal<'a>) -> R;
}

impl<'a, R, F: Fn(Refusal<'a>) -> Yielded<R>> Refuse<'a, R> for F {
    #[inline(always)]
    fn refused(&self, refusal: Refusal<'a>) -> R {
        self(refusal).0
    }
}

/// For a call that was admitted already, so that nothing refuses it.
struct NeverRefused;

impl<'a, R> Refuse<'a, R> for NeverRefused {
    fn refused(&self, _: Refusal<'a>) -> R {
        resumed_after_completion()
    }
}

/// The end is a closure, which is called once.
pub struct ByClosure<F>(Option<(F, NonZeroU64)>);

impl<F> ByClosure<F> {
    #[inline(always)]
    fn planned(finish: F) -> Self {
        Self(KeptWord::PLANNED.into_present().map(|word| (finish, word)))
    }
}

impl<F> Keep for ByClosure<F> {
    #[inline(always)]
    fn word(&self) -> KeptWord {
        self.0.as_ref().map_or(KeptWord::OVER, |(_, word)| KeptWord::of_present(*word))
    }

    #[inline(always)]
    fn keep(&mut self, word: KeptWord) {
        if let (Some((_, kept)), Some(word)) = (&mut self.0, word.into_present()) {
            *kept = word;
        }
    }
}

impl<'a, R, O, F: FnOnce(Call<'a>, R) -> Yielded<O>> Finish<'a, R> for ByClosure<F> {
    type Output = O;

    #[inline(always)]
    fn finish(&mut self, call: Call<'a>, polled: Poll<R>) -> Poll<O> {
        let Some((finish, _)) = self.0.take() else { resumed_after_completion() };
        polled.map(|returned| finish(call, returned).0)
    }
}

/// Panics with the message of the compiler's own futures.
#[cold]
#[track_caller]
pub(crate) fn resumed_after_completion() -> ! {
    panic!("`async fn` resumed after completion")
}

pin_project! {
    /// The future of an admitted call.
    #[must_use = "futures do nothing unless polled"]
    pub struct Guarded<'a, L: Locate<'a>, B, C: Keep> {
        #[pin]
        body: B,
        pending: Pending<'a, L, C>,
    }
}

impl<'a, L: Locate<'a>, F: Future, C> Guarded<'a, L, Delayable<F>, ByClosure<C>>
where
    C: FnOnce(Call<'a>, F::Output) -> Yielded<F::Output>,
{
    /// `finish` ends the call and returns the output of its future.
    #[inline(always)]
    pub fn new(call: Admitted<'a, L>, future: F, finish: C) -> Self {
        Self::ended_by(call, future, ByClosure::planned(finish))
    }
}

impl<'a, L: Locate<'a>, F, C: Keep> Guarded<'a, L, Delayable<F>, C> {
    #[inline(always)]
    pub(crate) fn ended_by(call: Admitted<'a, L>, future: F, finish: C) -> Self {
        Self { body: Delayable::new(future), pending: Pending::admitted(call, finish) }
    }
}

impl<'a, L: Locate<'a>, F: Future, C> Guarded<'a, L, Limited<F>, ByClosure<C>>
where
    C: FnOnce(Call<'a>, Result<F::Output, Elapsed>) -> Yielded<F::Output>,
{
    /// The same with a time limit.
    #[inline(always)]
    pub fn limited(call: Admitted<'a, L>, future: F, limit: Limit, finish: C) -> Self {
        let body = Limited::new(Delayable::new(future), limit);
        Self { body, pending: Pending::admitted(call, ByClosure::planned(finish)) }
    }
}

impl<'a, L: Locate<'a>, B: Body, C: Finish<'a, B::Output>> Future for Guarded<'a, L, B, C> {
    type Output = C::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<C::Output> {
        let this = self.project();
        this.pending.poll(this.body, context, &NeverRefused)
    }
}

pin_project! {
    /// The future of a call that is put to the breaker when it is first polled.
    #[must_use = "futures do nothing unless polled"]
    pub struct Deferred<'a, L: Locate<'a>, B, C: Keep, S> {
        #[pin]
        body: B,
        pending: Pending<'a, L, C>,
        refused: S,
    }
}

impl<'a, L: Locate<'a>, F: Future, C, S> Deferred<'a, L, Delayable<F>, ByClosure<C>, S>
where
    C: FnOnce(Call<'a>, F::Output) -> Yielded<F::Output>,
    S: Fn(Refusal<'a>) -> Yielded<F::Output>,
{
    /// `finish` ends the call and returns the output of its future; `refused` makes the value to return if the call is refused.
    #[inline(always)]
    pub fn new(locate: L, future: F, finish: C, refused: S) -> Self {
        Self::ended_by(locate, future, ByClosure::planned(finish), refused)
    }
}

impl<'a, L: Locate<'a>, F, C: Keep, S> Deferred<'a, L, Delayable<F>, C, S> {
    #[inline(always)]
    pub(crate) fn ended_by(locate: L, future: F, finish: C, refused: S) -> Self {
        Self { body: Delayable::new(future), pending: Pending::planned(locate, finish), refused }
    }
}

impl<'a, L: Locate<'a>, F: Future, C, S> Deferred<'a, L, Limited<F>, ByClosure<C>, S>
where
    C: FnOnce(Call<'a>, Result<F::Output, Elapsed>) -> Yielded<F::Output>,
    S: Fn(Refusal<'a>) -> Yielded<F::Output>,
{
    /// The same with a time limit.
    #[inline(always)]
    pub fn limited(locate: L, future: F, limit: Limit, finish: C, refused: S) -> Self {
        let body = Limited::new(Delayable::new(future), limit);
        Self { body, pending: Pending::planned(locate, ByClosure::planned(finish)), refused }
    }
}

impl<'a, L: Locate<'a>, B: Body, C, S> Future for Deferred<'a, L, B, C, S>
where
    C: Finish<'a, B::Output>,
    S: Refuse<'a, C::Output>,
{
    type Output = C::Output;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<C::Output> {
        let this = self.project();
        this.pending.poll(this.body, context, this.refused)
    }
}

pin_project! {
    /// The future of [`CircuitBreaker::call_async`](crate::CircuitBreaker::call_async).
    #[must_use = "futures do nothing unless polled"]
    pub struct CallAsync<'a, F> {
        #[pin]
        body: Delayable<F>,
        pending: Pending<'a, &'a Breaker, Kept<ByHand>>,
    }
}

impl<'a, F> CallAsync<'a, F> {
    #[inline(always)]
    pub(crate) fn new(breaker: &'a Breaker, future: F) -> Self {
        Self { body: Delayable::new(future), pending: Pending::planned(breaker, Kept::planned(ByHand)) }
    }

    #[cfg(feature = "tokio")]
    #[inline(always)]
    pub(super) fn into_parts(self) -> (Delayable<F>, Pending<'a, &'a Breaker, Kept<ByHand>>) {
        (self.body, self.pending)
    }
}

/// What a refused call returns.
#[inline(always)]
pub(super) fn not_permitted<T, E>(refusal: Refusal<'_>) -> Yielded<Result<T, Error<E>>> {
    Yielded(refusal.into_error(|error| Err(Error::NotPermitted(error))))
}

/// Every error is a failure, and is wrapped in [`Error::Inner`].
pub(super) struct ByHand;

impl<'a, T, E> Finish<'a, Result<T, E>> for Kept<ByHand> {
    type Output = Result<T, Error<E>>;

    #[inline(always)]
    fn finish(&mut self, call: Call<'a>, polled: Poll<Result<T, E>>) -> Poll<Self::Output> {
        polled.map(|result| call.settle(result, |_, _| Outcome::Failure).map_err(Error::Inner))
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for CallAsync<'_, F> {
    type Output = Result<T, Error<E>>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.pending.poll(this.body, context, &not_permitted)
    }
}

impl<F> core::fmt::Debug for CallAsync<'_, F> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("CallAsync").finish_non_exhaustive()
    }
}
