//! Text in a pattern matches what came as `Ok`, in part by a guard, or in a string.
#![deny(warnings)]

use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_ui_tests::run;

#[circuit_breaker(track = ok("no"), ignore = ok("cached"), handle = PLAIN)]
fn plain(answer: &str) -> Result<String, CallNotPermitted> {
    Ok(answer.to_owned())
}

#[circuit_breaker(track = ok(word @ ("no" | "never") if word.len() > shortest), handle = GUARDED)]
async fn guarded(answer: &str, shortest: usize) -> Result<&str, CallNotPermitted> {
    Ok(answer)
}

#[circuit_breaker(track = "ok(\"no\")", handle = QUOTED)]
fn quoted(answer: &str) -> Result<Box<str>, CallNotPermitted> {
    Ok(answer.into())
}

pub fn main() {
    for answer in ["no", "yes", "cached"] {
        assert_eq!(plain(answer).as_deref(), Ok(answer));
        assert_eq!(quoted(answer).as_deref(), Ok(answer));
    }
    assert_eq!((PLAIN.metrics().failures(), PLAIN.metrics().total()), (1, 2));
    assert_eq!((QUOTED.metrics().failures(), QUOTED.metrics().total()), (1, 3));
    assert_eq!((run(guarded("no", 2)), run(guarded("never", 2))), (Ok("no"), Ok("never")));
    assert_eq!((GUARDED.metrics().failures(), GUARDED.metrics().total()), (1, 2));
}
