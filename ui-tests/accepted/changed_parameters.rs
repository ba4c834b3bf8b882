//! Parameters that the body changes, without a warning that what is assigned is not read.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_ui_tests::run;

#[circuit_breaker]
fn added_to(mut number: u32) -> Result<u32, CallNotPermitted> {
    number += 1;
    Ok(number)
}

#[circuit_breaker]
async fn added_to_later(mut number: u32) -> Result<u32, CallNotPermitted> {
    number += 1;
    std::future::ready(()).await;
    Ok(number)
}

#[circuit_breaker]
fn in_a_loop(mut last: u32, numbers: &[u32]) -> Result<u32, CallNotPermitted> {
    for number in numbers {
        last = *number;
    }
    Ok(last)
}

#[circuit_breaker]
async fn text(mut name: String) -> Result<String, CallNotPermitted> {
    name = name.trim().to_owned();
    name.push('!');
    Ok(name)
}

#[circuit_breaker]
async fn until_none(mut number: Option<u32>) -> Result<u32, CallNotPermitted> {
    let mut steps = 0;
    while let Some(left) = number {
        number = left.checked_sub(1);
        steps += 1;
    }
    Ok(steps)
}

#[circuit_breaker]
async fn parts((mut first, mut second): (u32, u32)) -> Result<u32, CallNotPermitted> {
    (first, second) = (second, first);
    first -= 1;
    second += 1;
    Ok(first * second)
}

#[circuit_breaker]
async fn fields(mut pair: (u32, u32)) -> Result<u32, CallNotPermitted> {
    pair.0 = 3;
    pair.1 += pair.0;
    Ok(pair.1)
}

pub fn main() {
    assert_eq!((added_to(1), run(added_to_later(1)), in_a_loop(1, &[2, 3])), (Ok(2), Ok(2), Ok(3)));
    assert_eq!(run(text(" name ".to_owned())).as_deref(), Ok("name!"));
    assert_eq!((run(until_none(Some(3))), run(parts((2, 5))), run(fields((1, 1)))), (Ok(4), Ok(12), Ok(4)));
}
