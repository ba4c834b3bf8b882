//! Keys that an attacker chooses, and keys that are not what they should be.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use fluxgate::testing::ManualClock;
use fluxgate::{Keyed, State, breakers};

use fluxgate_tests::fixture::registry;

use crate::{fail, fragile};

/// A million keys, all of which fail, and before that, some that are down.
#[test]
fn invented_keys_push_out_no_breaker_that_is_open_and_take_no_more_room() {
    let _turn = registry();
    let clock = ManualClock::new();
    let hosts: Keyed<u64> = fragile("attacked", &clock).keyed().max_keys(1_000).build().unwrap();
    let down: Vec<u64> = (0..100).collect();
    for host in &down {
        fail(&hosts.get(host));
    }
    let mut shared = 0;
    for invented in 1_000..1_001_000 {
        let breaker = hosts.get(&invented);
        if let Ok(call) = breaker.acquire() {
            call.failure();
        }
        shared += u64::from(breaker.name() == "attacked");
    }
    assert_eq!(shared, 1_000_000 - 900);
    assert_eq!(hosts.len(), 1_000);
    assert!(
        down.iter().all(|host| hosts.existing(host).is_some_and(|breaker| breaker.state() == State::Open))
    );
    // All that came later is told of by one breaker.
    let snapshot = hosts.overflow().snapshot();
    assert_eq!((snapshot.totals.failures, snapshot.totals.refused), (1, shared - 1));
    assert_eq!(breakers().filter(|breaker| breaker.name().starts_with("attacked")).count(), 1_001);
}

/// The same with keys that do not fail: they push out each other, and what is used more seldom.
#[test]
fn invented_keys_that_succeed_push_out_no_breaker_that_is_in_use() {
    let _turn = registry();
    let clock = ManualClock::new();
    let hosts: Keyed<u64> = fragile("crowded", &clock).keyed().max_keys(1_000).build().unwrap();
    fail(&hosts.get(&0));
    hosts.get(&1).force_open();
    let held = hosts.get(&2);
    for invented in 1_000..101_000 {
        assert_ne!(hosts.get(&invented).name(), "crowded");
    }
    assert_eq!(hosts.len(), 1_000);
    let states = [0, 1, 2].map(|host| hosts.existing(&host).unwrap().state());
    assert_eq!(states, [State::Open, State::ForcedOpen, State::Closed]);
    held.force_open();
    assert_eq!(hosts.get(&2).state(), State::ForcedOpen);
}

/// Regression: as many went of those who lie together, however many there were, so some places filled up, and in others nobody was left
/// who could go.
#[test]
fn while_one_may_go_no_key_is_without_room() {
    let _turn = registry();
    for max_keys in [1, 81] {
        let hosts: Keyed<u64> =
            fragile("in turn", &ManualClock::new()).keyed().max_keys(max_keys).build().unwrap();
        let shared = (0..300_000).filter(|key| hosts.get(key).name() == "in turn").count();
        assert_eq!(shared, 0, "of {max_keys}");
        assert_eq!(hosts.len(), max_keys);
    }
}

/// A key that is wrong about itself, or does something else when it is asked.
#[derive(Clone)]
struct Odd(u8, fn(u8) -> u8);

impl Hash for Odd {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.1)(self.0).hash(state);
    }
}

impl PartialEq for Odd {
    fn eq(&self, other: &Self) -> bool {
        (self.1)(self.0) == (other.1)(other.0)
    }
}

impl Eq for Odd {}

impl fmt::Display for Odd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.1)(self.0).fmt(formatter)
    }
}

#[test]
fn a_key_that_panics_leaves_the_family_as_it_was() {
    let odd: Keyed<Odd> = fragile("panicking", &ManualClock::new()).keyed().build().unwrap();
    fail(&odd.get(&Odd(1, |it| it)));
    let panic = Odd(1, |_| panic!("a key panics"));
    assert!(catch_unwind(AssertUnwindSafe(|| odd.get(&panic))).is_err());
    assert_eq!((odd.get(&Odd(1, |it| it)).state(), odd.len()), (State::Open, 1));
}

#[derive(Clone, PartialEq, Eq)]
struct Same(u32);

impl Hash for Same {
    fn hash<H: Hasher>(&self, state: &mut H) {
        0.hash(state);
    }
}

impl fmt::Display for Same {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[test]
fn keys_of_one_hash_have_breakers_of_their_own() {
    let _turn = registry();
    let same: Keyed<Same> = fragile("same", &ManualClock::new()).keyed().max_keys(100).build().unwrap();
    (0..50).for_each(|key| fail(&same.get(&Same(key))));
    (50..300).for_each(|key| assert_eq!(same.get(&Same(key)).state(), State::Closed));
    assert!((0..50).all(|key| same.get(&Same(key)).state() == State::Open));
    assert_eq!(same.len(), 100);
}

#[test]
fn a_key_may_ask_for_a_breaker_of_its_own_family() {
    static NAMES: std::sync::LazyLock<Keyed<Asking>> =
        std::sync::LazyLock::new(|| fragile("asking", &ManualClock::new()).keyed().build().unwrap());

    #[derive(Clone, Hash, PartialEq, Eq)]
    struct Asking(u32);
    impl fmt::Display for Asking {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            if self.0 > 0 {
                NAMES.get(&Self(self.0 - 1));
            }
            self.0.fmt(formatter)
        }
    }
    assert_eq!((NAMES.get(&Asking(3)).name(), NAMES.len()), ("asking{3}", 4));
}

#[test]
fn a_name_of_a_key_forges_no_line() {
    let hosts: Keyed<String> = fragile("forged", &ManualClock::new()).keyed().build().unwrap();
    let breaker = hosts.get("a\u{1b}[2J\nb");
    breaker.force_open();
    let refusal = breaker.acquire().unwrap_err();
    assert_eq!(refusal.to_string(), "circuit breaker `forged{a\\u{1b}[2J\\nb}` is forced open");
}
