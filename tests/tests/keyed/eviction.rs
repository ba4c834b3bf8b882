//! Which breakers are evicted, and which stay.

use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{Builder, CircuitBreaker, Keyed, Outcome, State, find, trip, window};

use fluxgate_tests::fixture::alone;

use crate::{fail, fragile};

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_nanos(1);

#[test]
fn an_idle_breaker_is_evicted() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<String> = fragile("idle", &clock).keyed().build().unwrap();
    for host in ["a", "b"] {
        drop(hosts.get(host).acquire());
    }
    clock.advance(HOUR / 2);
    drop(hosts.get("b").acquire());
    clock.advance(HOUR / 2);
    assert_eq!(hosts.len(), 1);
    assert!(find("idle{a}").is_none() && find("idle{b}").is_some());
    clock.advance(HOUR / 2);
    assert_eq!(hosts.iter().count(), 0);
}

#[test]
fn an_idle_breaker_is_evicted_while_others_are_used() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<u32> = fragile("busy", &clock).keyed().build().unwrap();
    for host in 0..500 {
        drop(hosts.get(&host).acquire());
    }
    for _ in 0..500 {
        clock.advance(HOUR / 100);
        hosts.get(&7);
    }
    let left = (0..500).filter(|host| find(&format!("busy{{{host}}}")).is_some()).count();
    assert_eq!(left, 1);
}

#[test]
fn open_half_open_and_commanded_breakers_stay() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<String> = fragile("kept", &clock).keyed().build().unwrap();
    fail(&hosts.get("half-open"));
    clock.advance(Duration::from_secs(61));
    drop(hosts.get("half-open").acquire().unwrap());
    fail(&hosts.get("open"));
    hosts.get("forced").force_open();
    hosts.get("disabled").disable();
    hosts.get("metrics only").metrics_only();
    hosts.get("closed");
    clock.advance(100 * HOUR);
    let mut states: Vec<_> = hosts.iter().map(|(_, breaker)| breaker.state().as_str()).collect();
    states.sort_unstable();
    assert_eq!(states, ["disabled", "forced_open", "half_open", "metrics_only", "open"]);
}

/// After how many calls a breaker opens for a dead host that is called so rarely that the breaker is idle before each call, while others
/// are used and counted.
fn calls_to_a_dead_host(configured: Builder, key_idle: Duration, call: (Outcome, Duration)) -> u32 {
    let clock = ManualClock::new();
    let hosts: Keyed<u32> = configured.clock(clock.clone()).keyed().key_idle(key_idle).build().unwrap();
    let (outcome, takes) = call;
    for calls in 1..100 {
        hosts.get(&0).record(outcome, takes);
        if hosts.existing(&0).unwrap().state() == State::Open {
            return calls;
        }
        for other in 1..100 {
            clock.advance(key_idle / 99 + Duration::from_millis(1));
            hosts.get(&other).call(|| Ok::<_, ()>(())).unwrap();
        }
        assert!(hosts.len() <= 100);
    }
    panic!("it is called forever");
}

/// Regression: idle breakers were evicted with their failures, so each failing call was the first.
#[test]
fn a_breaker_opens_for_a_dead_host_however_rarely_it_is_called() {
    let _alone = alone();
    let second = Duration::from_secs(1);
    let (fails, is_slow) = ((Outcome::Failure, Duration::ZERO), (Outcome::Success, second));
    let (calls, day, minute) = (window::count(10), window::time(24 * HOUR), window::time(60 * second));
    for key_idle in [Duration::from_nanos(1), 60 * second, HOUR] {
        for (rule, window, call, expected) in [
            (trip::failure_streak(3), calls, fails, 3),
            (trip::failure_streak(3), minute, fails, 3),
            (trip::failures(3), day, fails, 3),
            (trip::min(5) & trip::failure_rate(0.5), calls, fails, 5),
            (trip::min(5) & trip::failure_rate(0.5), day, fails, 5),
            (trip::min(5) & trip::slow_rate(0.5, second), calls, is_slow, 5),
            (trip::min(5) & trip::avg_latency(second), day, is_slow, 5),
            (trip::custom(|metrics| metrics.total() >= 5), calls, fails, 5),
        ] {
            let described = format!("{rule} of {window} with {key_idle:?}");
            let configured = CircuitBreaker::builder("seldom").trip(rule).window(window);
            assert_eq!(calls_to_a_dead_host(configured, key_idle, call), expected, "{described}");
        }
    }
}

/// Neither calls evicted from a time window nor good calls keep a breaker.
#[test]
fn a_breaker_without_evidence_is_evicted() {
    let _alone = alone();
    let clock = ManualClock::new();
    let builder = CircuitBreaker::builder("forgotten").window(window::time(2 * HOUR)).trip(trip::failures(2));
    let hosts: Keyed<u32> = builder.clock(clock.clone()).keyed().build().unwrap();
    fail(&hosts.get(&0));
    hosts.get(&1).call(|| Ok::<_, ()>(())).unwrap();
    clock.advance(HOUR);
    assert_eq!(hosts.iter().map(|(host, _)| host).collect::<Vec<_>>(), [0]);
    clock.advance(2 * HOUR);
    assert!(hosts.is_empty());
}

