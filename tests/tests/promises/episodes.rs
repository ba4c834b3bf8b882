//! What a service goes through, and what its breaker promises meanwhile.

use std::ops::AddAssign;
use std::time::Duration;

use fastrand::Rng;
use fluxgate::State;
use fluxgate_tests::reference::Why;

use crate::bounds::Fate;
use crate::configuration::{Death, asks_custom, asks_how_long};
use crate::subject::Subject;
use crate::world::{Happened, World};

/// How often each thing was put to the test.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    recoveries: u32,
    deaths_while_closed: u32,
    deaths_in_a_ramp: u32,
    /// With a hanging service, none of whose calls ends.
    deaths_in_silence: u32,
    lost_trials: u32,
    stalled_trials: u32,
    /// Those of them whose callers abandoned calls that would have run forever.
    abandoned_trials: u32,
    nights: u32,
    /// Deaths that the rule cannot notice.
    unseen: u32,
}

impl AddAssign for Seen {
    fn add_assign(&mut self, more: Self) {
        self.recoveries += more.recoveries;
        self.deaths_while_closed += more.deaths_while_closed;
        self.deaths_in_a_ramp += more.deaths_in_a_ramp;
        self.deaths_in_silence += more.deaths_in_silence;
        self.lost_trials += more.lost_trials;
        self.stalled_trials += more.stalled_trials;
        self.abandoned_trials += more.abandoned_trials;
        self.nights += more.nights;
        self.unseen += more.unseen;
    }
}

impl Seen {
    /// Asserts that enough of the configurations went through everything.
    pub(crate) fn is_enough(self, tried: u64) {
        let Self {
            recoveries,
            deaths_while_closed,
            deaths_in_a_ramp,
            deaths_in_silence,
            lost_trials,
            stalled_trials,
            abandoned_trials,
            nights,
            ..
        } = self;
        assert!(u64::from(recoveries) > tried, "{self:?}");
        assert!(u64::from(deaths_while_closed) > tried / 2, "{self:?}");
        assert!(u64::from(lost_trials) > tried / 2, "{self:?}");
        for rare in [deaths_in_a_ramp, stalled_trials, abandoned_trials, nights] {
            assert!(u64::from(rare) > tried / 20, "{self:?}");
        }
        assert!(u64::from(deaths_in_silence) > tried / 100, "{self:?}");
    }
}

/// Takes the service through an outage or two.
pub(crate) fn run<S: Subject>(mut world: World<'_, S>) -> Seen {
    let rng = &mut Rng::with_seed(!world.configuration.number);
    let mut seen = Seen::default();
    stays_closed(&mut world, rng.usize(0..60));
    if rng.u32(0..4) == 0 {
        is_forced_open_and_reset(&mut world);
    }
    for _ in 0..2 {
        if !dies(&mut world, &mut seen) {
            return seen;
        }
        stays_dead(&mut world, rng, &mut seen);
        if world.bounds.pause().is_none() {
            never_tries_again(&mut world);
            continue;
        }
        if dies_in_the_ramp(&mut world, rng, &mut seen) {
            stays_dead(&mut world, rng, &mut seen);
        }
        recovers(&mut world, rng, &mut seen);
        stays_closed(&mut world, rng.usize(0..60));
    }
    seen
}

/// A healthy service: every call is admitted.
fn stays_closed<S: Subject>(world: &mut World<'_, S>, calls: usize) {
    let (openings, until) = (world.openings(), world.admitted + calls);
    while world.admitted < until {
        let happened = world.step();
        world.check(happened != Happened::Refused, || "a healthy service is refused a call".into());
        world.check(world.state() == State::Closed, || "a healthy service should stay closed".into());
    }
    assert_eq!(openings, world.openings());
}

fn is_forced_open_and_reset<S: Subject>(world: &mut World<'_, S>) {
    world.force_open();
    for _ in 0..5 {
        let happened = world.step();
        world.check(happened != Happened::Admitted, || "a call is admitted though forced open".into());
    }
    world.reset();
    stays_closed(world, 30);
}

