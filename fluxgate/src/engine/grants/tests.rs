//! Reading a breaker's metrics collects, so these tests seldom read them.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use crate::engine::word::StateWord;
use crate::sync::AtomicU64;
use crate::window::Window;
use crate::{Call, Changes, CircuitBreaker, Clock, State, trip, window};

struct Hand(Arc<AtomicU64>);

impl Clock for Hand {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// What the breaker and the list have to agree on.
#[derive(PartialEq, Debug)]
struct Figures {
    calls: u64,
    failures: u64,
    streak: u32,
    failures_ever: u64,
}

/// A breaker that gets random calls, and a plain list of them.
struct Played {
    breaker: CircuitBreaker,
    time: Arc<AtomicU64>,
    list: VecDeque<(u64, bool)>,
    streak: u32,
    failures: u64,
}

impl Played {
    /// `dated`: on a user's clock. Without one, a count window takes another path.
    fn new(window: Window, dated: bool) -> Self {
        let time = Arc::new(AtomicU64::new(0));
        let rule = trip::min(1) & trip::failure_rate(1.0) & trip::failure_streak(1_000);
        let breaker = CircuitBreaker::builder("played").window(window).trip(rule);
        let breaker = if dated { breaker.clock(Hand(time.clone())) } else { breaker };
        let breaker = breaker.build().expect("a sound configuration");
        Self { breaker, time, list: VecDeque::new(), streak: 0, failures: 0 }
    }

    /// Notes a call that the breaker has had. `forget` drops from a list of `(time, failed)` what the window forgets.
    fn note(&mut self, failed: bool, forget: impl Fn(&mut VecDeque<(u64, bool)>, u64)) {
        let now = self.time.load(Ordering::Relaxed);
        self.list.push_back((now, failed));
        self.streak = if failed { self.streak + 1 } else { 0 };
        self.failures += u64::from(failed);
        forget(&mut self.list, now);
    }

    fn check(&self, played: &str) {
        let snapshot = self.breaker.snapshot();
        let metrics = &snapshot.metrics;
        let failures = self.list.iter().filter(|call| call.1).count();
        let found = Figures {
            calls: metrics.total(),
            failures: metrics.failures(),
            streak: metrics.failure_streak(),
            failures_ever: snapshot.totals.failures,
        };
        let listed = Figures {
            calls: self.list.len() as u64,
            failures: failures as u64,
            streak: self.streak,
            failures_ever: self.failures,
        };
        assert_eq!(found, listed, "of the breaker, and of the list, after {played}");
    }
}

/// Random outcomes: whether each call fails. For some seeds, failures come in runs.
fn failures(mut random: fastrand::Rng) -> impl Iterator<Item = bool> {
    let failing = random.f64() * 0.3;
    let run = if random.bool() { 80 } else { 1 };
    let runs = std::iter::repeat_with(move || (random.f64() < failing, random.usize(1..=run)));
    runs.flat_map(|(fails, length)| std::iter::repeat_n(fails, length))
}

fn call_once(breaker: &CircuitBreaker, failed: bool) {
    let _ = breaker.call(|| if failed { Err(()) } else { Ok(()) });
}

/// Makes random calls to a breaker, and compares it with a plain list.
fn play(window: Window, dated: bool, seed: u64, forget: impl Fn(&mut VecDeque<(u64, bool)>, u64)) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut played = Played::new(window, dated);
    for (step, failed) in failures(random.fork()).take(3_000).enumerate() {
        if seed.is_multiple_of(3) && step == 1_500 {
            played.breaker.breaker().stripes().split();
        }
        call_once(&played.breaker, failed);
        played.note(failed, &forget);
        if random.u8(..) < 5 {
            played.check(&format!("seed {seed}, step {step}"));
        }
        played.time.fetch_add(random.u64(..50), Ordering::Relaxed);
    }
}

/// The same with three threads that take turns.
#[test]
fn a_count_window_of_three_threads_agrees_with_a_list() {
    for (seed, size) in (0..12).flat_map(|seed| [1, 4, 100, 700].map(|size| (seed, size))) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut played = Played::new(window::count(size), false);
        played.breaker.breaker().stripes().split();
        let forget = |list: &mut VecDeque<_>, _| _ = list.drain(..list.len().saturating_sub(size));
        std::thread::scope(|scope| {
            let (report, reports) = mpsc::channel();
            let [second, third] = [(); 2].map(|()| {
                let (order, orders) = mpsc::channel::<Vec<bool>>();
                let (breaker, report) = (played.breaker.clone(), report.clone());
                scope.spawn(move || {
                    for calls in orders {
                        for failed in calls {
                            call_once(&breaker, failed);
                        }
                        report.send(()).unwrap();
                    }
                });
                order
            });
            let mut failures = failures(random.fork());
            for step in 0..300 {
                let calls: Vec<_> = failures.by_ref().take(random.usize(1..50)).collect();
                for failed in &calls {
                    played.note(*failed, forget);
                }
                match random.u8(..3) {
                    0 => calls.iter().for_each(|failed| call_once(&played.breaker, *failed)),
                    other => {
                        let order = if other == 1 { &second } else { &third };
                        order.send(calls).unwrap();
                        reports.recv().unwrap();
                    }
                }
                if random.u8(..) < 20 {
                    played.check(&format!("seed {seed}, step {step} of {size}"));
                }
            }
        });
    }
}

