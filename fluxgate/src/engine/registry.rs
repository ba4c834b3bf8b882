//! All breakers in use.
//!
//! Entering, leaving and finding take a short lock and a few steps down a tree ordered by the hashes of names. A hash map would
//! take a step or two less, but moves all its members at once when it grows, making an occasional call a thousand times slower; and
//! a tree frees the memory of those that leave.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use super::breaker::{Breaker, Origin};
use crate::sync::{Mutex, OnceBox, Ref, const_unless_model};

pub(crate) struct Registry {
    /// By the hash of the name, and by address, since several may share a name.
    members: Mutex<BTreeMap<(u64, usize), Origin>>,
    /// Randomizes the hashes: an attacker may choose names.
    keys: OnceBox<RandomState>,
}

#[cfg(not(fluxgate_loom))]
pub(crate) static REGISTRY: Registry = Registry::new();
#[cfg(fluxgate_loom)]
loom::lazy_static! {
    pub(crate) static ref REGISTRY: Registry = Registry::new();
}

impl Registry {
    const_unless_model! {
        const fn new() -> Self {
            Self { members: Mutex::new(BTreeMap::new()), keys: OnceBox::new() }
        }
    }

    /// Enters a breaker, on its first use.
    pub(crate) fn enter(&self, breaker: &Breaker) {
        if breaker.origin.is_hidden() {
            return;
        }
        let place = self.place(breaker);
        self.members.lock().insert(place, breaker.origin.clone());
    }

    /// Removes a breaker, which is being dropped, or about to be.
    pub(crate) fn leave(&self, breaker: &Breaker) {
        self.leave_if(breaker, || true);
    }

    /// Removes a breaker if it may leave, which is asked while nobody can find it here. Returns whether it has left.
    pub(crate) fn leave_if(&self, breaker: &Breaker, may_leave: impl FnOnce() -> bool) -> bool {
        let place = self.place(breaker);
        let mut members = self.members.lock();
        let leaves = may_leave();
        let member = leaves.then(|| members.remove(&place));
        drop(members);
        drop(member);
        leaves
    }

    /// All live breakers. The lock is released before the caller looks at them.
    pub(crate) fn live(&self) -> Vec<Ref<Breaker>> {
        self.members.lock().values().filter_map(Origin::breaker).collect()
    }

    /// A breaker with this name; any of them, if several share it.
    pub(crate) fn find(&self, name: &str) -> Option<Ref<Breaker>> {
        let hash = self.hash(name);
        // Dropping the last reference to a breaker removes it, which takes the lock: so these are kept until the lock is released.
        let mut others = Vec::new();
        let members = self.members.lock();
        for live in members.range((hash, 0)..=(hash, usize::MAX)).filter_map(|(_, member)| member.breaker()) {
            if live.name().as_str() == name {
                return Some(live);
            }
            others.push(live);
        }
        drop(members);
        None
    }

    fn place(&self, breaker: &Breaker) -> (u64, usize) {
        (self.hash(breaker.name().as_str()), std::ptr::from_ref(breaker).addr())
    }

    fn hash(&self, name: &str) -> u64 {
        self.keys.get_or_init(|| Box::new(RandomState::new())).hash_one(name)
    }
}

/// Removes the breaker from the registry, if it ever entered.
impl Drop for Breaker {
    fn drop(&mut self) {
        let lives_on = matches!(self.origin, Origin::Static(_)) || self.origin.is_hidden();
        if !lives_on && !self.word().is_fresh() {
            REGISTRY.leave(self);
        }
    }
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::REGISTRY;
    use crate::CircuitBreaker;

    fn named(name: String) -> CircuitBreaker {
        CircuitBreaker::builder(name).build().unwrap()
    }

    fn count(prefix: &str) -> usize {
        let live = REGISTRY.live();
        live.iter().filter(|live| live.name().starts_with(prefix)).count()
    }

    #[test]
    fn breakers_that_come_and_go_leave_nothing_behind() {
        let kept = named("registry: kept".to_owned());
        for nth in 0..2_000 {
            drop(named(format!("registry: gone {nth}")));
        }
        let held: Vec<_> = (0..2_000).map(|nth| named(format!("registry: gone {nth}"))).collect();
        assert_eq!(count("registry: gone"), 2_000);
        drop(held);
        // Not visible through `live`, which skips dropped ones.
        let places = REGISTRY.members.lock().values().filter(|member| member.breaker().is_none()).count();
        assert!(places < 100, "{places} of the dropped are still there");
        assert_eq!(REGISTRY.find("registry: kept").unwrap().name(), kept.name());
    }

    #[test]
    fn one_of_several_namesakes_is_found_whichever_leaves() {
        let mut namesakes: Vec<_> = (0..100).map(|_| named("registry: namesake".to_owned())).collect();
        fastrand::Rng::with_seed(7).shuffle(&mut namesakes);
        while let Some(breaker) = namesakes.pop() {
            assert_eq!(count("registry: namesake"), namesakes.len() + 1);
            assert!(REGISTRY.find("registry: namesake").is_some());
            drop(breaker);
        }
        assert!(REGISTRY.find("registry: namesake").is_none());
    }
}
