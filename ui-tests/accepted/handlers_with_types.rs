//! Closures may say what they take and give, and take it apart.

use fluxgate::{CallNotPermitted, State, circuit_breaker};
use fluxgate_ui_tests::run;

type Reply = Result<(u32, u32), Failure>;

#[derive(Debug, PartialEq)]
struct Failure(u32, u32);

#[circuit_breaker(
    rejected = |refusal: CallNotPermitted| -> Reply { Err(Failure(u32::from(refusal.state() == State::ForcedOpen), 0)) },
    fallback = |Failure(first, second): Failure| -> Reply { Ok((first, second)) },
    handle = TYPED
)]
async fn call() -> Reply {
    Err(Failure(3, 4))
}

#[circuit_breaker(rejected = |_: CallNotPermitted| -> Reply { Ok((7, 8)) }, handle = LATER)]
fn later() -> impl std::future::Future<Output = Reply> {
    async { Err(Failure(1, 2)) }
}

#[circuit_breaker(
    rejected = |_: CallNotPermitted| Ok((0, 0)),
    fallback = async |Failure(first, _)| -> Reply { std::future::ready(Ok((first, 9))).await }
)]
async fn awaited() -> Reply {
    Err(Failure(5, 6))
}

pub fn main() {
    assert_eq!((run(call()), run(awaited())), (Ok((3, 4)), Ok((5, 9))));
    TYPED.force_open();
    assert_eq!(run(call()), Err(Failure(1, 0)));
    assert_eq!(run(later()), Err(Failure(1, 2)));
    LATER.force_open();
    assert_eq!(run(later()), Ok((7, 8)));
}
