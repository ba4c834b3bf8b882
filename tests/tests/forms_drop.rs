//! The attribute changes neither what a function drops nor when.
#![allow(
    clippy::boxed_local,
    clippy::needless_pass_by_value,
    reason = "what is passed is there to be dropped"
)]

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_tests::futures::{pause, poll, run};

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Records when it is dropped.
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

fn dropped(action: impl FnOnce()) -> Vec<&'static str> {
    DROPPED.take();
    action();
    DROPPED.take()
}

fn poll_once(future: impl Future) {
    let _ = poll(pin!(future));
}

/// The same function, without and with the attribute.
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
    fn a_dropped_future_drops_its_parameters_in_the_same_order() {
        let _clock = isolate();
        assert_eq!(dropped(|| drop(bare("first"))), dropped(|| drop(guarded("first"))));
        assert_eq!(dropped(|| poll_once(bare("first"))), dropped(|| poll_once(guarded("first"))));
    }
}

/// Parameters that the body assigns to, in whole or in part, move into their own block.
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

/// Parameters that the body moves only on some paths: those declared after them are still dropped before them.
mod moved {
    use super::*;

    /// Fails, panics, or goes on.
    fn check(way: u8) -> Result<(), Failure> {
        assert!(way != 2, "the way that panics");
        if way == 1 { Err(Failure) } else { Ok(()) }
    }

    impl Noisy {
        fn consume(self) -> usize {
            self.length()
        }
    }

    mod by_return {
        use super::*;

        both! {
            fn function(first: Noisy, second: Noisy, third: Noisy, way: u8) -> Result<usize, Failure> {
                if way == 1 {
                    return Ok(third.length());
                }
                check(way)?;
                drop(second);
                Ok(first.length() + third.length())
            }
        }
    }

    mod by_method {
        use super::*;

        both! {
            fn function(first: Noisy, second: Noisy, third: Noisy, way: u8) -> Result<usize, Failure> {
                let held = &third;
                check(way)?;
                Ok(first.consume() + held.length() + second.length())
            }
        }
    }

    mod on_one_branch {
        use super::*;

        both! {
            fn function(first: Noisy, second: Noisy, third: Noisy, way: u8) -> Result<usize, Failure> {
                if way == 0 {
                    drop(second);
                } else {
                    check(way)?;
                }
                Ok(first.length() + third.length())
            }
        }
    }

    mod into_a_closure {
        use super::*;

        both! {
            fn function(first: Noisy, second: Noisy, third: Noisy, way: u8) -> Result<usize, Failure> {
                if way == 1 {
                    let length = move || Noisy::length(&first);
                    return Ok(length());
                }
                check(way)?;
                Ok(second.length() + third.length())
            }
        }
    }

    mod of_an_option {
        use super::*;

        both! {
            fn function(first: Option<Noisy>, second: Noisy, third: Box<Noisy>, way: u8) -> Result<usize, Failure> {
                check(way)?;
                match first {
                    Some(taken) if taken.length() > 100 => Ok(taken.length()),
                    Some(_) => Ok(second.length() + third.length()),
                    None => Err(Failure),
                }
            }
        }
    }

    mod before_one_for_its_drop {
        use super::*;

        both! {
            fn function(first: Noisy, (second, third): (Noisy, Noisy), _last: Noisy, way: u8) -> Result<usize, Failure> {
                check(way)?;
                let moved = second;
                let pair = (first, moved);
                Ok(pair.0.length() + third.length())
            }
        }
    }

    mod of_a_part {
        use super::*;

        both! {
            fn function(first: Pair, second: Noisy, third: Noisy, way: u8) -> Result<usize, Failure> {
                check(way)?;
                let left = first.left;
                Ok(left.length() + second.length() + third.length())
            }
        }
    }

    #[circuit_breaker(track = custom(|_: &Failure| limit.length() > 0))]
    fn asked_later(first: Noisy, limit: Noisy, way: u8) -> Result<usize, Failure> {
        check(way)?;
        drop(first);
        Ok(limit.length())
    }

    #[circuit_breaker(fallback = |_| Ok(limit.length()))]
    fn handled_later(first: Noisy, limit: Noisy, way: u8) -> Result<usize, Failure> {
        check(way)?;
        drop(first);
        Ok(limit.length())
    }

    #[test]
    fn parameters_that_handlers_use_are_dropped_after_them() {
        let _clock = isolate();
        asked_later(Noisy("first"), Noisy("limit"), 1).unwrap_err();
        assert_eq!(handled_later(Noisy("first"), Noisy("limit"), 1).unwrap(), 5);
    }

