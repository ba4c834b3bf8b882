//! What is returned need not be a `Result`, if it is said what a failure is, and what to return instead.

use std::cmp::Ordering;

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

#[circuit_breaker(track = returned(None), rejected = |_| None, handle = LOOKUP)]
fn lookup(key: &str) -> Option<usize> {
    key.find('x')
}

#[circuit_breaker(track = returned(i32::MIN..=-1), rejected = |_| -1, handle = CODE)]
async fn code(number: i32) -> i32 {
    number
}

#[circuit_breaker(track = returned(Ordering::Less | Ordering::Greater), rejected = |_| Ordering::Equal)]
fn compare(one: u32, other: u32) -> Ordering {
    one.cmp(&other)
}

#[circuit_breaker(track = returned((_, false)), rejected = |refusal| (refusal.to_string(), false))]
fn pair(good: bool) -> (String, bool) {
    (String::new(), good)
}

pub fn main() {
    assert_eq!((lookup("x"), lookup("y"), run(code(-3))), (Some(0), None, -3));
    assert_eq!((compare(1, 2), pair(true).1), (Ordering::Less, true));
    assert_eq!((LOOKUP.metrics().failures(), CODE.metrics().failures()), (1, 1));
    LOOKUP.force_open();
    assert_eq!(lookup("x"), None);
}
