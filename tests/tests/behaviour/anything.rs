//! The user's functions do anything to the breaker that calls them, in the middle of anything, on one thread or on several. Afterwards it
//! is as good as new: transitions follow one another, no wake-up is lost, no slot is missing, and both promises hold.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use fastrand::Rng;
#[cfg(feature = "chaos")]
use fluxgate::Fault;
use fluxgate::testing::ManualClock;
use fluxgate::{
    Changes, CircuitBreaker, Clock as _, Metrics, Outcome, OwnedCall, Saved, State, Transition, permit,
    retry, trip, window,
};
use fluxgate_tests::fixture::{Heard, millis, seconds, together};

/// What all threads of an episode act on.
struct Scene {
    breaker: CircuitBreaker,
    clock: ManualClock,
    heard: Heard,
    saved: Mutex<Option<Saved>>,
}

/// A thread, with the calls that it holds.
struct Actor {
    scene: Arc<Scene>,
    rng: RefCell<Rng>,
    held: RefCell<Vec<OwnedCall>>,
    waiting: RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>,
    woken: Arc<Woken>,
    /// How many of the user's functions are running within each other.
    depth: Cell<u32>,
    /// Whether they do anything.
    acts: Cell<bool>,
    done: RefCell<Vec<String>>,
}

thread_local! {
    static ACTOR: RefCell<Option<Rc<Actor>>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
        within("a waker");
    }
}

/// A user's function runs: it may do something to the breaker, and may panic.
fn within(place: &str) {
    let Some(actor) = ACTOR.with_borrow(Clone::clone) else { return };
    let acts = actor.acts.get() && actor.depth.get() < 3 && actor.rng.borrow_mut().u32(0..5) < 2;
    if !acts {
        return;
    }
    actor.depth.set(actor.depth.get() + 1);
    let ended = catch_unwind(AssertUnwindSafe(|| actor.act(place)));
    actor.depth.set(actor.depth.get() - 1);
    if ended.is_err() || actor.rng.borrow_mut().u32(0..12) == 0 {
        resume_unwind(Box::new(()));
    }
}

fn condition(metrics: &Metrics) -> bool {
    within("a condition");
    metrics.failures() >= 2
}

fn delay(_reopens: u32) -> Duration {
    within("a retry");
    seconds(10)
}

fn admits(_in_half_open: Duration) -> bool {
    within("a permit");
    true
}

fn rule(rng: &mut Rng) -> trip::Rule {
    let custom = || trip::custom(condition);
    match rng.u32(0..6) {
        0 => trip::min(2) & custom(),
        1 => trip::min(3) & trip::failure_rate(0.5) | trip::min(1) & custom() & trip::failures(1),
        2 => trip::failure_streak(3),
        3 => trip::min(2) & trip::failure_rate(0.9) | trip::in_flight(4),
        4 => trip::min(3) & custom() | trip::in_flight(3) & trip::failures(1),
        _ => trip::min(2) & trip::slow_rate(0.5, seconds(1)) | trip::failures(3),
    }
}

fn changes(rng: &mut Rng) -> Changes {
    let changes = Changes::new();
    match rng.u32(0..5) {
        0 => changes.trip(rule(rng)),
        1 => changes.retry(match rng.u32(0..5) {
            0 => retry::never(),
            1 => retry::always(),
            2 => retry::cooldown(seconds(5)),
            3 => retry::backoff(seconds(2)),
            _ => retry::custom(delay),
        }),
        2 => changes.permit(match rng.u32(0..3) {
            0 => permit::all(),
            1 => permit::ramp_up(0.1, 1.0, seconds(20)),
            _ => permit::custom(admits),
        }),
        3 if rng.bool() => changes.window(window::count(rng.usize(3..20))),
        3 => changes.window(window::time(seconds(rng.u64(1..30)))),
        _ => changes.max_half_open_calls(rng.u32(1..5)).half_open_timeout(seconds(rng.u64(2..100))),
    }
}

impl Actor {
    fn new(scene: Arc<Scene>, rng: Rng) -> Self {
        Self {
            scene,
            rng: RefCell::new(rng),
            held: RefCell::default(),
            waiting: RefCell::default(),
            woken: Arc::default(),
            depth: Cell::new(0),
            acts: Cell::new(true),
            done: RefCell::default(),
        }
    }

