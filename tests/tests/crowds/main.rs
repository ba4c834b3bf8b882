//! Random crowds of threads, and what holds in whatever order they meet.
//!
//! Once all threads have ended, what each of them reported is compared with the breaker's figures. Nobody knows the order of the
//! calls, but none may be lost or counted twice, a window may not hold more calls than its size, and a breaker must be open exactly if
//! its rule has held.
//!
//! `CROWDS=10000 cargo test --release -p fluxgate-tests --test crowds` plays more of them. The seed of a failing crowd is in the
//! message; `CROWD=seed` plays that one alone, again and again.

mod crowd;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crowd::{Crowd, Made, Tally};
use fastrand::Rng;
use fluxgate::testing::ManualClock;
use fluxgate::{
    Builder, Changes, CircuitBreaker, Interests, Listener, Metrics, Outcome, Reason, Snapshot, State,
    Transition, permit, retry, trip, window,
};
use fluxgate_tests::fixture::{Heard, millis, seconds};

/// Plays this many crowds, unless the environment says how many or which. One at a time: each uses all processors.
fn crowds(number: u64, play: impl Fn(Crowd, &mut Rng)) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn: MutexGuard<'_, ()> = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let given = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let number = given("CROWDS").unwrap_or(number);
    for nth in 0..number {
        let seed = given("CROWD").unwrap_or(nth);
        let mut random = Rng::with_seed(seed);
        let crowd = Crowd::drawn(seed, &mut random);
        let failed = Seed(seed);
        play(crowd, &mut random);
        std::mem::forget(failed);
    }
}

/// Prints the crowd's seed if a panic drops it.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        eprintln!("this was the crowd with the seed {}", self.0);
    }
}

/// A listener that also hears resets.
struct All(Heard);

impl Listener for All {
    fn on_transition(&self, transition: &Transition) {
        self.0.push(transition.clone());
    }

    fn interests(&self) -> Interests {
        Interests::transitions().resets()
    }
}

/// A breaker, sometimes with a custom clock, which takes another code path.
fn built(
    random: &mut Rng,
    configure: impl FnOnce(Builder) -> Builder,
) -> (CircuitBreaker, ManualClock, Heard) {
    let (clock, heard) = (ManualClock::new(), Heard::default());
    let builder = CircuitBreaker::builder("crowded").retry(retry::never()).permit(permit::all());
    let builder = builder.half_open_timeout(seconds(3_000));
    let builder = configure(builder.listener(All(heard.clone()))).count_calls(random.bool());
    let builder = if random.bool() { builder.clock(clock.clone()) } else { builder };
    (builder.build().expect("sound"), clock, heard)
}

/// One of several rules that no crowd can make hold.
fn never(nth: usize) -> trip::Rule {
    let streak = trip::failure_streak(1_000_000 - nth as u32);
    // A rule that times calls, and one that records each of them.
    match nth % 3 {
        0 => streak,
        1 => streak | trip::min(1) & trip::slow_rate(1.0, seconds(1_000)),
        _ => streak | trip::min(1) & trip::avg_latency(seconds(1_000)),
    }
}

fn figures(metrics: &Metrics) -> Tally {
    Tally { calls: metrics.total(), failures: metrics.failures() }
}

fn records(state: State) -> bool {
    matches!(state, State::Closed | State::MetricsOnly)
}

/// Asserts that each call is in exactly one of the counts, if calls are counted, and that each refusal is counted.
fn each_is_in_one_count(made: &Made, snapshot: &Snapshot) {
    let totals = &snapshot.totals;
    assert_eq!(totals.refused, made.refused, "refusals");
    if let (Some(successes), Some(ignored)) = (totals.successes, totals.ignored) {
        assert_eq!(successes + totals.failures + totals.late, made.all().calls, "{totals:?}");
        assert_eq!(ignored, made.ignored, "ignored calls");
    }
}

/// Asserts that a large enough window has every call of its generation except late ones, and that all late ones are counted.
fn each_is_in_its_window_or_late(made: &Made, heard: &Heard, snapshot: &Snapshot) {
    let (mut generation, mut state) = (0, State::Closed);
    let (mut kept, mut failures, mut late) = (Tally::default(), 0, 0);
    let mut end = |generation: u64, kept: Tally, metrics: &Metrics| {
        let (made, end) = (made.of(generation), figures(metrics));
        let in_time = Tally { calls: end.calls - kept.calls, failures: end.failures - kept.failures };
        assert!(in_time.calls <= made.calls, "{in_time:?} of {made:?} in the generation {generation}");
        assert!(in_time.failures <= made.failures, "{in_time:?} of {made:?} in the generation {generation}");
        failures += in_time.failures;
        late += made.calls - in_time.calls;
        in_time
    };
    for transition in heard.all() {
        if transition.generation == generation {
            continue;
        }
        assert_eq!((transition.from, transition.generation, transition.missed), (state, generation + 1, 0));
        if records(state) {
            end(generation, kept, &transition.metrics);
        }
        let is_kept = transition.reason == Reason::Reconfigured;
        kept = if is_kept { figures(&transition.metrics) } else { Tally::default() };
        (state, generation) = (transition.to, transition.generation);
    }
    assert_eq!(snapshot.state, state);
    if records(state) {
        assert_eq!(
            end(generation, kept, &snapshot.metrics),
            made.of(generation),
            "nothing is late at the end"
        );
    }
    assert_eq!((snapshot.totals.failures, snapshot.late), (failures, late), "failures, and late calls");
}