    #[test]
    fn parameters_moved_on_some_paths_only() {
        let _clock = isolate();
        macro_rules! compare {
            ($($function:ident($($argument:expr),*);)*) => {$(
                for way in 0..3 {
                    let call = |function: &dyn Fn()| {
                        dropped(|| drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(function))))
                    };
                    let bare = call(&|| drop($function::bare::function($($argument,)* way)));
                    let guarded = call(&|| drop($function::guarded::function($($argument,)* way)));
                    assert_eq!(bare, guarded, "{} {way}", stringify!($function));
                }
            )*};
        }
        let noisy = |name| Noisy(name);
        compare! {
            by_return(noisy("first"), noisy("second"), noisy("third"));
            by_method(noisy("first"), noisy("second"), noisy("third"));
            on_one_branch(noisy("first"), noisy("second"), noisy("third"));
            into_a_closure(noisy("first"), noisy("second"), noisy("third"));
            of_an_option(Some(noisy("first")), noisy("second"), Box::new(noisy("third")));
            before_one_for_its_drop(noisy("first"), (noisy("second"), noisy("third")), noisy("last"));
            of_a_part(Pair { left: noisy("left"), right: noisy("right") }, noisy("second"), noisy("third"));
        }
    }
}

/// The documented differences.
mod different {
    use super::*;

    #[allow(unused_variables, reason = "that is what is tested")]
    mod not_mentioned {
        use super::*;

        both! {
            async fn function(first: Noisy, second: Noisy, third: Noisy) -> Result<usize, Failure> {
                Ok(second.length())
            }
        }
    }

    mod unnamed {
        use super::*;

        both! {
            fn function(first: Noisy, second: Noisy, _: Noisy) -> Result<usize, Failure> {
                if first.length() > 0 {
                    return Err(Failure);
                }
                drop(second);
                Ok(first.length())
            }
        }
    }

    mod before_a_future {
        use super::*;

        both! {
            fn function(first: Noisy, second: Noisy, third: Noisy) -> impl Future<Output = Result<usize, Failure>> {
                let length = first.length() + third.length();
                if length == 0 {
                    drop(second);
                }
                async move { Ok(length) }
            }
        }
    }

    mod in_part_by_a_future {
        use super::*;

        both! {
            fn function(pair: Pair, last: Noisy) -> impl Future<Output = Result<usize, Failure>> {
                let whole = &pair;
                let length = whole.right.length() + last.length();
                async move { Ok(length + pair.left.length()) }
            }
        }
    }

    #[test]
    fn the_rest_of_a_parameter_used_in_part_by_a_future_is_dropped_first() {
        let _clock = isolate();
        let pair = || Pair { left: Noisy("left"), right: Noisy("right") };
        let bare = dropped(|| drop(in_part_by_a_future::bare::function(pair(), Noisy("last"))));
        let guarded = dropped(|| drop(in_part_by_a_future::guarded::function(pair(), Noisy("last"))));
        assert_eq!(bare, ["last", "right", "left"]);
        assert_eq!(guarded, ["right", "last", "left"]);
    }

    #[test]
    fn parameters_that_the_body_may_move_are_dropped_first() {
        let _clock = isolate();
        macro_rules! compare {
            ($($function:path => $($order:literal)*;)*) => {$(
                assert_eq!(
                    dropped(|| drop($function(Noisy("first"), Noisy("second"), Noisy("third")))),
                    [$($order),*],
                    stringify!($function)
                );
            )*};
        }
        compare! {
            unnamed::bare::function => "third" "second" "first";
            unnamed::guarded::function => "second" "third" "first";
            before_a_future::bare::function => "third" "second" "first";
            before_a_future::guarded::function => "second" "third" "first";
        }
    }

    #[test]
    fn parameters_that_the_body_does_not_mention_are_dropped_last() {
        let _clock = isolate();
        let call = |function: &dyn Fn(Noisy, Noisy, Noisy)| {
            dropped(|| function(Noisy("first"), Noisy("second"), Noisy("third")))
        };
        let bare =
            call(&|first, second, third| drop(run(not_mentioned::bare::function(first, second, third))));
        let guarded =
            call(&|first, second, third| drop(run(not_mentioned::guarded::function(first, second, third))));
        assert_eq!(bare, ["third", "second", "first"]);
        assert_eq!(guarded, ["second", "third", "first"]);
    }
}
