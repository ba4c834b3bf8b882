//! The future of a call that was admitted before its future was made.

use core::future::Future;
use core::marker::PhantomData;
use core::num::NonZeroU64;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::body::{Body, Delayable};
use super::call::Call;
use super::circuit_breaker::CircuitBreaker;
use super::future::{KeptWord, resumed_after_completion};
use super::isolation::Resolved;
use super::limit::{Elapsed, Limit, Limited};
use super::refusal::Refusal;
use crate::engine::breaker::Breaker;
use crate::engine::word::StateWord;
use crate::return_type::{Output, Yielded};

/// How a future that borrows nothing reaches its breaker: by a function if that is a `static`, for the reasons given at
/// [`Locate`](super::future::Locate), and otherwise by a handle.
pub trait Hold {
    /// The same breaker each time.
    fn breaker(&self) -> &Breaker;
}

impl<F: Fn() -> &'static Breaker> Hold for F {
    #[inline]
    fn breaker(&self) -> &Breaker {
        self()
    }
}

impl Hold for &'static Breaker {
    #[inline]
    fn breaker(&self) -> &Breaker {
        self
    }
}

impl Hold for CircuitBreaker {
    #[inline]
    fn breaker(&self) -> &Breaker {
        Self::breaker(self)
    }
}

/// A call that was admitted or refused before its future was made.
struct Begun<H> {
    hold: H,
    resolved: Resolved<'static>,
    /// The word of the [`Call`] or, if it is fresh, of the [`Refusal`].
    word: NonZeroU64,
    /// When the call began, or the time left until the next attempt.
    time: u64,
}

impl<H: Hold> Begun<H> {
    /// Asks the breaker to admit a call, and passes it to `then` at once. If it is refused, `then` is not called.
    fn enter<T>(hold: H, then: impl FnOnce(&Call<'_>) -> T) -> (Option<Self>, Option<T>) {
        let resolved = Resolved::double_of(hold.breaker());
        let admitted = Call::enter_async(resolved.or(hold.breaker())).map(|call| {
            let done = then(&call);
            (call.into_parts(), Some(done))
        });
        let ((word, time), done) = admitted.unwrap_or_else(|refusal| ((refusal.word, refusal.left), None));
        (KeptWord::of(word).into_present().map(|word| Self { hold, resolved, word, time }), done)
    }

    fn word(&self) -> StateWord {
        KeptWord::of_present(self.word).get()
    }

    fn is_refused(&self) -> bool {
        self.word().is_fresh()
    }

    fn breaker(&self) -> &Breaker {
        self.resolved.or(self.hold.breaker())
    }

    fn refusal(&self) -> Refusal<'_> {
        Refusal { breaker: self.breaker(), word: self.word(), left: self.time }
    }

    /// The admitted call, which is not over.
    fn call(&self) -> Call<'_> {
        Call::from_parts(self.breaker(), self.word(), self.time)
    }
}

pin_project! {
    /// The future of a function whose body does something before it returns its own future. That part is also guarded, and may panic.
    ///
    /// It has no type parameter for the output, since the future may have to outlive what the output borrows.
    #[must_use = "futures do nothing unless polled"]
    pub struct Eager<B, C, S, H: Hold> {
        #[pin]
        body: B,
        begun: Option<(Begun<H>, C, S)>,
    }

    impl<B, C, S, H: Hold> PinnedDrop for Eager<B, C, S, H> {
        fn drop(this: Pin<&mut Self>) {
            if let Some((begun, ..)) = this.project().begun
                && !begun.is_refused()
            {
                begun.call().cancel();
            }
        }
    }
}