/// What a breaker remembers from before a command is no evidence while it judges nothing.
#[test]
fn an_idle_breaker_of_a_family_that_judges_nothing_is_evicted() {
    let _alone = alone();
    let commands: [fn(&Keyed<u32>); 2] = [Keyed::disable, Keyed::force_open];
    for command in commands {
        let clock = ManualClock::new();
        let builder = CircuitBreaker::builder("unjudged").trip(trip::failure_streak(2)).clock(clock.clone());
        let hosts: Keyed<u32> = builder.keyed().build().unwrap();
        fail(&hosts.get(&0));
        clock.advance(HOUR);
        assert_eq!(hosts.len(), 1, "it is closed and has failed");
        command(&hosts);
        assert_eq!(hosts.get(&0).metrics().failures(), 1);
        clock.advance(HOUR);
        assert!(hosts.is_empty());
    }
}

/// Hosts that fail once cannot fill a family forever.
#[test]
fn a_breaker_with_evidence_still_makes_room() {
    let _alone = alone();
    let clock = ManualClock::new();
    let builder = CircuitBreaker::builder("once").trip(trip::failure_streak(2)).clock(clock.clone());
    let hosts: Keyed<u32> = builder.keyed().max_keys(8).build().unwrap();
    for host in 0..1_000 {
        fail(&hosts.get(&host));
        clock.advance(HOUR);
        assert_eq!(hosts.len(), 8.min(host as usize + 1));
    }
    assert!(find("once").is_none());
}

#[test]
fn a_breaker_in_use_stays() {
    let clock = ManualClock::new();
    let hosts: Keyed<String> = fragile("in use", &clock).keyed().max_keys(2).build().unwrap();
    let handle = hosts.get("a");
    let call = handle.acquire().unwrap();
    let owned = hosts.get("b").acquire_owned().unwrap();
    clock.advance(2 * HOUR);
    assert_eq!(hosts.len(), 2);
    // A new key does not take its place either.
    assert_eq!(hosts.get("c").name(), "in use");
    call.failure();
    owned.failure();
    assert_eq!((hosts.get("a").state(), hosts.get("b").state()), (State::Open, State::Open));
}

#[test]
fn the_least_recently_used_breaker_is_evicted() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<u32> = fragile("longest", &clock).keyed().max_keys(8).build().unwrap();
    let tick = Duration::from_millis(10);
    for key in 0..8 {
        clock.advance(tick);
        hosts.get(&key);
    }
    for key in 100..1_000 {
        clock.advance(tick);
        hosts.get(&3);
        clock.advance(tick);
        hosts.get(&key);
        assert_eq!(hosts.len(), 8);
    }
    assert!(hosts.existing(&3).is_some() && hosts.existing(&5).is_none());
}

#[test]
fn if_none_can_be_evicted_new_keys_share_a_breaker() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<u32> = fragile("full", &clock).keyed().max_keys(3).build().unwrap();
    (0..3).for_each(|key| fail(&hosts.get(&key)));
    assert!(find("full").is_none());
    for key in 3..10 {
        let shared = hosts.get(&key);
        assert_eq!((shared.name(), shared.state()), ("full", State::Closed));
        shared.call(|| Ok::<_, ()>(())).unwrap();
    }
    assert_eq!(hosts.len(), 3);
    let shared = find("full").unwrap();
    assert_eq!(shared.snapshot().totals.successes, Some(7));
    // There is room again.
    hosts.get(&0).reset();
    assert_eq!(hosts.get(&7).name(), "full{7}");
    assert!(hosts.existing(&0).is_none());
}

/// Otherwise a family that has met enough hosts that no longer exist would be full forever.
#[test]
fn a_full_family_evicts_open_breakers_that_nobody_uses() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<u32> = fragile("abandoned", &clock).keyed().max_keys(2).build().unwrap();
    fail(&hosts.get(&0));
    fail(&hosts.get(&1));
    // They keep their places for an hour after their pauses.
    clock.advance(HOUR + Duration::from_secs(59));
    assert_eq!(hosts.get(&2).name(), "abandoned");
    clock.advance(Duration::from_secs(2));
    // One that is used keeps its place longer.
    assert_eq!(hosts.get(&0).state(), State::Open);
    assert_eq!(hosts.get(&2).name(), "abandoned{2}");
    let states = [0, 1].map(|key| hosts.existing(&key).map(|breaker: CircuitBreaker| breaker.state()));
    assert_eq!(states, [Some(State::Open), None]);
}

