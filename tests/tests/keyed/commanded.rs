//! Commands for all breakers of a family, including future ones.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Error, Keyed, Outcome, Reason, State, Transition, circuit_breaker, find};

use fluxgate_tests::fixture::alone;

use crate::{fail, fragile};

type Command = fn(&Keyed<String>);

const COMMANDS: [(Command, State, Reason); 3] = [
    (Keyed::force_open, State::ForcedOpen, Reason::ForceOpen),
    (Keyed::disable, State::Disabled, Reason::Disable),
    (Keyed::metrics_only, State::MetricsOnly, Reason::MetricsOnly),
];

#[test]
fn a_command_applies_to_all_present_and_future_keys() {
    let _alone = alone();
    for (command, state, reason) in COMMANDS {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = heard.clone();
        let listener = move |transition: &Transition| {
            log.lock().unwrap().push((transition.breaker.to_string(), transition.to, transition.reason));
        };
        let family = fragile("commanded", &ManualClock::new()).listener(listener);
        let hosts: Keyed<String> = family.keyed().max_keys(3).build().unwrap();
        let (closed, open) = (hosts.get("closed"), hosts.get("open"));
        fail(&open);
        heard.lock().unwrap().clear();
        command(&hosts);
        let to_come = hosts.get("to come");
        let without_room = hosts.get("without room");
        assert_eq!(without_room.name(), "commanded");
        for breaker in [&closed, &open, &to_come, &without_room] {
            assert_eq!(breaker.state(), state, "{}", breaker.name());
            let is_admitted = breaker.call(|| Err::<(), _>("down")) == Err(Error::Inner("down"));
            assert_eq!(is_admitted, state != State::ForcedOpen, "{}", breaker.name());
        }
        assert!(find("commanded{to come}").is_some_and(|found| found.state() == state));
        let mut names: Vec<_> = heard.lock().unwrap().drain(..).collect();
        names.retain(|(_, to, why)| *to == state && *why == reason);
        let mut names: Vec<_> = names.into_iter().map(|(name, ..)| name).collect();
        names.sort();
        names.dedup();
        assert_eq!(
            names,
            ["commanded", "commanded{closed}", "commanded{open}", "commanded{to come}"],
            "{state}"
        );

        hosts.reset();
        drop((closed, to_come));
        hosts.remove("open");
        for host in ["closed", "to come", "new"] {
            assert_eq!(hosts.get(host).state(), State::Closed);
        }
        assert_eq!(hosts.overflow().state(), State::Closed);
    }
}

/// Shadow mode: a family only reports what it would do, from its first calls on.
#[test]
fn a_family_may_only_watch_from_the_start() {
    #[circuit_breaker(trip = failure_streak(2), key = host, handle = WATCHED)]
    fn fetch(host: &str) -> Result<(), Box<dyn std::error::Error>> {
        Err(host.into())
    }
    WATCHED.metrics_only();
    for _ in 0..5 {
        assert_eq!(fetch("a").unwrap_err().to_string(), "a");
    }
    let breaker = WATCHED.get("a");
    assert_eq!((breaker.state(), breaker.metrics().failures()), (State::MetricsOnly, 5));
}

#[test]
fn only_breakers_in_the_commanded_initial_state_are_evicted() {
    let clock = ManualClock::new();
    let hosts: Keyed<String> = fragile("watched", &clock).keyed().build().unwrap();
    hosts.get("told before").force_open();
    hosts.metrics_only();
    hosts.get("told otherwise").disable();
    hosts.get("closed by hand").reset();
    hosts.get("well").record(Outcome::Success, Duration::ZERO);
    hosts.get("failing").record(Outcome::Failure, Duration::ZERO);
    clock.advance(Duration::from_secs(36_000));
    let mut left: Vec<_> = hosts.iter().map(|(host, _)| host).collect();
    left.sort();
    assert_eq!(left, ["closed by hand", "failing", "told otherwise"]);
}

/// The listener is called outside the family's lock.
#[test]
fn a_listener_may_use_the_family_when_a_new_breaker_is_commanded() {
    static HOSTS: OnceLock<Keyed<String>> = OnceLock::new();

    let listener = |transition: &Transition| {
        if transition.breaker == "reentrant{first}"
            && let Some(hosts) = HOSTS.get()
        {
            assert_eq!(hosts.get("second").state(), State::ForcedOpen);
        }
    };
    let family = CircuitBreaker::builder("reentrant").listener(listener).keyed();
    let hosts = HOSTS.get_or_init(|| family.build().unwrap());
    hosts.force_open();
    assert_eq!(hosts.get("first").state(), State::ForcedOpen);
    assert_eq!(hosts.len(), 2);
}