/// A random command, or new settings that keep the window.
fn command(breaker: &CircuitBreaker, random: &mut Rng) {
    match random.u32(..14) {
        0..4 => breaker.reset(),
        4 => breaker.metrics_only(),
        5 => breaker.disable(),
        6 => breaker.force_open(),
        7 => breaker.trip(),
        8 => breaker.count_calls(),
        9..12 => {
            let rule = never([0, 3, 6][random.usize(..3)]);
            breaker.reconfigure(&Changes::new().trip(rule)).expect("sound");
        }
        12 => {
            let changes = Changes::new().max_half_open_calls(random.u32(1..9));
            breaker.reconfigure(&changes).expect("sound");
        }
        _ => _ = breaker.metrics(),
    }
}

#[test]
fn no_call_is_lost_whatever_commands_come_meanwhile() {
    crowds(60, |crowd, random| {
        let is_commanded = random.bool();
        let rule = if is_commanded { 0 } else { random.usize(..3) };
        let window = if random.bool() { window::count(200_000) } else { window::time(seconds(60)) };
        let (breaker, clock, heard) = built(random, |builder| builder.window(window).trip(never(rule)));
        assert!(crowd.most_calls() < 200_000);
        let seed = random.u64(..);
        let made = crowd.play(&breaker, |wave| {
            let mut random = Rng::with_seed(seed + wave as u64);
            for _ in 0..30 {
                // Several buckets of a time window, but fewer than it has.
                clock.advance(millis(random.u64(..600)));
                if is_commanded {
                    command(&breaker, &mut random);
                }
                std::thread::yield_now();
            }
        });
        let snapshot = breaker.snapshot();
        each_is_in_its_window_or_late(&made, &heard, &snapshot);
        if !snapshot.totals.successes.is_some_and(|_| is_commanded) {
            // Otherwise it may have started counting at some point.
            each_is_in_one_count(&made, &snapshot);
        }
        if records(snapshot.state) {
            goes_on_as_alone(&breaker);
        }
    });
}

/// Nothing that the crowd left behind disturbs later calls.
fn goes_on_as_alone(breaker: &CircuitBreaker) {
    let before = breaker.metrics();
    let call = |outcome| breaker.acquire().expect("closed").record(outcome);
    call(Outcome::Success);
    for streak in 1..100 {
        call(Outcome::Failure);
        if streak % 33 == 0 {
            assert_eq!(breaker.metrics().failure_streak(), streak);
        }
    }
    (0..100).for_each(|_| call(Outcome::Success));
    let after = breaker.metrics();
    let calls = (after.total() - before.total(), after.failures() - before.failures());
    assert_eq!((calls, after.failure_streak()), ((200, 99), 0));
}

#[test]
fn a_count_window_never_exceeds_its_size_and_later_calls_replace_all() {
    crowds(60, |crowd, random| {
        let size = [1, 2, 7, 64, 100, 1_000][random.usize(..6)];
        let rule = never(random.usize(..3));
        let (breaker, ..) = built(random, |builder| builder.window(window::count(size)).trip(rule));
        let made = crowd.play(&breaker, |_| {
            for _ in 0..50 {
                let metrics = breaker.metrics();
                assert!(metrics.total() <= size as u64 && metrics.failures() <= metrics.total());
                std::thread::yield_now();
            }
        });
        let (all, metrics) = (made.all(), breaker.metrics());
        assert_eq!(metrics.total(), all.calls.min(size as u64));
        assert!(metrics.failures() <= all.failures);
        assert!(metrics.failures() >= all.failures.saturating_sub(all.calls - metrics.total()));
        let snapshot = breaker.snapshot();
        each_is_in_one_count(&made, &snapshot);
        assert_eq!((snapshot.totals.failures, snapshot.late), (all.failures, 0));

        let call = |outcome| breaker.acquire().expect("closed").record(outcome);
        let counts = || (breaker.metrics().total(), breaker.metrics().failures());
        (0..size).for_each(|_| call(Outcome::Success));
        assert_eq!(counts(), (size as u64, 0), "all others are pushed out");
        call(Outcome::Failure);
        assert_eq!((counts(), breaker.metrics().failure_streak()), ((size as u64, 1), 1));
        (1..size).for_each(|_| call(Outcome::Success));
        assert_eq!(counts(), (size as u64, 1));
        call(Outcome::Success);
        assert_eq!(counts(), (size as u64, 0));
    });
}