#[test]
fn a_count_window_agrees_with_a_list() {
    for seed in 0..60 {
        for size in [1, 2, 3, 63, 64, 65, 100, 128, 1_500] {
            play(window::count(size), seed % 2 == 0, seed, |list, _| {
                list.drain(..list.len().saturating_sub(size));
            });
        }
    }
}

#[test]
fn a_time_window_agrees_with_a_list() {
    for seed in 0..60 {
        play(window::time(Duration::from_secs(10)), true, seed, |list, now| {
            list.retain(|(then, _)| then / 1_000 + 10 > now / 1_000);
        });
    }
}

/// By design, nobody can tell from outside which calls are counted, so the tests below look inside.
fn after(window: Window, rule: trip::Rule, outcomes: &str, clock: impl Clock) -> CircuitBreaker {
    let builder = CircuitBreaker::builder("counted").window(window).trip(rule).clock(clock);
    let breaker = builder.build().expect("a sound configuration");
    call(&breaker, outcomes);
    breaker
}

/// Makes a call for each of these outcomes: `x` fails, anything else succeeds.
pub(in crate::engine) fn call(breaker: &CircuitBreaker, outcomes: &str) {
    for outcome in outcomes.chars() {
        let call = breaker.acquire().expect("closed");
        if outcome == 'x' { call.failure() } else { call.success() }
    }
}

fn word(breaker: &CircuitBreaker) -> StateWord {
    breaker.breaker().word()
}

#[test]
fn a_full_count_window_counts_successes_until_all_bad_calls_are_gone() {
    let left = |size: usize, rule: trip::Rule, outcomes: &str| {
        let breaker = after(window::count(size), rule, outcomes, Hand(Arc::default()));
        let healthy = breaker.breaker().healthy.load(Ordering::Relaxed);
        let breaker = breaker.breaker();
        let left = (0..100).take_while(|_| breaker.stripes().count_success(breaker.word())).count();
        (healthy == breaker.word().0, left)
    };
    let rule = || trip::min(4) & trip::failure_rate(1.0);
    for (outcomes, expected) in [
        ("ooo", (false, 0)),
        ("oooo", (true, 0)),
        ("oooooooo", (true, 0)),
        ("xooo", (false, 1)),
        ("xoooo", (false, 0)),
        ("xooooo", (true, 0)),
        ("ooox", (false, 4)),
        ("oooxoo", (false, 2)),
        // The second failure is covered, and leaves the stripe as it is.
        ("oooxoox", (false, 2)),
    ] {
        assert_eq!(left(4, rule(), outcomes), expected, "{outcomes}");
    }
    // An average changes with every call, a slow rate with none of these.
    let average = trip::min(4) & trip::avg_latency(Duration::from_secs(1)) | rule();
    assert_eq!(left(4, average, "ooxo"), (false, 0));
    let slow = trip::min(4) & trip::slow_rate(1.0, Duration::from_secs(1)) | rule();
    assert_eq!(left(4, slow, "ooxo"), (false, 3));
}

#[test]
fn failures_are_counted_while_all_calls_fail_and_the_rule_is_far_from_holding() {
    let counts = |rule: trip::Rule, outcomes: &str| {
        let breaker = after(window::count(100), rule, outcomes, Hand(Arc::default()));
        breaker.breaker().stripes().count(word(&breaker).failures())
    };
    let far = || trip::failure_streak(100_000);
    assert!(counts(far(), &"x".repeat(16)));
    assert!(!counts(far(), &"x".repeat(15)), "they may come by chance");
    assert!(!counts(far(), &("x".repeat(16) + "o")), "the streak is over");
    assert!(!counts(trip::failure_streak(40), &"x".repeat(16)), "it may hold soon");
    let slow = trip::min(10) & trip::slow_rate(1.0, Duration::from_secs(1));
    assert!(counts(far() | slow, &"x".repeat(16)), "none of them is slow");
    let average = trip::min(10) & trip::avg_latency(Duration::from_secs(1));
    assert!(!counts(far() | average, &"x".repeat(16)), "each has a duration");
}

#[test]
fn successes_of_each_generation_are_counted_from_the_first_on() {
    let breaker = after(window::count(10), trip::failure_streak(50), "", Hand(Arc::default()));
    breaker.breaker().stripes().split();
    let calls = |outcomes: &str| {
        call(&breaker, outcomes);
        let metrics = breaker.metrics();
        (metrics.total(), metrics.failures(), metrics.failure_streak())
    };
    let rule = |streak: u32| breaker.reconfigure(&Changes::new().trip(trip::failure_streak(streak)));
    assert_eq!(calls("xoooox"), (6, 2, 1));
    rule(60).expect("sound");
    assert_eq!(calls("oox"), (9, 3, 1), "the window is kept");
    breaker.reset();
    assert_eq!(calls("xoo"), (3, 1, 0));
    rule(70).expect("sound");
    breaker.reset();
    assert_eq!(calls("xooooooooo"), (10, 1, 0));
    assert_eq!(calls("x"), (10, 1, 1));
}