impl<F, R, C, S, O, H: Hold> Eager<Option<Delayable<F>>, C, S, H>
where
    F: Future<Output = R>,
    C: FnOnce(Call<'_>, R) -> Yielded<R>,
    S: FnOnce(Result<R, Refusal<'_>>) -> Yielded<O>,
{
    /// Makes the future, unless the breaker refuses. `finish` ends the call and returns the output of the body's future; `settle` makes the
    /// value to return.
    pub fn new(
        _: Output<R>,
        _: Output<F>,
        breaker: H,
        body: impl FnOnce() -> F,
        finish: C,
        settle: S,
    ) -> Self {
        Self::begin(breaker, || Delayable::new(body()), finish, settle)
    }
}

impl<F, R, C, S, O, H: Hold> Eager<Option<Limited<F>>, C, S, H>
where
    F: Future<Output = R>,
    C: FnOnce(Call<'_>, Result<R, Elapsed>) -> Yielded<R>,
    S: FnOnce(Result<R, Refusal<'_>>) -> Yielded<O>,
{
    /// The same with a time limit.
    pub fn limited(
        _: Output<R>,
        _: Output<F>,
        breaker: H,
        body: impl FnOnce() -> F,
        limit: Limit,
        finish: C,
        settle: S,
    ) -> Self {
        Self::begin(breaker, || Limited::new(Delayable::new(body()), limit), finish, settle)
    }
}

/// An admitted call whose future is being made, by a body that puts it into a box.
pub struct Making<R, C, S, H: Hold> {
    /// `None` once the future exists.
    begun: Option<(Begun<H>, C, S)>,
    returned: PhantomData<fn() -> R>,
}

impl<R, C, S, O, H: Hold> Making<R, C, S, H>
where
    C: FnOnce(Call<'_>, R) -> Yielded<R>,
    S: FnOnce(Result<R, Refusal<'_>>) -> Yielded<O>,
{
    /// Asks the breaker to admit the call, as [`Eager::new`] does.
    pub fn new(_: Output<R>, breaker: H, finish: C, settle: S) -> Result<Self, Refused<R, S, H>> {
        Self::begin(breaker, finish, settle)
    }

    /// The future of the call, whose body is `future`.
    pub fn guard<F: Future<Output = R>>(&mut self, future: F) -> Eager<Delayable<F>, C, S, H> {
        self.around(Delayable::new(future))
    }
}

impl<R, C, S, O, H: Hold> Making<R, C, S, H>
where
    C: FnOnce(Call<'_>, Result<R, Elapsed>) -> Yielded<R>,
    S: FnOnce(Result<R, Refusal<'_>>) -> Yielded<O>,
{
    /// The same with a time limit.
    pub fn limited(_: Output<R>, breaker: H, finish: C, settle: S) -> Result<Self, Refused<R, S, H>> {
        Self::begin(breaker, finish, settle)
    }

    /// The same as [`guard`](Self::guard), with a time limit.
    pub fn guard_limited<F: Future<Output = R>>(
        &mut self,
        limit: Limit,
        future: F,
    ) -> Eager<Limited<F>, C, S, H> {
        self.around(Limited::new(Delayable::new(future), limit))
    }
}

impl<R, C, S, H: Hold> Making<R, C, S, H> {
    fn begin(breaker: H, finish: C, settle: S) -> Result<Self, Refused<R, S, H>> {
        match Begun::enter(breaker, |_| ()) {
            (begun, Some(())) => {
                Ok(Self { begun: begun.map(|begun| (begun, finish, settle)), returned: PhantomData })
            }
            (begun, None) => Err(Refused(begun.map(|begun| (begun, settle)), PhantomData)),
        }
    }

    /// Whether the future has been made.
    pub fn is_done(&self) -> bool {
        self.begun.is_none()
    }

    fn around<B>(&mut self, body: B) -> Eager<B, C, S, H> {
        let begun = self.begun.take();
        if let Some((begun, ..)) = &begun {
            let call = begun.call();
            call.suspend();
            call.into_parts();
        }
        Eager { body, begun }
    }
}

/// A body that panicked has made no future.
impl<R, C, S, H: Hold> Drop for Making<R, C, S, H> {
    fn drop(&mut self) {
        if let Some((begun, ..)) = &self.begun {
            drop(begun.call());
        }
    }
}

/// The future of a call that was refused before its future was made.
#[must_use = "futures do nothing unless polled"]
pub struct Refused<R, S, H>(Option<(Begun<H>, S)>, PhantomData<fn() -> R>);

/// Nothing in it is pinned.
impl<R, S, H> Unpin for Refused<R, S, H> {}

impl<R, S: FnOnce(Result<R, Refusal<'_>>) -> Yielded<O>, O, H: Hold> Future for Refused<R, S, H> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<O> {
        let Some((begun, settle)) = self.0.take() else { resumed_after_completion() };
        Poll::Ready(settle(Err(begun.refusal())).0)
    }
}

impl<B, C, S, H: Hold> Eager<Option<B>, C, S, H> {
    fn begin(breaker: H, body: impl FnOnce() -> B, finish: C, settle: S) -> Self {
        let (begun, body) = Begun::enter(breaker, |call| {
            let body = body();
            call.suspend();
            body
        });
        Self { body, begun: begun.map(|begun| (begun, finish, settle)) }
    }
}

impl<B, R, C, S, O, H> Future for Eager<B, C, S, H>
where
    B: Body,
    C: FnOnce(Call<'_>, B::Output) -> Yielded<R>,
    S: FnOnce(Result<R, Refusal<'_>>) -> Yielded<O>,
    H: Hold,
{
    type Output = O;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        let this = self.project();
        let Some((begun, finish, settle)) = this.begun.take() else { resumed_after_completion() };
        if begun.is_refused() {
            return Poll::Ready(settle(Err(begun.refusal())).0);
        }
        let mut call = begun.call();
        call.resume();
        if let Poll::Ready(output) = call.poll(this.body, context) {
            return Poll::Ready(settle(Ok(finish(call, output).0)).0);
        }
        call.suspend();
        let (word, time) = call.into_parts();
        *this.begun =
            KeptWord::of(word).into_present().map(|word| (Begun { word, time, ..begun }, finish, settle));
        Poll::Pending
    }
}