/// When the rule of a crowd's breaker holds.
#[derive(Clone, Copy, Debug)]
enum Trips {
    Failures(u32),
    Streak(u32),
    Rate(u32, u32),
}

impl Trips {
    fn drawn(random: &mut Rng) -> Self {
        let number = [1, 2, 5, 16, 17, 40, 300, 2_000][random.usize(..8)];
        match random.u32(..3) {
            0 => Self::Failures(number),
            1 => Self::Streak(number),
            _ => Self::Rate(number, random.u32(1..=100)),
        }
    }

    fn rule(self) -> trip::Rule {
        match self {
            Self::Failures(number) => trip::failures(number),
            Self::Streak(number) => trip::failure_streak(number),
            Self::Rate(min, percent) => trip::min(min) & trip::failure_rate(f64::from(percent) / 100.0),
        }
    }

    fn holds(self, metrics: &Metrics) -> bool {
        match self {
            Self::Failures(number) => metrics.failures() >= u64::from(number),
            Self::Streak(number) => metrics.failure_streak() >= number,
            Self::Rate(min, percent) => {
                metrics.total() >= u64::from(min)
                    && metrics.failures() * 100 >= metrics.total() * u64::from(percent)
            }
        }
    }

    /// Whether this evidence holds only thanks to its last call.
    fn just_holds(self, metrics: &Metrics) -> bool {
        match self {
            Self::Failures(number) => metrics.failures() == u64::from(number),
            Self::Streak(number) => metrics.failure_streak() == number,
            Self::Rate(..) => self.holds(metrics),
        }
    }
}

#[test]
fn a_breaker_is_open_exactly_if_its_rule_has_held() {
    crowds(150, |crowd, random| {
        let trips = Trips::drawn(random);
        let is_large = random.bool();
        let size = if is_large { 200_000 } else { 2_000 };
        let window = if random.bool() { window::count(size) } else { window::time(seconds(60)) };
        let (breaker, _, heard) = built(random, |builder| builder.window(window).trip(trips.rule()));
        let made = crowd.play(&breaker, |_| ());
        let (all, snapshot) = (made.all(), breaker.snapshot());
        each_is_in_one_count(&made, &snapshot);
        let metrics = snapshot.metrics;
        if snapshot.state == State::Open {
            let evidence = heard.last().metrics;
            assert_eq!(heard.steps(), [(State::Closed, State::Open)]);
            assert!(trips.just_holds(&evidence), "{trips:?}: {evidence:?}");
            assert_eq!(figures(&metrics), figures(&evidence), "the evidence is kept");
            if is_large {
                assert_eq!(metrics.total() + snapshot.late, all.calls);
            }
            return;
        }
        assert_eq!((snapshot.late, heard.steps()), (0, vec![]));
        assert!(!trips.holds(&metrics), "{trips:?}: {metrics:?}");
        if is_large {
            assert_eq!(figures(&metrics), all);
        }
        // It still opens on the right failure afterwards, unless that would take too many.
        for _ in 0..2_000 {
            let Ok(call) = breaker.acquire() else { break };
            call.failure();
            let is_open = breaker.state() == State::Open;
            assert_eq!(is_open, trips.holds(&breaker.metrics()), "{trips:?}: {:?}", breaker.metrics());
        }
        let last = heard.all().pop();
        assert!(last.is_some() || matches!(trips, Trips::Rate(..)), "{trips:?}");
        assert!(last.is_none_or(|last| trips.just_holds(&last.metrics)), "{trips:?}");
    });
}

#[test]
fn each_trial_outcome_is_counted_once_and_each_slot_comes_back() {
    crowds(60, |crowd, random| {
        let rule = Trips::Rate([1, 5, 20][random.usize(..3)], 50).rule();
        let slots = random.u32(1..6);
        let (breaker, _, heard) =
            built(random, |builder| builder.trip(rule).retry(retry::always()).max_half_open_calls(slots));
        let made = crowd.play(&breaker, |_| ());
        each_is_in_one_count(&made, &breaker.snapshot());
        let (mut generation, mut state) = (0, State::Closed);
        for transition in heard.all() {
            // If there are very many transitions, the listener learns that it missed some.
            assert_eq!(transition.generation, generation + 1 + transition.missed);
            assert!(transition.from == state || transition.missed > 0, "{transition:?}");
            (state, generation) = (transition.to, transition.generation);
        }
        // Whatever was left behind, a healthy dependency gets its traffic back.
        for _ in 0..100 {
            breaker.acquire().expect("a slot is free").success();
        }
        assert_eq!(breaker.state(), State::Closed);
    });
}