#[test]
fn a_failure_of_an_earlier_generation_is_not_logged_in_this_one() {
    let breaker = after(window::count(10), trip::failure_streak(50), "", Hand(Arc::default()));
    breaker.breaker().stripes().split();
    let earlier = breaker.acquire().expect("closed");
    breaker.reset();
    let call = |failed| {
        let call = breaker.acquire().expect("closed");
        if failed { call.failure() } else { call.success() }
    };
    [true, false, false].into_iter().for_each(call);
    assert!(breaker.breaker().stripes().log(word(&breaker)), "there is room in the log");
    earlier.failure();
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.metrics.total(), snapshot.metrics.failures(), snapshot.late), (4, 2, 1));
}

#[test]
fn each_new_thread_gets_a_stripe_once_stripes_are_split() {
    let breaker = after(window::count(10), trip::failure_streak(50), "xo", Hand(Arc::default()));
    breaker.breaker().stripes().split();
    let other = || {
        breaker.acquire().expect("closed").success();
        assert!(breaker.breaker().stripes().count_success(word(&breaker)), "without the lock");
    };
    std::thread::scope(|scope| scope.spawn(other).join()).expect("no panic");
    assert_eq!(breaker.metrics().total(), 4);
}

/// However many failures are counted, the rule holds exactly when it would if each were recorded.
#[test]
fn the_rule_holds_with_the_right_failure() {
    for streak in [16, 17, 64, 65, 80, 81, 100, 256, 1_000, 5_000] {
        let breaker =
            CircuitBreaker::builder("exact").trip(trip::failure_streak(streak)).build().expect("sound");
        for _ in 1..streak {
            breaker.acquire().expect("closed").failure();
        }
        assert_eq!((breaker.state(), breaker.metrics().failure_streak()), (State::Closed, streak - 1));
        breaker.acquire().expect("closed").failure();
        assert_eq!(breaker.state(), State::Open, "{streak}");
    }
}

/// The same with two threads that take turns.
#[test]
fn the_rule_holds_with_the_right_failure_on_two_threads() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        let most = random.u32(20..200);
        let builder = CircuitBreaker::builder("exact").window(window::count(100_000));
        let breaker = &builder.trip(trip::failures(most)).build().expect("sound");
        breaker.breaker().stripes().split();
        let fail = |failures: u32| {
            (0..failures).for_each(|_| breaker.acquire().expect("closed").failure());
            let _ = breaker.acquire().map(Call::success);
        };
        std::thread::scope(|scope| {
            let (order, orders) = mpsc::channel();
            let (report, reports) = mpsc::channel();
            scope.spawn(move || {
                for failures in orders {
                    fail(failures);
                    report.send(()).unwrap();
                }
            });
            let mut left = most;
            while left > 0 {
                assert_eq!(breaker.state(), State::Closed, "{left} of {most} are left");
                let failures = random.u32(1..=left.min(9));
                left -= failures;
                if random.bool() {
                    fail(failures);
                } else {
                    order.send(failures).unwrap();
                    reports.recv().unwrap();
                }
            }
            assert_eq!(breaker.state(), State::Open, "{most}");
        });
    }
}

#[test]
fn a_time_window_counts_until_its_bucket_ends_once_the_minimum_is_reached() {
    let window = window::time(Duration::from_secs(10));
    let counts = |outcomes: &str, millis: u64| {
        let rule = trip::min(3) & trip::failure_rate(1.0);
        let breaker = after(window, rule, outcomes, Hand(Arc::new(AtomicU64::new(7_500))));
        let is_in_time = millis * 1_000_000 < breaker.breaker().counts_until.load(Ordering::Relaxed);
        is_in_time && breaker.breaker().stripes().count(word(&breaker))
    };
    assert!(counts("ooo", 7_500) && counts("xooo", 7_999) && counts("ooooo", 0) && counts("ooox", 7_500));
    assert!(!counts("ooo", 8_000), "the bucket is over");
    assert!(!counts("oo", 7_500), "one more may be what the rule waits for");
}

#[test]
fn refusals_are_counted_in_the_state_that_refused() {
    let breaker = after(window::count(4), trip::failure_streak(2), "xx", Hand(Arc::default()));
    let open = word(&breaker);
    for refused in 0..3 {
        assert_eq!(breaker.snapshot().rejected, refused);
        assert!(breaker.acquire().is_err());
    }
    assert!(breaker.breaker().stripes().count(open.refusals()) && !breaker.breaker().stripes().count(open));
    breaker.force_open();
    assert!(!breaker.breaker().stripes().count(open.refusals()) && breaker.snapshot().rejected == 0);
    assert!(breaker.acquire().is_err());
    assert_eq!(breaker.snapshot().rejected, 1);
    breaker.reset();
    assert_eq!(breaker.snapshot().rejected, 0);
}
