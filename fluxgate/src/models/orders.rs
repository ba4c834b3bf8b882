//! Random calls of two threads: some order of them, consistent with what each thread knew of the other's, explains all figures.

use std::collections::HashSet;

use fastrand::Rng;
use fluxgate_rules::Metrics;

use super::journals::Ticking;
use super::*;
use crate::engine::word::StateWord;

/// The duration of a slow call. All others take next to nothing.
const SLOW: Duration = Duration::from_secs(100);

#[derive(Clone, Copy, Debug)]
enum Trips {
    Failures(u64),
    Streak(u64),
    Rate(u64, u64),
    SlowRate(u64, u64),
    Average(u64),
}

impl Trips {
    fn drawn(random: &mut Rng) -> Self {
        match random.u32(..5) {
            0 => Self::Failures(random.u64(2..7)),
            1 => Self::Streak(random.u64(2..20)),
            2 => Self::Rate(random.u64(1..6), random.u64(30..100)),
            3 => Self::SlowRate(random.u64(1..5), random.u64(30..100)),
            _ => Self::Average(random.u64(1..4)),
        }
    }

    fn rule(self) -> Rule {
        let share = |percent: u64| percent as f64 / 100.0;
        let min = |calls: u64| trip::min(calls as u32);
        match self {
            Self::Failures(number) => trip::failures(number as u32),
            Self::Streak(number) => trip::failure_streak(number as u32),
            Self::Rate(calls, percent) => min(calls) & trip::failure_rate(share(percent)),
            Self::SlowRate(calls, percent) => min(calls) & trip::slow_rate(share(percent), SLOW / 2),
            Self::Average(calls) => min(calls) & trip::avg_latency(SLOW * 3 / 10),
        }
    }

    fn holds(self, World { window, streak, .. }: &World) -> bool {
        let total = window.len() as u64;
        let count = |is: fn(&(bool, bool)) -> bool| window.iter().filter(|call| is(call)).count() as u64;
        let (failures, slow) = (count(|call| call.0), count(|call| call.1));
        match self {
            Self::Failures(number) => failures >= number,
            Self::Streak(number) => *streak >= number,
            Self::Rate(calls, percent) => total >= calls && failures * 100 >= total * percent,
            Self::SlowRate(calls, percent) => total >= calls && slow * 100 >= total * percent,
            Self::Average(calls) => total >= calls && slow * 10 >= total * 3,
        }
    }
}

/// Total, failures and streak.
type Figures = (u64, u64, u64);

/// What a thread did, or saw.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A call was admitted, or refused.
    Asked(bool),
    /// It ended: whether it failed, and whether it was slow.
    Ended(bool, bool),
    Looked(Figures),
}

/// A step, and how many steps of the other thread are known to have come before.
#[derive(Clone, Copy, Debug)]
struct Known(Step, usize);

/// A naive breaker, and how far the threads have come.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct World {
    steps: [usize; 2],
    window: Vec<(bool, bool)>,
    streak: u64,
    /// The thread whose call has made the rule hold: it has frozen the window, and is about to change the state.
    opening: Option<usize>,
    open: bool,
    late: u64,
}

impl World {
    fn figures(&self) -> Figures {
        let failures = self.window.iter().filter(|call| call.0).count();
        (self.window.len() as u64, failures as u64, self.streak)
    }

    /// Whether the step of this thread can come next. Takes it.
    fn take(&mut self, thread: usize, step: Step, trips: Trips, size: usize) -> bool {
        self.steps[thread] += 1;
        match step {
            Step::Asked(admitted) => return admitted != self.open,
            Step::Looked(figures) => return self.opening.is_none() && self.figures() == figures,
            Step::Ended(..) if self.open || self.opening.is_some() => self.late += 1,
            Step::Ended(failed, slow) => {
                self.window.push((failed, slow));
                let forgotten = self.window.len().saturating_sub(size);
                self.window.drain(..forgotten);
                self.streak = if failed { self.streak + 1 } else { 0 };
                self.opening = trips.holds(self).then_some(thread);
            }
        }
        true
    }
}

struct Trace {
    trips: Trips,
    size: usize,
    threads: [Vec<Known>; 2],
    /// The figures in the end, whether the breaker is open, and how many calls were late.
    end: (Figures, bool, u64),
}

impl Trace {
    /// Looks for an order of what is left of the trace. Returns whether there is one.
    fn find_order(&self, world: World, tried: &mut HashSet<World>) -> bool {
        if !tried.insert(world.clone()) {
            return false;
        }
        if let Some(thread) = world.opening {
            let opened = World { opening: None, open: true, ..world.clone() };
            if self.find_order(opened, tried) {
                return true;
            }
            // Only the other thread can come first, and only while it does not know that this call has returned.
            return self.goes_on(world, 1 - thread, tried);
        }
        if (0..2).all(|thread| world.steps[thread] == self.threads[thread].len()) {
            return (world.figures(), world.open, world.late) == self.end;
        }
        (0..2).any(|thread| self.goes_on(world.clone(), thread, tried))
    }

