//! Calls within calls.
//!
//! A guarded function may call another one under the same breaker: `pages()` calls `get()`. If a half-open breaker counted both, the
//! inner call would find its slot taken by the outer one, which waits for it. So while the body of a probe runs, or its future is
//! polled, a mark of this thread says so, and a call of the same breaker that meets the mark is part of the probe: it takes no slot
//! and has no outcome of its own.
//!
//! Only breakers that are half-open, or whose rule asks for `in_flight`, mark; other calls pay nothing.

use std::cell::RefCell;

use super::breaker::Breaker;
use super::word::StateWord;
use crate::sync::thread_local;

thread_local! {
    /// The probes in whose bodies this thread is: the address of the breaker, and its word.
    static PROBES: RefCell<Vec<(usize, StateWord)>> = const { RefCell::new(Vec::new()) };
}

/// Marks that this thread is in the body of a probe. One that is polled within another makes a mark of its own, though it looks the same.
///
/// As a function of C it cannot panic, so that its callers make no code for that. Nothing here panics.
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
pub(crate) extern "C" fn enter(breaker: &Breaker, word: StateWord) {
    change(|probes| probes.push(mark(breaker, word)));
}

/// Ends what [`enter`] began. While a call waits to be polled again, it has no mark.
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
pub(crate) extern "C" fn leave(breaker: &Breaker, word: StateWord) {
    let mark = mark(breaker, word);
    change(|probes| {
        if let Some(latest) = probes.iter().rposition(|probe| *probe == mark) {
            probes.swap_remove(latest);
        }
    });
}

/// Whether a call of this breaker, which has this word, is part of a probe.
pub(super) fn contains(breaker: &Breaker, word: StateWord) -> bool {
    let mark = mark(breaker, word);
    PROBES.try_with(|probes| probes.borrow().contains(&mark)).unwrap_or(false)
}

fn mark(breaker: &Breaker, word: StateWord) -> (usize, StateWord) {
    (std::ptr::from_ref(breaker).addr(), word.original())
}

/// A thread that is about to end no longer has marks; its last calls, in destructors, count by themselves.
fn change(change: impl FnOnce(&mut Vec<(usize, StateWord)>)) {
    let _ = PROBES.try_with(|probes| change(&mut probes.borrow_mut()));
}
