//! New keys that race, and breakers that are evicted while somebody asks for them.

use std::ptr;

use super::*;
use crate::Keyed;
use crate::engine::registry::REGISTRY;

fn family(max_keys: usize) -> Keyed<u8> {
    let builder = CircuitBreaker::builder("keys").trip(trip::failures(1)).clock(Still(7));
    builder.keyed().max_keys(max_keys).build().unwrap()
}

#[test]
fn a_key_requested_by_two_threads_gets_one_breaker() {
    check(|| {
        let keyed = family(2);
        let theirs = keyed.clone();
        let other = thread::spawn(move || theirs.get(&1));
        let (ours, theirs) = (keyed.get(&1), other.join().unwrap());
        assert!(ptr::eq(ours.breaker(), theirs.breaker()));
        assert_eq!(keyed.len(), 1);
    });
}

/// There is room for one key. The one that has it keeps it while its breaker is held, and the other shares the family's own.
#[test]
fn a_held_breaker_is_found_again_while_another_key_comes() {
    check(|| {
        let keyed = family(1);
        drop(keyed.get(&1));
        let theirs = keyed.clone();
        let other = thread::spawn(move || drop(theirs.get(&2)));
        let held = keyed.get(&1);
        if held.name() == "keys{1}" {
            assert!(ptr::eq(keyed.get(&1).breaker(), held.breaker()));
        }
        drop(held);
        other.join().unwrap();
        assert!(keyed.len() <= 1);
    });
}

/// Regression: for a moment, the breaker was missing.
#[test]
fn a_breaker_that_somebody_got_from_the_registry_stays_there() {
    check(|| {
        let keyed = family(1);
        drop(keyed.get(&1).acquire());
        let theirs = keyed.clone();
        let other = thread::spawn(move || drop(theirs.get(&2)));
        if let Some(_held) = REGISTRY.find("keys{1}") {
            assert!(REGISTRY.find("keys{1}").is_some());
        }
        other.join().unwrap();
    });
}
