//! Families used by several threads at once.

use std::collections::BTreeSet;
use std::sync::Mutex;

use fluxgate::testing::ManualClock;
use fluxgate::{Keyed, Outcome, State};
use fluxgate_tests::fixture::together;

use crate::fragile;

#[test]
fn threads_that_first_use_a_key_together_get_one_breaker() {
    let hosts: Keyed<u32> = fragile("at once", &ManualClock::new()).keyed().build().unwrap();
    together(4, |_| {
        for key in 0..2_000 {
            let breaker = hosts.get(&key);
            breaker.record(Outcome::Success, std::time::Duration::ZERO);
        }
    });
    assert_eq!(hosts.len(), 2_000);
    assert!(hosts.iter().all(|(_, breaker)| breaker.metrics().total() == 4));
}

/// Keys come, go and are removed while others look them up: a breaker that is held or open is always found again.
#[test]
fn held_or_open_breakers_are_found_while_others_come_and_go() {
    let hosts: Keyed<u32> = fragile("come and go", &ManualClock::new()).keyed().max_keys(64).build().unwrap();
    let lost = Mutex::new(BTreeSet::new());
    together(4, |thread| {
        let own = thread as u32;
        hosts.get(&own).force_open();
        let mut random = fastrand::Rng::with_seed(u64::from(own));
        for _ in 0..20_000 {
            let key = 100 + random.u32(0..200);
            let breaker = hosts.get(&key);
            if breaker.name() != "come and go" && hosts.get(&key).name() != breaker.name() {
                lost.lock().unwrap().insert(key);
            }
            if random.u8(..) == 0 {
                hosts.remove(&(1_000 + own));
            }
            hosts.get(&(1_000 + own));
            if hosts.get(&own).state() != State::ForcedOpen {
                lost.lock().unwrap().insert(own);
            }
        }
    });
    assert_eq!(*lost.lock().unwrap(), BTreeSet::new());
    assert!(hosts.len() <= 64);
}

/// Regression: each of two opposite commands came last to some of the breakers.
#[test]
fn of_two_opposite_commands_the_same_prevails_for_all_keys() {
    let hosts: Keyed<u64> = fragile("opposed", &ManualClock::new()).keyed().build().unwrap();
    (0..50).for_each(|host| drop(hosts.get(&host)));
    let commands: [fn(&Keyed<u64>); 2] = [Keyed::force_open, Keyed::reset];
    for _ in 0..500 {
        together(2, |nth| commands[nth](&hosts));
        let expected = hosts.overflow().state();
        let others: Vec<_> = hosts.iter().filter(|(_, breaker)| breaker.state() != expected).collect();
        assert!(others.is_empty(), "{} of them are not {expected}", others.len());
    }
}