/// The service dies while the breaker is closed, and is given up. `false` if the rule cannot notice it.
fn dies<S: Subject>(world: &mut World<'_, S>, seen: &mut Seen) -> bool {
    let death = world.configuration.death;
    if death == Death::Hang(None)
        && let Some(most) = world.bounds.calls_until_crowded()
    {
        world.dead = Some(death);
        is_given_up(world, most);
        seen.deaths_in_silence += 1;
        return true;
    }
    // Otherwise hanging calls are noticed only in a trial: until then, their service fails.
    let visible = if death.duration().is_none() { Death::Fail(Duration::ZERO) } else { death };
    let Some(most) = world.bounds.calls_until_trip(visible) else {
        seen.unseen += 1;
        return false;
    };
    world.dead = Some(visible);
    is_given_up(world, most);
    world.dead = Some(death);
    seen.deaths_while_closed += 1;
    true
}

/// The breaker opens after at most this many calls.
fn is_given_up<S: Subject>(world: &mut World<'_, S>, most: usize) {
    let (before, openings) = (world.admitted, world.openings());
    let mut steps = 0;
    while world.openings() == openings {
        world.step();
        steps += 1;
        let calls = world.admitted - before;
        let few = calls <= most || world.openings() != openings;
        world.check(few && steps < 1_000_000, || {
            format!("a dead service got {calls} calls, of at most {most}")
        });
    }
}

/// While open, it admits no call until its pause is over. Calls in the middle of a long pause are skipped.
fn keeps_its_pause<S: Subject>(world: &mut World<'_, S>) {
    let Some((_, due)) = world.latest_opening() else { panic!("it has not opened") };
    let mut refused = 0;
    loop {
        let next = world.next_arrival_from(Duration::ZERO);
        if world.state() != State::Open || due.is_some_and(|due| next >= due) || due.is_none() && refused > 10
        {
            return;
        }
        let happened = world.step();
        world.check(happened != Happened::Admitted, || "a call is admitted during the pause".into());
        refused += u32::from(happened == Happened::Refused);
        if let Some(due) = due
            && refused == 3
        {
            world.rest_until(due.saturating_sub(world.configuration.gap));
        }
    }
}

/// Some trials of a dead service: each is lost or stalls after few calls.
fn stays_dead<S: Subject>(world: &mut World<'_, S>, rng: &mut Rng, seen: &mut Seen) {
    let death = world.configuration.death;
    let fate = world.bounds.fate(death);
    for _ in 0..rng.u32(0..4) {
        keeps_its_pause(world);
        if world.bounds.pause().is_none() {
            return;
        }
        if rng.u32(0..8) == 0 {
            a_night_passes(world, rng, seen);
        }
        let most = match fate {
            Fate::Lost(_) | Fate::Stalls => world.bounds.calls_of_trial(fate),
            // The service flaps: it is given up again after closing.
            Fate::Passes(_) => {
                let rule = &world.configuration.settings.rule;
                world.check(asks_custom(rule) || asks_how_long(rule), || {
                    "half-open is blind to what trips it closed".into()
                });
                let Some(most) = world.bounds.calls_until_trip(death) else { return };
                world.bounds.calls_of_trial(fate) + most
            }
        };
        let (before, openings, began) =
            (world.admitted, world.openings(), world.next_arrival_from(Duration::ZERO));
        while world.openings() == openings {
            world.step();
            // The call that finds the trial stalled may be the first of the next one.
            if world.openings() != openings {
                break;
            }
            let calls = world.admitted - before;
            world.check(calls <= most, || {
                format!("a dead service got {calls} calls, of at most {most}: {fate:?}")
            });
            let limit = began + world.bounds.dead_trial(fate);
            let ends = matches!(fate, Fate::Passes(_)) || world.now <= limit;
            world.check(ends, || format!("a trial of a dead service goes on after {limit:?}: {fate:?}"));
        }
        match fate {
            Fate::Stalls => {
                seen.stalled_trials += 1;
                seen.abandoned_trials += u32::from(matches!(death, Death::Hang(Some(_))));
            }
            _ => seen.lost_trials += 1,
        }
    }
}