    fn goes_on(&self, mut world: World, thread: usize, tried: &mut HashSet<World>) -> bool {
        let Some(&Known(step, others)) = self.threads[thread].get(world.steps[thread]) else { return false };
        let done = world.steps[1 - thread] - usize::from(world.opening.is_some());
        others <= done && world.take(thread, step, self.trips, self.size) && self.find_order(world, tried)
    }
}

/// What threads tell each other, and what they saw.
struct Shared {
    breaker: Arc<Breaker>,
    done: [AtomicU64; 2],
    seen: Log<[Vec<Known>; 2]>,
}

impl Shared {
    /// Makes these calls, each of which fails or not and is slow or not. `None` looks at the figures instead.
    fn play(&self, thread: usize, calls: &[Option<(bool, bool)>]) {
        for call in calls {
            let others = self.done[1 - thread].load(Ordering::Acquire) as usize;
            let note = |step| self.seen.lock().unwrap()[thread].push(Known(step, others));
            match call.map(|call| (call, admit(&self.breaker))) {
                None => note(Step::Looked(figures(&self.breaker.metrics()))),
                Some((_, None)) => note(Step::Asked(false)),
                Some(((failed, slow), Some(word))) => {
                    note(Step::Asked(true));
                    let began = if word.is_timed() { self.breaker.now() } else { 0 };
                    let start = if slow { began.saturating_sub(SLOW.as_nanos() as u64) } else { began };
                    let outcome = if failed { Outcome::Failure } else { Outcome::Success };
                    recording::record(&self.breaker, word, start, outcome);
                    note(Step::Ended(failed, slow));
                }
            }
            let done = self.seen.lock().unwrap()[thread].len();
            self.done[thread].store(done as u64, Ordering::Release);
        }
    }
}

fn figures(metrics: &Metrics) -> Figures {
    (metrics.total(), metrics.failures(), u64::from(metrics.failure_streak()))
}

/// The word of a closed breaker, under which a call would be admitted.
fn admit(breaker: &Breaker) -> Option<StateWord> {
    loop {
        let word = breaker.word();
        if !word.is_changing() {
            return (word.state() == State::Closed).then_some(word);
        }
        drop(breaker.lock());
    }
}

fn drawn(random: &mut Rng, length: usize, failing: f64) -> Vec<Option<(bool, bool)>> {
    let call = |random: &mut Rng| (random.f64() < failing, random.u32(..5) == 0);
    (0..length).map(|_| (random.u32(..8) > 0).then(|| call(random))).collect()
}

/// Plays a random trace in all interleavings.
fn play(seed: u64) {
    let mut random = Rng::with_seed(seed);
    let trips = Trips::drawn(&mut random);
    let size = [1, 2, 3, 5, 9, 30][random.usize(..6)];
    let (is_of_time, is_split, is_fast) = (random.u32(..3) == 0, random.bool(), random.bool());
    let window = if is_of_time { window::time(Duration::from_secs(3_000)) } else { window::count(size) };
    let size = if is_of_time { usize::MAX } else { size };
    let settings = move || {
        let retry = retry::cooldown(Duration::from_secs(1_000_000));
        settings(window, trips.rule(), retry, permit::all())
    };
    if settings().check(true).is_err() {
        return;
    }
    let [before, during] = [(); 2].map(|()| [0.0, 0.3, 0.9, 1.0][random.usize(..4)]);
    let first = drawn(&mut random, 8, before);
    let calls = [(); 2].map(|()| drawn(&mut random, 2, during));
    check_up_to(2, move || {
        let breaker = timed(settings(), Ticking(AtomicU64::new(1_000_000)));
        if is_split {
            breaker.stripes().split();
        }
        if is_fast {
            breaker.lock().journals.pace.hurry();
        }
        let shared = Arc::new(Shared {
            breaker: breaker.clone(),
            done: [(); 2].map(|()| AtomicU64::new(0)),
            seen: Log::new([vec![], vec![]]),
        });
        shared.play(0, &first);
        let (theirs, their_calls) = (shared.clone(), calls[1].clone());
        let other = thread::spawn(move || theirs.play(1, &their_calls));
        shared.play(0, &calls[0]);
        other.join().unwrap();
        let snapshot = handle(&breaker).snapshot();
        let threads = shared.seen.lock().unwrap().clone();
        let end = (figures(&snapshot.metrics), snapshot.state == State::Open, snapshot.late);
        let trace = Trace { trips, size, threads, end };
        let is_found = trace.find_order(World::default(), &mut HashSet::new());
        assert!(is_found, "seed {seed}: {trips:?}, size {size}, {:?}, {:?}", trace.threads, trace.end);
    });
}

#[test]
fn some_order_explains_what_two_threads_saw() {
    (0..60).for_each(play);
}
