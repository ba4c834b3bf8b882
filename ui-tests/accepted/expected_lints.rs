//! What the compiler is expected to say of a function, it says of a guarded one.
#![deny(warnings)]

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

type Answer = std::io::Result<u32>;

#[expect(unused_variables)]
#[circuit_breaker]
pub fn parameter(number: u32) -> Answer {
    Ok(1)
}

#[expect(unused_variables)]
#[circuit_breaker]
pub async fn parameter_async(number: u32) -> Answer {
    Ok(1)
}

#[expect(unused_mut)]
#[circuit_breaker]
pub async fn needless_mut(mut number: u32) -> Answer {
    Ok(number)
}

#[circuit_breaker]
#[expect(unreachable_code)]
pub fn unreachable(number: u32) -> Answer {
    return Ok(number);
    Ok(1)
}

#[expect(unused_must_use)]
#[circuit_breaker]
pub async fn unused_result() -> Answer {
    unreachable(1);
    Ok(1)
}

#[expect(non_snake_case)]
#[circuit_breaker]
pub fn Name(Number: u32) -> Answer {
    Ok(Number)
}

#[expect(unused_unsafe)]
#[circuit_breaker]
pub fn needless_unsafe() -> Answer {
    unsafe { Ok(1) }
}

#[circuit_breaker]
pub fn in_the_body() -> Answer {
    #![expect(unused_variables)]
    let number = 1;
    Ok(1)
}

pub fn main() {
    let sync = [parameter(1), unreachable(1), Name(1), needless_unsafe(), in_the_body()];
    let asynchronous = [run(parameter_async(1)), run(needless_mut(1)), run(unused_result())];
    assert!(sync.iter().chain(&asynchronous).all(|answer| *answer.as_ref().unwrap() == 1));
}
