//! Successes that count without being recorded.

use super::allowance::Allowance;
use super::stripes::Stripes;
use crate::state::Word;
use crate::sync::{OnceBox, const_unless_model};

/// Where fast successes go that no one has to look at: into an allowance of a count window, into stripes of a time window.
pub(crate) struct Unrecorded {
    pub(super) allowance: Allowance,
    stripes: OnceBox<Stripes>,
}

impl Unrecorded {
    const_unless_model! {
        pub(crate) const fn new() -> Self {
            Self { allowance: Allowance::none(), stripes: OnceBox::new() }
        }
    }

    /// Takes a fast success at `now` of a call admitted under `word`; false where it has to be recorded instead.
    #[inline]
    pub(crate) fn take(&self, word: Word, now: u64) -> bool {
        self.allowance.take(word) || self.stripes.get().is_some_and(|stripes| stripes.count(word, now))
    }

    /// Has the stripes count successes of `word` until `end`. They are closed.
    pub(super) fn open(&self, word: Word, end: u64) {
        self.stripes.get_or_init(|| Box::new(Stripes::new())).open(word, end);
    }

    /// Closes the stripes and takes what they counted.
    pub(super) fn close(&self) -> u64 {
        self.stripes.get().map_or(0, Stripes::close)
    }
}
