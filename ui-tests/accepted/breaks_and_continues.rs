//! `break` and `continue`, in the body and in handlers, with labels of any name.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_ui_tests::run;

#[circuit_breaker]
fn in_the_body(end: u32) -> Result<u32, CallNotPermitted> {
    let mut sum = 0;
    'outer: for first in 0.. {
        for second in 0..first {
            if second == 1 {
                continue 'outer;
            }
            if first == end {
                break 'outer;
            }
            sum += first;
        }
    }
    Ok(sum)
}

#[circuit_breaker]
async fn with_a_value(end: u32) -> Result<u32, CallNotPermitted> {
    let mut count = 0;
    let found = loop {
        count += 1;
        if count < end {
            continue;
        }
        let found = '_body: {
            if count == 7 {
                break '_body 70;
            }
            count
        };
        break found;
    };
    Ok(found)
}

#[circuit_breaker(
    fallback = |error| {
        let mut number = 0;
        loop {
            number += 1;
            if number == error.to_string().len() {
                break Ok(2);
            }
        }
    },
    rejected = |_| {
        let mut sum = 0;
        for number in 0..9 {
            if number == 1 {
                continue;
            }
            if number > 3 {
                break;
            }
            sum += number;
        }
        Ok(sum)
    },
    handle = IN_HANDLERS,
)]
fn in_handlers(fails: bool) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    if fails { Err("down".into()) } else { Ok(1) }
}

/// Within a loop, and leaving it by what the function returns.
fn around() -> Result<u32, CallNotPermitted> {
    for number in 0.. {
        #[circuit_breaker]
        fn inside(number: u32) -> Result<u32, CallNotPermitted> {
            let mut left = number;
            while left > 0 {
                left -= 1;
                if left == 2 {
                    break;
                }
            }
            Ok(number)
        }
        if inside(number)? < 3 {
            continue;
        }
        return Ok(number);
    }
    Ok(0)
}

pub fn main() {
    assert_eq!((in_the_body(4), around()), (Ok(6), Ok(3)));
    assert_eq!((run(with_a_value(5)), run(with_a_value(7))), (Ok(5), Ok(70)));
    assert_eq!((in_handlers(false).unwrap(), in_handlers(true).unwrap()), (1, 2));
    IN_HANDLERS.force_open();
    assert_eq!(in_handlers(false).unwrap(), 5);
}
