//! Keys chosen by an attacker, and keys that misbehave.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Clock, Keyed, State, Transition, breakers, trip};

use fluxgate_tests::fixture::alone;

use crate::{fail, fragile};

/// Some hosts are down; then come a million keys that all fail.
#[test]
fn invented_keys_evict_no_open_breaker_and_take_no_more_room() {
    let _alone = alone();
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
    // One breaker accounts for everything that came later.
    let snapshot = hosts.overflow().snapshot();
    assert_eq!((snapshot.totals.failures, snapshot.totals.refused), (1, shared - 1));
    assert_eq!(breakers().filter(|breaker| breaker.name().starts_with("attacked")).count(), 1_001);
}

/// Healthy hosts in constant use keep their own breakers meanwhile.
#[test]
fn invented_failing_keys_evict_no_host_in_constant_use() {
    const HOSTS: u64 = 500;

    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<u64> = fragile("besieged", &clock).keyed().max_keys(1_000).build().unwrap();
    let ask = |host: u64| {
        let breaker = hosts.get(&host);
        assert_eq!(breaker.name(), format!("besieged{{{host}}}"));
        breaker.call(|| Ok::<_, ()>(())).unwrap();
    };
    (0..HOSTS).for_each(ask);
    clock.advance(Duration::from_secs(60));
    (0..HOSTS).for_each(ask);
    for invented in 0..1_000_000 {
        let breaker = hosts.get(&(1_000 + invented));
        if let Ok(call) = breaker.acquire() {
            call.failure();
        }
        // Each is called every 50 seconds.
        if invented % 100 == 0 {
            clock.advance(Duration::from_millis(100));
            ask(invented / 100 % HOSTS);
        }
    }
    assert_eq!(hosts.len(), 1_000);
    let total = |host: u64| hosts.existing(&host).map(|breaker| breaker.metrics().total());
    assert!((0..HOSTS).all(|host| total(host) == Some(2 + 10_000 / HOSTS)));
    assert!(hosts.overflow().snapshot().totals.refused > 0);
}

/// A host that is no longer used makes room for new ones, like one that was used only once.
#[test]
fn established_keys_make_room_once_they_are_no_longer_used() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<u64> = fragile("retired", &clock).keyed().max_keys(8).build().unwrap();
    let ask_all = || (0..8).for_each(|host| drop(hosts.get(&host)));
    ask_all();
    clock.advance(Duration::from_secs(60));
    ask_all();
    clock.advance(Duration::from_secs(60));
    assert_eq!(hosts.get(&100).name(), "retired");
    clock.advance(Duration::from_millis(1));
    assert_eq!(hosts.get(&100).name(), "retired{100}");
    assert_eq!((hosts.len(), (0..8).filter(|host| hosts.existing(host).is_some()).count()), (8, 7));
}

/// Keys that do not fail evict each other and whatever is used less often.
#[test]
fn invented_succeeding_keys_evict_no_breaker_in_use() {
    let _alone = alone();
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

/// A crawler calls each of its hosts a few times and never again. None of them ever shares a breaker.
#[test]
fn short_lived_keys_always_find_room() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<u64> = fragile("crawled", &clock).keyed().max_keys(1_000).build().unwrap();
    for host in 0..100_000 {
        clock.advance(Duration::from_millis(30));
        for _ in 0..5 {
            clock.advance(Duration::from_millis(14));
            assert_ne!(hosts.get(&host).name(), "crawled");
        }
    }
    assert_eq!(hosts.len(), 1_000);
}

/// Regression: each part of the table evicted the same number, however many it held, so some parts filled up while others had nothing left
/// to evict.
#[test]
fn while_one_can_be_evicted_every_key_has_room() {
    let _alone = alone();
    for max_keys in [1, 81] {
        let hosts: Keyed<u64> =
            fragile("in turn", &ManualClock::new()).keyed().max_keys(max_keys).build().unwrap();
        let shared = (0..300_000).filter(|key| hosts.get(key).name() == "in turn").count();
        assert_eq!(shared, 0, "of {max_keys}");
        assert_eq!(hosts.len(), max_keys);
    }
}

/// A key that misreports itself, or does something else when asked.
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