/// The calls of a trial came to an end, but not the trial, and nobody asks for the key any more.
#[test]
fn a_full_family_evicts_half_open_breakers_that_nobody_uses() {
    let _alone = alone();
    let clock = ManualClock::new();
    let hosts: Keyed<u32> = fragile("untried", &clock).keyed().max_keys(2).build().unwrap();
    (0..2).for_each(|key| fail(&hosts.get(&key)));
    clock.advance(Duration::from_secs(61));
    (0..2).for_each(|key| drop(hosts.get(&key).acquire().unwrap()));
    let state = |key| hosts.existing(&key).map(|breaker: CircuitBreaker| breaker.state());
    clock.advance(HOUR / 2);
    assert_eq!(hosts.get(&2).name(), "untried");
    // One that is asked for keeps its place longer, and so does one with a call that is still running.
    let call = hosts.get(&0).acquire_owned().unwrap();
    clock.advance(HOUR / 2);
    assert_eq!(hosts.get(&2).name(), "untried{2}");
    assert_eq!([0, 1].map(state), [Some(State::HalfOpen), None]);
    clock.advance(2 * HOUR);
    assert_eq!(hosts.get(&3).name(), "untried{3}");
    assert_eq!(state(0), Some(State::HalfOpen));
    drop(call);
}

/// Uses a family every so many seconds for a good hour, in which 30 other keys become idle. Returns after which seconds that left how many
/// of them.
fn left_at_each_use(pace: u64, use_family: fn(&Keyed<u32>)) -> Vec<(u64, usize)> {
    let clock = ManualClock::new();
    let hosts: Keyed<u32> = fragile("paced", &clock).keyed().max_keys(40).build().unwrap();
    (0..30).for_each(|host| drop(hosts.get(&host)));
    let uses = (1..=3_900 / pace).map(|nth| {
        clock.advance(Duration::from_secs(pace));
        use_family(&hosts);
        (nth * pace, (0..30).filter(|host| hosts.existing(host).is_some()).count())
    });
    uses.collect()
}

/// The 64 places of such a family are looked at within a minute, 16 at a time, and as many more at once as were missed.
#[test]
fn idle_breakers_are_evicted_within_a_round_however_the_family_is_used() {
    let ways: [fn(&Keyed<u32>); 2] =
        [|hosts| drop(hosts.get(&100)), |hosts| drop((hosts.get(&200), hosts.remove(&200)))];
    for use_family in ways {
        for pace in [1, 15, 30, 60, 120] {
            let left = left_at_each_use(pace, use_family);
            let at = |second| left.iter().rfind(|(now, _)| *now <= second).unwrap().1;
            assert_eq!(at(3_599), 30, "every {pace} s");
            assert!(at(3_600) < 30, "every {pace} s");
            assert_eq!(at(3_600) > 0, pace < 60, "every {pace} s");
            assert_eq!(at(3_660 - pace.clamp(15, 60)), 0, "every {pace} s");
        }
    }
}

/// Its next use may establish its key.
#[test]
fn a_breaker_that_was_used_just_now_is_evicted_last() {
    let clock = ManualClock::new();
    let hosts: Keyed<u32> = fragile("just now", &clock).keyed().max_keys(32).build().unwrap();
    (0..32).for_each(|host| drop(hosts.get(&host)));
    for host in 0..32 {
        clock.advance(Duration::from_millis(1));
        let others: Vec<_> = hosts.iter().map(|(key, _)| key).filter(|key| *key != host).collect();
        for key in &others {
            hosts.get(key);
        }
        assert_eq!(hosts.get(&(100 + host)).name(), format!("just now{{{}}}", 100 + host));
        assert!(hosts.existing(&host).is_none(), "{host} was used before");
        assert_eq!(hosts.len(), 32);
    }
}

/// Each is the only one of its family, so the new key has nothing else to take.
#[test]
fn a_new_key_takes_no_place_that_is_kept() {
    let clock = ManualClock::new();
    let full =
        |name: &'static str| -> Keyed<u32> { fragile(name, &clock).keyed().max_keys(1).build().unwrap() };
    let is_kept = |hosts: &Keyed<u32>| hosts.get(&1).name() == hosts.name() && hosts.existing(&0).is_some();

    let commands: [fn(&CircuitBreaker); 3] =
        [CircuitBreaker::force_open, CircuitBreaker::disable, CircuitBreaker::metrics_only];
    for command in commands {
        let hosts = full("commanded");
        command(&hosts.get(&0));
        clock.advance(10 * HOUR);
        assert!(is_kept(&hosts), "{}", hosts.get(&0).state());
    }
    let hosts = full("closed by hand");
    hosts.disable();
    hosts.get(&0).reset();
    clock.advance(10 * HOUR);
    assert!(is_kept(&hosts), "new ones begin in another state");

    // Open, and asked for at least once an hour.
    let hosts = full("asked for");
    fail(&hosts.get(&0));
    for _ in 0..5 {
        clock.advance(HOUR.saturating_sub(MOMENT));
        assert!(is_kept(&hosts));
        hosts.get(&0);
    }
    clock.advance(HOUR);
    assert_eq!(hosts.get(&1).name(), "asked for{1}");
    // Open, until an hour after its pause.
    let hosts = full("paused");
    fail(&hosts.get(&0));
    clock.advance(HOUR + MINUTE.saturating_sub(MOMENT));
    assert!(is_kept(&hosts));
    clock.advance(MOMENT);
    assert_eq!(hosts.get(&1).name(), "paused{1}");
}
