//! A family and the breakers of its keys share one time, whatever their clock does.

use std::time::Duration;

#[cfg(feature = "tokio")]
use fluxgate::find;
use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Clock, Keyed, Outcome, State, retry, trip, window};

use fluxgate_tests::fixture::{alone, seconds};
#[cfg(feature = "tokio")]
use fluxgate_tests::time::by_the_clock_of_the_process;

use crate::fail;

const HOUR: Duration = Duration::from_secs(3_600);

/// A clock that can jump ahead and back.
#[derive(Clone, Default)]
struct Jumping {
    honest: ManualClock,
    ahead: ManualClock,
    behind: ManualClock,
}

impl Jumping {
    fn jump(&self, duration: Duration) {
        self.ahead.advance(duration);
    }

    fn jump_back(&self, duration: Duration) {
        self.behind.advance(duration);
    }
}

impl Clock for Jumping {
    fn now(&self) -> Duration {
        (HOUR + self.honest.now() + self.ahead.now()).saturating_sub(self.behind.now())
    }
}

/// A jump that the family sees, but not the breaker of a key.
fn jump_ahead_and_back(clock: &Jumping, hosts: &Keyed<u32>) {
    clock.jump(100 * HOUR);
    hosts.len();
    clock.jump_back(100 * HOUR);
}

#[test]
fn an_open_breaker_keeps_its_place_for_its_pause_though_the_clock_has_jumped() {
    let _alone = alone();
    let clock = Jumping::default();
    let hosts: Keyed<u32> = CircuitBreaker::builder("displaced")
        .trip(trip::failure_streak(1))
        .retry(retry::cooldown(HOUR))
        .clock(clock.clone())
        .keyed()
        .max_keys(1)
        .key_idle(seconds(60))
        .build()
        .unwrap();
    jump_ahead_and_back(&clock, &hosts);
    fail(&hosts.get(&0));
    clock.honest.advance(HOUR / 2);
    assert_eq!(hosts.get(&1).name(), "displaced", "there is no room");
    assert_eq!(hosts.get(&0).state(), State::Open);
    clock.honest.advance(HOUR / 2 + seconds(60));
    assert_eq!(hosts.get(&1).name(), "displaced{1}", "the pause is long over");
}

#[test]
fn a_time_window_forgets_though_the_clock_has_jumped() {
    let _alone = alone();
    let clock = Jumping::default();
    let hosts: Keyed<u32> = CircuitBreaker::builder("unforgiving")
        .window(window::time(seconds(60)))
        .trip(trip::failures(3) | trip::failure_streak(9))
        .clock(clock.clone())
        .keyed()
        .build()
        .unwrap();
    fail(&hosts.get(&0));
    jump_ahead_and_back(&clock, &hosts);
    clock.honest.advance(HOUR);
    // The failure keeps the idle breaker.
    assert_eq!(hosts.len(), 1);
    for _ in 0..5 {
        clock.honest.advance(seconds(600));
        hosts.get(&0).record(Outcome::Success, Duration::ZERO);
        fail(&hosts.get(&0));
        assert_eq!(hosts.get(&0).metrics().failures(), 1);
    }
}

/// On the clock of the process, a key that is used all the time reads it rarely.
#[cfg(feature = "tokio")]
#[test]
fn an_idle_breaker_on_the_clock_of_the_process_is_evicted_while_others_are_used() {
    let _alone = alone();
    by_the_clock_of_the_process(|clock| {
        let hosts: Keyed<u32> = CircuitBreaker::builder("in process").keyed().build().unwrap();
        for host in 0..500 {
            drop(hosts.get(&host).acquire());
        }
        for _ in 0..500 {
            clock.advance(HOUR / 100);
            for _ in 0..64 {
                hosts.get(&7);
            }
        }
        let left: Vec<_> = (0..500).filter(|host| find(&format!("in process{{{host}}}")).is_some()).collect();
        assert_eq!(left, [7]);
    });
}
