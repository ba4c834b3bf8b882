//! Parameters that are there only in some builds.

use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_ui_tests::run;

type Reply = Result<u32, CallNotPermitted>;

#[circuit_breaker]
async fn plain(one: u32, #[cfg(any())] two: u32, #[cfg(not(any()))] three: u32) -> Reply {
    #[cfg(any())]
    let _ = two;
    Ok(one + three)
}

#[circuit_breaker]
async fn destructured(#[cfg(any())] (one, two): (u32, u32), #[cfg(any())] _guard: Guard, three: u32) -> Reply {
    #[cfg(any())]
    return Ok(one + two);
    Ok(three)
}

#[circuit_breaker(rejected = |_| Ok(0))]
async fn with_handler(#[cfg(any())] mut one: Vec<u32>, #[cfg(not(any()))] mut two: Vec<u32>) -> Reply {
    #[cfg(any())]
    one.clear();
    two = two.into_iter().rev().collect();
    Ok(two[0])
}

#[circuit_breaker]
fn sync(#[cfg(any())] mut one: u32, #[cfg(not(any()))] mut two: u32) -> Reply {
    #[cfg(any())]
    {
        one += 1;
    }
    two += 1;
    Ok(two)
}

pub fn main() {
    assert_eq!(run(plain(1, 2)), Ok(3));
    assert_eq!(run(destructured(3)), Ok(3));
    assert_eq!(run(with_handler(vec![1, 2])), Ok(2));
    assert_eq!(sync(1), Ok(2));
}