    fn act(&self, place: &str) {
        let Self { scene, .. } = self;
        let Scene { breaker, clock, saved, .. } = &**scene;
        let rng = &mut self.rng.borrow_mut().fork();
        let what = rng.u32(0..40);
        self.done.borrow_mut().push(format!("{place}: {what}, {}", breaker.state()));
        match what {
            0..=7 => {
                let call = breaker.acquire_owned();
                self.held.borrow_mut().extend(call);
            }
            8..=15 => self.end_one(rng),
            16 | 17 => {
                let _ = breaker.call(|| {
                    within("a body");
                    Err::<(), _>("down")
                });
            }
            18 => {
                let outcome = if rng.bool() { Outcome::Failure } else { Outcome::Success };
                breaker.record(outcome, Duration::ZERO);
            }
            19 => breaker.reset(),
            20 => breaker.trip(),
            21 => breaker.open_for(seconds(rng.u64(0..8))),
            22 => breaker.force_open(),
            23 => breaker.disable(),
            24 => breaker.metrics_only(),
            25 => breaker.half_open(),
            26 | 27 => {
                // Invalid settings change nothing.
                let _ = breaker.reconfigure(&changes(rng));
            }
            #[cfg(feature = "chaos")]
            28 => breaker.inject(Fault::lasting(seconds(4)).fail(0.5)).expect("valid"),
            #[cfg(feature = "chaos")]
            29 => breaker.clear_fault(),
            30 => breaker.count_calls(),
            31..=34 => clock.advance(millis(rng.u64(0..15_000))),
            35 => *saved.lock().expect("not poisoned") = breaker.snapshot().saved(),
            36 => {
                let saved = saved.lock().expect("not poisoned").clone();
                let _ = saved.map(|saved| breaker.restore(&saved).expect("the same name"));
            }
            _ => {
                let call = breaker.acquire();
                within("a call");
                drop((call, breaker.metrics(), breaker.snapshot()));
            }
        }
    }

    fn end_one(&self, rng: &mut Rng) {
        let held = self.held.borrow().len();
        if held == 0 {
            return;
        }
        let call = self.held.borrow_mut().swap_remove(rng.usize(0..held));
        match rng.u32(0..6) {
            0 | 1 => call.failure(),
            2 => call.success(),
            3 => call.ignore(),
            4 => call.failure_for(seconds(3)),
            _ => drop(call),
        }
    }

    /// Nothing that the breaker calls does anything meanwhile.
    fn quietly<R>(&self, work: impl FnOnce() -> R) -> R {
        let acts = self.acts.replace(false);
        let done = work();
        self.acts.set(acts);
        done
    }

    /// Waits until the breaker is ready. `was_due`: time alone may have made it so.
    fn wait(&self, was_due: bool) {
        let breaker = &self.scene.breaker;
        let waker = Waker::from(self.woken.clone());
        let context = &mut Context::from_waker(&waker);
        let was_woken = self.woken.0.swap(false, Ordering::Relaxed);
        let begun = self.waiting.take().and_then(|mut ready| match ready.as_mut().poll(context) {
            Poll::Pending => Some(ready),
            Poll::Ready(()) => {
                assert!(was_woken || was_due, "a wake-up was lost");
                None
            }
        });
        let waiting = begun.or_else(|| {
            let breaker = breaker.clone();
            let mut ready: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move { breaker.ready().await });
            ready.as_mut().poll(context).is_pending().then_some(ready)
        });
        *self.waiting.borrow_mut() = waiting;
    }
}

impl Scene {
    fn new(rng: &mut Rng) -> Self {
        let (clock, heard) = (ManualClock::new(), Heard::default());
        let listener = {
            let heard = heard.clone();
            move |transition: &Transition| {
                heard.push(transition.clone());
                within("a listener");
            }
        };
        let builder = CircuitBreaker::builder("anything").clock(clock.clone()).listener(listener);
        let builder = builder.retry(retry::custom(delay)).permit(permit::custom(admits));
        let built = std::iter::repeat_with(|| builder.clone().trip(rule(rng)).build()).find_map(Result::ok);
        Self { breaker: built.expect("some rules are valid"), clock, heard, saved: Mutex::default() }
    }

    /// Everything was delivered, once and in order.
    fn check_events(&self) {
        let heard = self.heard.all();
        for pair in heard.windows(2) {
            assert_eq!((pair[0].to, pair[1].missed), (pair[1].from, 0));
            assert!(pair[0].generation <= pair[1].generation);
        }
        let state = heard.last().map_or(State::Closed, |last| last.to);
        assert_eq!(state, self.breaker.state(), "something was not delivered");
    }

