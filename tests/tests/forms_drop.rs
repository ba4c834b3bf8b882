//! What a function drops, and when, is what it drops without the attribute.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, circuit_breaker};

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Says when it is dropped.
#[derive(Debug)]
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

impl Noisy {
    /// A temporary within an expression.
    fn length(&self) -> usize {
        self.0.len()
    }
}

#[derive(Debug)]
struct Failure;

impl From<CallNotPermitted> for Failure {
    fn from(_: CallNotPermitted) -> Self {
        Self
    }
}

struct Pair {
    left: Noisy,
    right: Noisy,
}

async fn pause() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

fn dropped(action: impl FnOnce()) -> Vec<&'static str> {
    DROPPED.take();
    action();
    DROPPED.take()
}

fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

fn poll_once(future: impl Future) {
    let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

/// The same function without and with the attribute.
macro_rules! both {
    ($($tokens:tt)*) => {
        pub(super) mod bare {
            use super::*;
            pub(in super::super) $($tokens)*
        }
        pub(super) mod guarded {
            use super::*;
            #[circuit_breaker]
            pub(in super::super) $($tokens)*
        }
    };
}

mod sync {
    use super::*;

    both! {
        fn function(first: Noisy, moved: Noisy, _unused: Noisy, Pair { left, right: _ }: Pair, _: Noisy) -> Result<usize, Failure> {
            let _local = Noisy("local");
            drop(moved);
            if first.length() == 0 {
                return Err(Failure);
            }
            let _later = Noisy("later");
            Ok(left.length() + Noisy("temporary").length())
        }
    }

    #[test]
    fn parameters_locals_and_temporaries() {
        let _clock = isolate();
        let pair = || Pair { left: Noisy("left"), right: Noisy("right") };
        for first in ["first", ""] {
            let bare = dropped(|| {
                let _ =
                    bare::function(Noisy(first), Noisy("moved"), Noisy("unused"), pair(), Noisy("wildcard"));
            });
            let guarded = dropped(|| {
                let _ = guarded::function(
                    Noisy(first),
                    Noisy("moved"),
                    Noisy("unused"),
                    pair(),
                    Noisy("wildcard"),
                );
            });
            assert_eq!(bare, guarded);
        }
    }
}

mod asynchronous {
    use super::*;

    both! {
        async fn function(first: Noisy, moved: Noisy, _unused: Noisy, Pair { left, right: _right }: Pair) -> Result<usize, Failure> {
            let _local = Noisy("local");
            pause().await;
            drop(moved);
            if first.length() == 0 {
                return Err(Failure);
            }
            let _later = Noisy("later");
            pause().await;
            Ok(left.length() + Noisy("temporary").length())
        }
    }

    fn arguments(first: &'static str) -> (Noisy, Noisy, Noisy, Pair) {
        let pair = Pair { left: Noisy("left"), right: Noisy("right") };
        (Noisy(first), Noisy("moved"), Noisy("unused"), pair)
    }

    fn bare(first: &'static str) -> impl Future {
        let (first, moved, unused, pair) = arguments(first);
        bare::function(first, moved, unused, pair)
    }

    fn guarded(first: &'static str) -> impl Future {
        let (first, moved, unused, pair) = arguments(first);
        guarded::function(first, moved, unused, pair)
    }

    #[test]
    fn parameters_locals_and_temporaries() {
        let _clock = isolate();
        for first in ["first", ""] {
            assert_eq!(dropped(|| drop(run(bare(first)))), dropped(|| drop(run(guarded(first)))));
        }
    }

    #[test]
    fn of_a_future_that_is_dropped() {
        let _clock = isolate();
        assert_eq!(dropped(|| drop(bare("first"))), dropped(|| drop(guarded("first"))));
        assert_eq!(dropped(|| poll_once(bare("first"))), dropped(|| poll_once(guarded("first"))));
    }
}

/// Parameters that the body assigns to, in whole or in part, move into a block of their own.
mod changed {
    use super::*;

    mod sync {
        use super::*;

        both! {
            fn function(first: Noisy, mut second: Noisy, _third: Noisy, mut pair: (Noisy, u8), fifth: Noisy) -> Result<usize, Failure> {
                let _local = Noisy("local");
                if pair.1 > 1 {
                    second = Noisy("in its place");
                    pair.0 = Noisy("in the place of a part");
                }
                pair.1 = 0;
                if first.length() == 0 {
                    return Err(Failure);
                }
                Ok(second.length() + pair.0.length() + fifth.length())
            }
        }
    }

    mod asynchronous {
        use super::*;

        both! {
            async fn function(first: Noisy, mut second: Noisy, _third: Noisy, mut pair: (Noisy, u8), fifth: Noisy) -> Result<usize, Failure> {
                let _local = Noisy("local");
                pause().await;
                if pair.1 > 1 {
                    second = Noisy("in its place");
                    pair.0 = Noisy("in the place of a part");
                }
                pair.1 = 0;
                if first.length() == 0 {
                    return Err(Failure);
                }
                pause().await;
                Ok(second.length() + pair.0.length() + fifth.length())
            }
        }
    }

    #[test]
    fn parameters() {
        let _clock = isolate();
        macro_rules! called {
            ($function:path, $first:expr, $number:expr) => {
                $function(
                    Noisy($first),
                    Noisy("second"),
                    Noisy("third"),
                    (Noisy("fourth"), $number),
                    Noisy("fifth"),
                )
            };
        }
        for (first, number) in [("first", 1), ("first", 2), ("", 1), ("", 2)] {
            let bare = dropped(|| drop(called!(sync::bare::function, first, number)));
            let guarded = dropped(|| drop(called!(sync::guarded::function, first, number)));
            assert_eq!(bare, guarded);
            let bare = dropped(|| drop(run(called!(asynchronous::bare::function, first, number))));
            let guarded = dropped(|| drop(run(called!(asynchronous::guarded::function, first, number))));
            assert_eq!(bare, guarded);
            let bare = dropped(|| poll_once(called!(asynchronous::bare::function, first, number)));
            let guarded = dropped(|| poll_once(called!(asynchronous::guarded::function, first, number)));
            assert_eq!(bare, guarded);
        }
    }
}
