//! The future of a call that was admitted before its future was made.

use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::body::{Body, Plain};
use super::call::Call;
use super::circuit_breaker::CircuitBreaker;
use super::future::resumed_after_completion;
use super::limit::{Elapsed, Limit, Limited};
use super::owned_call::{OwnedCall, resolved};
use super::refusal::Refusal;
use crate::engine::word::StateWord;
use crate::output::Output;

pin_project! {
    /// The future of a function whose body does something before it returns its future. That is refused, too, or may panic.
    #[must_use = "futures do nothing unless polled"]
    pub struct Eager<B, R, C, S> {
        #[pin]
        body: Option<B>,
        begun: Option<(Begun, C, S)>,
        returned: PhantomData<fn() -> R>,
    }

    impl<B, R, C, S> PinnedDrop for Eager<B, R, C, S> {
        fn drop(this: Pin<&mut Self>) {
            if let Some((Begun::Admitted(call), ..)) = this.project().begun.take() {
                call.cancel();
            }
        }
    }
}

enum Begun {
    Admitted(OwnedCall),
    Refused(CircuitBreaker, StateWord, u64),
}

impl<F, R, C, S, O> Eager<Plain<F>, R, C, S>
where
    F: Future<Output = R>,
    C: FnOnce(Call<'_>, R) -> R,
    S: FnOnce(Result<R, Refusal<'_>>) -> O,
{
    /// Makes the future, unless the breaker refuses. `finish` ends the call, and returns what its future did; `settle` makes the value to return.
    pub fn new(
        _: Output<R>,
        _: Output<F>,
        breaker: CircuitBreaker,
        body: impl FnOnce() -> F,
        finish: C,
        settle: S,
    ) -> Self {
        Self::begin(breaker, || Plain::new(body()), finish, settle)
    }
}

impl<F, R, C, S, O> Eager<Limited<F>, R, C, S>
where
    F: Future<Output = R>,
    C: FnOnce(Call<'_>, Result<R, Elapsed>) -> R,
    S: FnOnce(Result<R, Refusal<'_>>) -> O,
{
    /// The same, where the future may take only so long.
    pub fn limited(
        _: Output<R>,
        _: Output<F>,
        breaker: CircuitBreaker,
        body: impl FnOnce() -> F,
        limit: Limit,
        finish: C,
        settle: S,
    ) -> Self {
        Self::begin(breaker, || Limited::new(Plain::new(body()), limit), finish, settle)
    }
}

/// A call that was admitted, and whose future is being made, by a body that puts it into a box.
pub struct Making<R, C, S> {
    /// Until the future is there.
    begun: Option<(OwnedCall, C, S)>,
    returned: PhantomData<fn() -> R>,
}

impl<R, C, S, O> Making<R, C, S>
where
    C: FnOnce(Call<'_>, R) -> R,
    S: FnOnce(Result<R, Refusal<'_>>) -> O,
{
    /// Asks the breaker to admit the call, as [`Eager::new`] does.
    pub fn new(_: Output<R>, breaker: CircuitBreaker, finish: C, settle: S) -> Result<Self, Refused<R, S>> {
        Self::begin(breaker, finish, settle)
    }

    /// The future of the call, whose body is `future`.
    pub fn guard<F: Future<Output = R>>(&mut self, future: F) -> Eager<Plain<F>, R, C, S> {
        self.around(Plain::new(future))
    }
}

impl<R, C, S, O> Making<R, C, S>
where
    C: FnOnce(Call<'_>, Result<R, Elapsed>) -> R,
    S: FnOnce(Result<R, Refusal<'_>>) -> O,
{
    /// The same, where the future may take only so long.
    pub fn limited(
        _: Output<R>,
        breaker: CircuitBreaker,
        finish: C,
        settle: S,
    ) -> Result<Self, Refused<R, S>> {
        Self::begin(breaker, finish, settle)
    }

    /// As [`guard`](Self::guard) does it.
    pub fn guard_limited<F: Future<Output = R>>(
        &mut self,
        limit: Limit,
        future: F,
    ) -> Eager<Limited<F>, R, C, S> {
        self.around(Limited::new(Plain::new(future), limit))
    }
}

impl<R, C, S> Making<R, C, S> {
    fn begin(breaker: CircuitBreaker, finish: C, settle: S) -> Result<Self, Refused<R, S>> {
        let breaker = resolved(breaker);
        let admitted = Call::enter_async(breaker.breaker()).map(Call::into_parts);
        match admitted.map_err(|refusal| (refusal.word, refusal.left)) {
            Ok(parts) => {
                let call = OwnedCall::new(breaker, parts);
                Ok(Self { begun: Some((call, finish, settle)), returned: PhantomData })
            }
            Err((word, left)) => Err(Refused(Some((breaker, word, left, settle)), PhantomData)),
        }
    }

    /// Whether the future is there.
    pub fn is_done(&self) -> bool {
        self.begun.is_none()
    }

    fn around<B>(&mut self, body: B) -> Eager<B, R, C, S> {
        let begun = self.begun.take().map(|(mut call, finish, settle)| {
            call.suspend();
            (Begun::Admitted(call), finish, settle)
        });
        Eager { body: Some(body), begun, returned: PhantomData }
    }
}

/// The future of a call that was refused before its future was made.
#[must_use = "futures do nothing unless polled"]
pub struct Refused<R, S>(Option<(CircuitBreaker, StateWord, u64, S)>, PhantomData<fn() -> R>);

/// Nothing in it is pinned.
impl<R, S> Unpin for Refused<R, S> {}

impl<R, S: FnOnce(Result<R, Refusal<'_>>) -> O, O> Future for Refused<R, S> {
    type Output = O;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<O> {
        let Some((breaker, word, left, settle)) = self.0.take() else { resumed_after_completion() };
        Poll::Ready(settle(Err(Refusal { breaker: breaker.breaker(), word, left })))
    }
}

impl<B, R, C, S> Eager<B, R, C, S> {
    fn begin(breaker: CircuitBreaker, body: impl FnOnce() -> B, finish: C, settle: S) -> Self {
        let breaker = resolved(breaker);
        let admitted = Call::enter_async(breaker.breaker()).map(|call| {
            let body = body();
            call.suspend();
            (body, call.into_parts())
        });
        let (body, begun) = match admitted.map_err(|refusal| (refusal.word, refusal.left)) {
            Ok((body, parts)) => (Some(body), Begun::Admitted(OwnedCall::new(breaker, parts))),
            Err((word, left)) => (None, Begun::Refused(breaker, word, left)),
        };
        Self { body, begun: Some((begun, finish, settle)), returned: PhantomData }
    }
}

impl<B, R, C, S, O> Future for Eager<B, R, C, S>
where
    B: Body,
    C: FnOnce(Call<'_>, B::Output) -> R,
    S: FnOnce(Result<R, Refusal<'_>>) -> O,
{
    type Output = O;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O> {
        let mut this = self.project();
        match this.begun.take() {
            Some((Begun::Admitted(mut call), finish, settle)) => {
                let Some(body) = this.body.as_mut().as_pin_mut() else { resumed_after_completion() };
                match call.poll(|call| call.poll(body, context)) {
                    Poll::Ready(output) => Poll::Ready(settle(Ok(finish(call.take(), output)))),
                    Poll::Pending => {
                        *this.begun = Some((Begun::Admitted(call), finish, settle));
                        Poll::Pending
                    }
                }
            }
            Some((Begun::Refused(breaker, word, left), _, settle)) => {
                Poll::Ready(settle(Err(Refusal { breaker: breaker.breaker(), word, left })))
            }
            None => resumed_after_completion(),
        }
    }
}