    /// A healthy service gets its traffic back, and a dead one is given up.
    fn check_promises(&self) {
        let Self { breaker, clock, .. } = self;
        #[cfg(feature = "chaos")]
        breaker.clear_fault();
        if matches!(breaker.state(), State::MetricsOnly | State::Disabled | State::ForcedOpen) {
            breaker.reset();
        }
        breaker.reconfigure(&Changes::new().retry(retry::cooldown(seconds(5)))).expect("valid");
        let (mut steps, mut in_a_row) = (0, 0);
        while in_a_row < 60 {
            clock.advance(millis(900));
            let admitted = breaker.acquire().map(fluxgate::Call::success);
            in_a_row = if admitted.is_ok() { in_a_row + 1 } else { 0 };
            steps += 1;
            assert!(steps < 2_000, "a healthy service should have its traffic back");
        }
        for _ in 0..3 {
            for calls in 0.. {
                clock.advance(millis(100));
                let _ = breaker.acquire().map(fluxgate::Call::failure);
                if breaker.state() == State::Open {
                    break;
                }
                assert!(calls < 2_000, "a dead service should be given up");
            }
            clock.advance(seconds(11));
            breaker.acquire().expect("due").failure();
        }
    }

    /// A trial has all of its slots.
    fn check_slots(&self) {
        let Self { breaker, .. } = self;
        breaker.reset();
        let changes =
            Changes::new().trip(trip::failure_streak(900)).permit(permit::all()).max_half_open_calls(3);
        breaker.reconfigure(&changes).expect("valid");
        breaker.half_open();
        let probes = [(); 3].map(|()| breaker.acquire_owned().expect("a slot"));
        assert!(breaker.acquire().is_err(), "there are only three");
        drop(probes);
    }
}

/// Some steps on each of several threads.
fn episode(seed: u64, threads: usize) {
    let mut rng = Rng::with_seed(seed);
    let scene = Arc::new(Scene::new(&mut rng));
    let seeds: Vec<u64> = (0..threads).map(|_| rng.u64(..)).collect();
    let held: Mutex<Vec<OwnedCall>> = Mutex::default();
    let act = |nth: usize| {
        let mut rng = Rng::with_seed(seeds[nth]);
        let steps = rng.u32(1..60);
        let actor = Rc::new(Actor::new(scene.clone(), rng));
        ACTOR.set(Some(actor.clone()));
        let acted = catch_unwind(AssertUnwindSafe(|| {
            for _ in 0..steps {
                let before = scene.clock.now();
                // Bodies and wakers may panic.
                let _ = catch_unwind(AssertUnwindSafe(|| actor.act("a thread")));
                if threads == 1 {
                    actor.quietly(|| {
                        scene.check_events();
                        actor.wait(scene.clock.now() != before || scene.breaker.is_due());
                    });
                }
            }
        }));
        actor.acts.set(false);
        if let Err(panic) = acted {
            eprintln!("seed {seed}: {}\n{:#?}", scene.breaker.settings(), actor.done);
            resume_unwind(panic);
        }
        actor.waiting.take();
        held.lock().unwrap_or_else(PoisonError::into_inner).append(&mut actor.held.borrow_mut());
        ACTOR.set(None);
    };
    if threads == 1 {
        act(0);
    } else {
        together(threads, act);
    }
    let held = held.into_inner().unwrap_or_else(PoisonError::into_inner);
    let checked = catch_unwind(AssertUnwindSafe(|| {
        scene.check_events();
        // The calls that are still held end now, or never.
        if rng.bool() {
            drop(held);
        } else {
            std::mem::forget(held);
        }
        scene.check_promises();
        scene.check_slots();
        scene.check_events();
    }));
    if let Err(panic) = checked {
        eprintln!("seed {seed}: {}\n{:#?}", scene.breaker.settings(), scene.breaker.snapshot());
        resume_unwind(panic);
    }
}

#[test]
fn on_one_thread() {
    // Tasks that wait need a timer.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let _entered = runtime.enter();
    (0..2_000).for_each(|seed| episode(seed, 1));
}

#[test]
fn on_three_threads() {
    (0..400).for_each(|seed| episode(seed, 3));
}
