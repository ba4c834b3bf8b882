//! Calls within calls.
//!
//! A guarded function may call another under the same breaker: `pages()` calls `get()`. If a half-open breaker counted both, the
//! inner call would find its slot taken by the outer one, which waits for it. So while the body of a probe runs, or its future is
//! polled, the thread carries a mark, and a call of the same breaker that finds the mark is part of the probe: it takes no slot and
//! has no outcome of its own.
//!
//! Only breakers that are half-open, or whose rule asks for `in_flight`, set marks; other calls pay nothing.

use std::cell::{Cell, RefCell};

use super::breaker::Breaker;
use super::word::StateWord;
use crate::sync::thread_local;

thread_local! {
    /// The probes and tracked calls whose bodies this thread is in: the breaker's address, and its word.
    static MARKS: RefCell<Vec<(usize, StateWord)>> = const { RefCell::new(Vec::new()) };
}

thread_local! {
    /// The probe in whose body a call that is about to end has failed only because the breaker refused a call that it made on another
    /// thread or task. The failed call may be the probe itself, or a part of it.
    static REFUSED: Cell<Option<(usize, StateWord)>> = const { Cell::new(None) };
}

/// Marks that this thread is in the body of a probe, or of a tracked call. A probe polled within another adds its own mark, though
/// the two are equal.
///
/// An `extern "C"` function cannot unwind, so callers need no landing pads. Nothing here panics.
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
pub(crate) extern "C" fn enter(breaker: &Breaker, word: StateWord) {
    change(|marks| marks.push(mark(breaker, word)));
}

/// Ends what [`enter`] began. A call that waits to be polled again has no mark.
#[expect(improper_ctypes_definitions, reason = "only Rust calls it")]
pub(crate) extern "C" fn leave(breaker: &Breaker, word: StateWord) {
    let mark = mark(breaker, word);
    change(|marks| {
        if let Some(latest) = marks.iter().rposition(|known| *known == mark) {
            marks.swap_remove(latest);
        }
    });
}

/// Whether this thread is in the body of a probe, or of a tracked call, of this breaker under this word.
pub(super) fn contains(breaker: &Breaker, word: StateWord) -> bool {
    let mark = mark(breaker, word);
    MARKS.try_with(|marks| marks.borrow().contains(&mark)).unwrap_or(false)
}

/// A call has failed only because the breaker refused a call that it made elsewhere. It is the next to end on this thread.
pub(crate) fn refused_elsewhere(breaker: &Breaker) {
    let word = breaker.word();
    if contains(breaker, word) {
        let _ = REFUSED.try_with(|refused| refused.set(Some(mark(breaker, word))));
    }
}

/// Whether the call that ends now, under this word, has failed [for that reason](refused_elsewhere).
#[cold]
pub(super) fn was_refused_elsewhere(breaker: &Breaker, word: StateWord) -> bool {
    let refused = REFUSED.try_with(Cell::take).unwrap_or(None);
    refused.is_some_and(|refused| refused == mark(breaker, word))
}

fn mark(breaker: &Breaker, word: StateWord) -> (usize, StateWord) {
    (std::ptr::from_ref(breaker).addr(), word.original())
}

/// A thread that is ending has no marks; its last calls, in destructors, count on their own.
fn change(change: impl FnOnce(&mut Vec<(usize, StateWord)>)) {
    let _ = MARKS.try_with(|marks| change(&mut marks.borrow_mut()));
}