fn a_night_passes<S: Subject>(world: &mut World<'_, S>, rng: &mut Rng, seen: &mut Seen) {
    world.rest_until(world.now + Duration::from_secs(rng.u64(3_600..36_000)));
    seen.nights += 1;
}

/// The service comes back: the breaker closes in time.
fn recovers<S: Subject>(world: &mut World<'_, S>, rng: &mut Rng, seen: &mut Seen) {
    // Sometimes in the middle of something.
    if rng.u32(0..3) == 0 {
        for _ in 0..rng.u32(0..30) {
            world.step();
        }
    }
    if world.state() == State::Open && rng.u32(0..6) == 0 {
        a_night_passes(world, rng, seen);
    }
    world.dead = None;
    seen.recoveries += 1;
    if world.state() != State::Open {
        // Leftovers of dead calls may trip it once.
        let (openings, by) = (world.openings(), world.now + world.bounds.aftermath());
        let mut well = 0;
        while world.openings() == openings && well < world.bounds.calls_until_forgotten() {
            let happened = world.step();
            let closed = world.state() == State::Closed;
            well += usize::from(closed && happened == Happened::Ended);
            let in_time = closed || world.openings() != openings || world.now <= by;
            world.check(in_time, || {
                format!("a service that is back should be closed, or open again, by {by:?}")
            });
        }
        if world.openings() == openings {
            return;
        }
    }
    closes_in_time(world);
}

/// The breaker is open and the service is healthy from now on: it closes and admits every call.
fn closes_in_time<S: Subject>(world: &mut World<'_, S>) {
    let openings = world.openings();
    keeps_its_pause(world);
    let Some((_, Some(due))) = world.latest_opening() else { panic!("it tries again") };
    let by = world.bounds.closed_by(due, world.next_arrival_from(due));
    while world.state() != State::Closed {
        world.step();
        world.check(world.now <= by, || format!("a healthy service should have its traffic back by {by:?}"));
        world.check(world.openings() == openings, || "a healthy service is given up".into());
    }
    // Not by luck: it takes as many good calls as bad ones would have re-opened it.
    let (_, closing) = &world.history[world.history.len() - 1];
    let lucky = closing.why == Why::TrialPassed && closing.total < world.bounds.good();
    world.check(!lucky, || format!("a trial passed on {} calls, of {}", closing.total, world.bounds.good()));
}

/// The service comes back and dies again in the ramp. `false` if there was no ramp.
fn dies_in_the_ramp<S: Subject>(world: &mut World<'_, S>, rng: &mut Rng, seen: &mut Seen) -> bool {
    let death = world.configuration.death;
    let Some(most) = world.bounds.calls_until_trip(death) else { return false };
    if world.bounds.ramp() == Duration::ZERO || world.state() != State::Open || rng.bool() {
        return false;
    }
    world.dead = None;
    keeps_its_pause(world);
    let Some((_, Some(due))) = world.latest_opening() else { return false };
    let dies_at = due + world.bounds.ramp().mul_f64(rng.f64());
    while world.state() != State::Closed && world.next_arrival_from(Duration::ZERO) < dies_at {
        world.step();
    }
    if world.state() != State::HalfOpen {
        return false;
    }
    world.dead = Some(death);
    // The trial may still be running.
    is_given_up(world, most + world.bounds.calls_of_any_trial());
    seen.deaths_in_a_ramp += 1;
    true
}

/// The breaker waits for a command, and closes on it.
fn never_tries_again<S: Subject>(world: &mut World<'_, S>) {
    world.dead = None;
    let openings = world.openings();
    world.rest_until(world.now + Duration::from_secs(1_000_000));
    keeps_its_pause(world);
    world.reset();
    world.check(world.state() == State::Closed && world.openings() == openings, || "a reset closes".into());
    stays_closed(world, 30);
}
