//! Keyed breakers without a clock of their own read the process's clock, but not on every use. The clock belongs to
//! the process, so these tests have a process of their own and take turns.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fluxgate::{CircuitBreaker, Clock, Keyed, trip};
use fluxgate_tests::fixture::alone;

static SECONDS: AtomicU64 = AtomicU64::new(1_000);
static READINGS: AtomicU64 = AtomicU64::new(0);

struct Counted;

impl Clock for Counted {
    fn now(&self) -> Duration {
        READINGS.fetch_add(1, Ordering::SeqCst);
        Duration::from_secs(SECONDS.load(Ordering::SeqCst))
    }
}

fn pass(seconds: u64) {
    SECONDS.fetch_add(seconds, Ordering::SeqCst);
}

#[test]
fn used_keys_stay_and_idle_keys_are_evicted() {
    let _alone = alone();
    let _ = fluxgate::set_clock(Counted);
    let hosts: Keyed<u32> = CircuitBreaker::builder("idle").keyed().build().expect("valid");
    (0..500).for_each(|host| drop(hosts.get(&host)));

    // The clock is not read on every hit.
    hosts.get(&7);
    let before = READINGS.load(Ordering::SeqCst);
    (0..6_400).for_each(|_| drop(hosts.get(&7)));
    assert_eq!(READINGS.load(Ordering::SeqCst) - before, 100);

    // Key 7 was used just before the others were evicted, although no clock was read then.
    pass(3_500);
    hosts.get(&7);
    pass(101);
    assert_eq!(hosts.iter().map(|(host, _)| host).collect::<Vec<_>>(), [7]);
    pass(3_599);
    assert_eq!(hosts.len(), 1);
    pass(1);
    assert!(hosts.is_empty());

    // Others are evicted while one is used, however rarely the clock is read.
    let made: Vec<_> = (0..500).map(|host| hosts.get(&host)).collect();
    let held = |family: &Keyed<u32>| (0..500).filter(|host| family.existing(host).is_some()).count();
    drop(made);
    assert_eq!(held(&hosts), 500);
    for _ in 0..20_000 {
        pass(1);
        hosts.get(&7);
    }
    assert_eq!(held(&hosts), 1);
}

/// Healthy hosts in constant use keep their own breakers when somebody invents others that all fail.
#[test]
fn invented_failing_keys_evict_no_host_in_constant_use() {
    const HOSTS: u32 = 200;

    let _alone = alone();
    let _ = fluxgate::set_clock(Counted);
    let builder = CircuitBreaker::builder("besieged").trip(trip::failure_streak(1));
    let hosts: Keyed<u32> = builder.keyed().max_keys(500).build().expect("valid");
    let ask = |host: u32| {
        let breaker = hosts.get(&host);
        assert_eq!(breaker.name(), format!("besieged{{{host}}}"));
        breaker.call(|| Ok::<_, ()>(())).expect("it is well");
    };
    for _ in 0..180 {
        (0..HOSTS).for_each(ask);
        pass(1);
    }
    for second in 0..300 {
        for invented in 0..1_000 {
            let breaker = hosts.get(&(1_000 * (1 + second) + invented));
            if let Ok(call) = breaker.acquire() {
                call.failure();
            }
        }
        pass(1);
        (0..HOSTS).for_each(ask);
    }
    let total = |host: u32| hosts.existing(&host).map(|breaker| breaker.metrics().total());
    assert!((0..HOSTS).all(|host| total(host) == Some(100)));
    assert!(hosts.overflow().snapshot().totals.refused > 0);
}