/// Regression: two keys that panicked when they were dropped aborted the program, and one panicked in the call that evicted it.
#[test]
fn keys_that_panic_when_they_are_dropped_disturb_no_one() {
    static PANICS: AtomicU64 = AtomicU64::new(0);

    #[derive(Clone, Hash, PartialEq, Eq)]
    struct Explosive(u32);
    impl fmt::Display for Explosive {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(formatter)
        }
    }
    impl Drop for Explosive {
        fn drop(&mut self) {
            if self.0 > 0 {
                PANICS.fetch_add(1, Ordering::Relaxed);
                panic!("a key panics");
            }
        }
    }

    let clock = ManualClock::new();
    let keys: Keyed<Explosive> = fragile("exploding", &clock).keyed().max_keys(3).build().unwrap();
    let add = |key| {
        let key = std::mem::ManuallyDrop::new(Explosive(key));
        assert_eq!(keys.get(&*key).name(), format!("exploding{{{}}}", key.0));
    };
    (1..=3).for_each(add);
    add(4);
    assert_eq!(PANICS.load(Ordering::Relaxed), 1, "for want of room");
    clock.advance(Duration::from_secs(3_600));
    add(0);
    assert_eq!((keys.len(), PANICS.load(Ordering::Relaxed)), (1, 4), "they were idle");
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
    let _alone = alone();
    let same: Keyed<Same> = fragile("same", &ManualClock::new()).keyed().max_keys(100).build().unwrap();
    (0..50).for_each(|key| fail(&same.get(&Same(key))));
    (50..300).for_each(|key| assert_eq!(same.get(&Same(key)).state(), State::Closed));
    assert!((0..50).all(|key| same.get(&Same(key)).state() == State::Open));
    assert!(same.existing(&Same(1_000)).is_none() && same.remove(&Same(1_000)).is_none());
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

/// A key, a clock and a listener that call `len` on their family, which locks its table, whenever they are called.
/// Regression: `remove` hashed the key under that lock.
#[test]
fn whatever_a_family_calls_may_call_the_family() {
    static FAMILY: OnceLock<Keyed<Meddling>> = OnceLock::new();
    static MEDDLED: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    static SECONDS: AtomicU64 = AtomicU64::new(0);

    fn meddle(place: &'static str) {
        thread_local!(static MEDDLES: Cell<bool> = const { Cell::new(false) });
        if !MEDDLES.replace(true) {
            MEDDLED.lock().unwrap().insert(place);
            FAMILY.get().map(Keyed::len);
            MEDDLES.set(false);
        }
    }

    struct Meddling(u32);

    impl Hash for Meddling {
        fn hash<H: Hasher>(&self, state: &mut H) {
            meddle("hash");
            self.0.hash(state);
        }
    }

    impl PartialEq for Meddling {
        fn eq(&self, other: &Self) -> bool {
            meddle("eq");
            self.0 == other.0
        }
    }

    impl Eq for Meddling {}

    impl Clone for Meddling {
        fn clone(&self) -> Self {
            meddle("clone");
            Self(self.0)
        }
    }

    impl fmt::Display for Meddling {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            meddle("display");
            self.0.fmt(formatter)
        }
    }

    impl Drop for Meddling {
        fn drop(&mut self) {
            meddle("drop");
        }
    }

    struct MeddlingClock;

    impl Clock for MeddlingClock {
        fn now(&self) -> Duration {
            meddle("clock");
            Duration::from_secs(SECONDS.load(Ordering::Relaxed))
        }
    }

    let builder = CircuitBreaker::builder("meddled with").trip(trip::failures(1)).clock(MeddlingClock);
    let builder = builder.listener(|_: &Transition| meddle("listener"));
    let family = FAMILY.get_or_init(|| builder.keyed().max_keys(8).build().unwrap());
    let pass = |seconds| SECONDS.fetch_add(seconds, Ordering::Relaxed);
    for key in 0..100 {
        family.get(&Meddling(key));
        pass(1);
    }
    fail(&family.get(&Meddling(99)));
    assert!(family.existing(&Meddling(99)).is_some() && family.remove(&Meddling(99)).is_some());
    assert!(family.remove(&Meddling(99)).is_none());
    assert_eq!(family.iter().count(), 7);
    family.force_open();
    family.get(&Meddling(100));
    family.reset();
    // Idle keys are evicted while another is used, and when keys are counted.
    for _ in 0..200 {
        pass(60);
        family.get(&Meddling(7));
    }
    pass(3_600);
    assert!(family.is_empty());
    let meddled = ["clock", "clone", "display", "drop", "eq", "hash", "listener"];
    assert!(MEDDLED.lock().unwrap().iter().eq(&meddled));
}

#[test]
fn a_name_of_a_key_forges_no_line() {
    let hosts: Keyed<String> = fragile("forged", &ManualClock::new()).keyed().build().unwrap();
    let breaker = hosts.get("a\u{1b}[2J\nb");
    breaker.force_open();
    let refusal = breaker.acquire().unwrap_err();
    assert_eq!(refusal.to_string(), "circuit breaker `forged{a\\u{1b}[2J\\nb}` is forced open");
}
