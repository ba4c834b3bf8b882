//! Functions that return text, and what in it is a failure.
#![deny(warnings)]

use std::borrow::Cow;

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

#[circuit_breaker(track = returned("no"), rejected = |_| "refused".to_owned(), handle = STRING)]
fn string(answer: &str) -> String {
    answer.to_owned()
}

#[circuit_breaker(track = returned("no" | "never"), rejected = |_| "refused", handle = LITERAL)]
fn literal(answer: &'static str) -> &'static str {
    answer
}

#[circuit_breaker(track = !returned("yes"), rejected = |_| "refused".into(), handle = COW)]
async fn cow(answer: &str) -> Cow<'_, str> {
    answer.into()
}

#[circuit_breaker(track = returned(text if text.starts_with('n')), rejected = |_| String::new(), handle = BY_GUARD)]
fn by_guard(answer: &str) -> String {
    answer.to_owned()
}

pub fn main() {
    for answer in ["yes", "no"] {
        assert_eq!((string(answer), literal(answer)), (answer.to_owned(), answer));
        assert_eq!((run(cow(answer)), by_guard(answer)), (answer.into(), answer.to_owned()));
    }
    for breaker in [&STRING, &LITERAL, &COW, &BY_GUARD] {
        assert_eq!((breaker.metrics().failures(), breaker.metrics().total()), (1, 2));
    }
}
