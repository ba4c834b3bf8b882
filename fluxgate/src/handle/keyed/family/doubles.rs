//! The families that stand in for others while a test is isolated.

use std::collections::BTreeMap;

use super::Family;
use crate::engine::breaker::{Breaker, Origin};
use crate::handle::circuit_breaker::CircuitBreaker;
use crate::handle::isolation::{double, doubles};
use crate::sync::{Ref, RwLock};

/// The doubles of families, by the addresses of their roots.
static FAMILIES: RwLock<BTreeMap<usize, &'static Family>> = RwLock::new(BTreeMap::new());

impl Family {
    /// The family itself, or its double if a test has isolated this thread.
    #[inline]
    pub(super) fn resolved(&self) -> &Self {
        double(self.root()).map_or(self, |root| self.stand_in(root))
    }

    /// The family around the double of the root. Like that double, it is leaked, because a call may outlive the test.
    #[cold]
    fn stand_in(&self, root: &'static Breaker) -> &'static Self {
        let address = std::ptr::from_ref(root).addr();
        if let Some(family) = FAMILIES.read().get(&address) {
            return family;
        }
        let make = || -> &'static Self {
            Box::leak(Box::new(Self::with(Ref::Static(root), self.max_keys, self.key_idle, Vec::new())))
        };
        FAMILIES.write().entry(address).or_insert_with(make)
    }
}

/// What a test that has isolated this thread sees of all live breakers: instead of the keys of a real family, those of its double. A
/// real root leads to its double by itself. `None` if the thread is not isolated.
pub(crate) fn seen_by_test<L>(live: impl FnOnce() -> L) -> Option<Vec<CircuitBreaker>>
where
    L: Iterator<Item = CircuitBreaker>,
{
    let roots = doubles()?;
    let families: Vec<_> = {
        let families = FAMILIES.read();
        roots.into_iter().filter_map(|root| families.get(&std::ptr::from_ref(root).addr()).copied()).collect()
    };
    let mut seen: Vec<_> = live().collect();
    seen.retain(|breaker| !matches!(breaker.breaker().origin, Origin::Key(_)));
    seen.extend(families.into_iter().flat_map(Family::breakers));
    Some(seen)
}
