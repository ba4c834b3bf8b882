//! Tasks that make calls within calls, of three breakers: polled on any thread, joined, raced, spawned, cancelled, leaked, and panicking.
//! Which calls are admitted, and what is counted, agrees with a naive model.

use std::cell::RefCell;
use std::collections::HashSet;
use std::future::{Future, pending, poll_fn, ready};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread;

use fastrand::Rng;
#[cfg(feature = "chaos")]
use fluxgate::Fault;
use fluxgate::testing::ManualClock;
use fluxgate::{Changes, CircuitBreaker, Error, Outcome, OwnedCall, State, permit, trip, window};
#[cfg(feature = "chaos")]
use fluxgate_tests::fixture::seconds;
use fluxgate_tests::futures::{pause, poll};

type Task = Pin<Box<dyn Future<Output = Result<(), ()>> + Send>>;

/// What a task does.
struct Script {
    steps: Vec<Step>,
    end: End,
    /// When it is dropped as the body of a call, it makes a call of this breaker.
    last: Option<usize>,
}

/// What a task does next. The first number is that of a breaker.
enum Step {
    Pause,
    /// A call whose future is awaited.
    Await(usize, Script),
    /// A call whose body is polled once.
    Call(usize, Script),
    /// A call that is reported by hand.
    Hold(usize),
    Join(Vec<Script>),
    Race(Vec<Script>),
    Spawn(Script),
    Command(usize, Command),
}

#[derive(Clone, Copy)]
enum Command {
    HalfOpen,
    Reset,
    ForceOpen,
    MetricsOnly,
    Disable,
    Slots(u32),
    Rule(u32),
    CountCalls,
    #[cfg(feature = "chaos")]
    Fault(bool),
}

#[derive(Clone, Copy)]
enum End {
    Succeed,
    Fail,
    Panic,
    Hang,
}

/// The panic of a script.
struct Scripted;

/// A naive model of a breaker whose rule never holds and whose trial never ends.
struct Model {
    breaker: CircuitBreaker,
    /// Whether its rule asks for running calls.
    is_tracked: bool,
    state: State,
    generation: u64,
    /// The numbers of the running calls, where the breaker counts them.
    running: HashSet<u64>,
    slots: u32,
    is_faulty: bool,
    calls: u64,
    failures: u64,
    late: u64,
    on_panic: Outcome,
    on_cancel: Outcome,
}

/// A call, according to the model.
struct Begun {
    world: Arc<World>,
    breaker: usize,
    number: u64,
    answer: Answer,
}

/// The model's answer to a call, with the generation if the call will have an outcome.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Answer {
    /// By the breaker, or by a fault.
    Refused,
    /// Nothing of it is recorded: it is part of another call, or the breaker is disabled.
    Unrecorded,
    Admitted(u64),
    /// Admitted, and counted as running.
    Running(u64),
}

#[derive(Default)]
struct World {
    models: Mutex<Vec<Model>>,
    calls: Mutex<u64>,
    spawned: Mutex<Vec<Task>>,
}

thread_local! {
    /// The running calls whose bodies this thread is in, by breaker and generation.
    static WITHIN: RefCell<Vec<(usize, u64)>> = const { RefCell::new(Vec::new()) };
}

impl Model {
    fn new(rng: &mut Rng, is_tracked: bool) -> Self {
        let outcome = |rng: &mut Rng| if rng.bool() { Outcome::Failure } else { Outcome::Ignored };
        let (on_panic, on_cancel, slots) = (outcome(rng), outcome(rng), rng.u32(1..4));
        let breaker = CircuitBreaker::builder("tasks")
            .window(window::count(1_000))
            .trip(rule(0, is_tracked))
            .permit(permit::all())
            .max_half_open_calls(slots)
            .on_panic(on_panic)
            .on_cancel(on_cancel)
            .clock(ManualClock::new())
            .build()
            .expect("valid");
        let (running, state) = (HashSet::new(), State::Closed);
        let (generation, calls, failures, late, is_faulty) = (0, 0, 0, 0, false);
        Self {
            breaker,
            is_tracked,
            state,
            generation,
            running,
            slots,
            is_faulty,
            calls,
            failures,
            late,
            on_panic,
            on_cancel,
        }
    }

    fn begin(&mut self, breaker: usize, number: u64) -> Answer {
        let is_within = WITHIN.with_borrow(|within| within.contains(&(breaker, self.generation)));
        let answer = match self.state {
            State::Disabled => return Answer::Unrecorded,
            State::HalfOpen if is_within => return Answer::Unrecorded,
            State::HalfOpen if self.running.len() < self.slots as usize => Answer::Running(self.generation),
            State::Closed | State::MetricsOnly if self.is_tracked && !is_within => {
                Answer::Running(self.generation)
            }
            State::Closed | State::MetricsOnly => Answer::Admitted(self.generation),
            _ => return Answer::Refused,
        };
        if self.is_faulty {
            self.record(self.generation, Outcome::Failure);
            return Answer::Refused;
        }
        if let Answer::Running(_) = answer {
            self.running.insert(number);
        }
        answer
    }

    fn record(&mut self, generation: u64, outcome: Outcome) {
        if outcome == Outcome::Ignored {
            return;
        }
        if generation == self.generation {
            self.calls += 1;
            self.failures += u64::from(outcome == Outcome::Failure);
        } else {
            self.late += 1;
        }
    }

    fn change(&mut self, state: State) {
        (self.state, self.generation) = (state, self.generation + 1);
        (self.calls, self.failures) = (0, 0);
        self.running.clear();
    }

    fn command(&mut self, command: Command) {
        let breaker = &self.breaker;
        let state = match command {
            Command::HalfOpen => {
                breaker.half_open();
                State::HalfOpen
            }
            Command::Reset => {
                breaker.reset();
                return self.change(State::Closed);
            }
            Command::ForceOpen => {
                breaker.force_open();
                State::ForcedOpen
            }
            Command::MetricsOnly => {
                breaker.metrics_only();
                State::MetricsOnly
            }
            Command::Disable => {
                breaker.disable();
                State::Disabled
            }
            Command::Slots(slots) => {
                breaker.reconfigure(&Changes::new().max_half_open_calls(slots)).expect("valid");
                self.slots = slots;
                return;
            }
            Command::Rule(more) => {
                let before = breaker.settings();
                breaker.reconfigure(&Changes::new().trip(rule(more, self.is_tracked))).expect("valid");
                if breaker.settings() != before {
                    self.generation += 1;
                    self.running.clear();
                    if self.state == State::HalfOpen {
                        (self.calls, self.failures) = (0, 0);
                    }
                }
                return;
            }
            Command::CountCalls => return breaker.count_calls(),
            #[cfg(feature = "chaos")]
            Command::Fault(begins) => {
                if begins {
                    breaker.inject(Fault::lasting(seconds(60)).fail(1.0)).expect("valid");
                } else {
                    breaker.clear_fault();
                }
                self.is_faulty = begins;
                return;
            }
        };
        if state != self.state {
            self.change(state);
        }
    }

    #[track_caller]
    fn check(&self) {
        let (state, snapshot) = (self.state, self.breaker.snapshot());
        assert_eq!((snapshot.state, snapshot.totals.late), (state, self.late));
        if matches!(state, State::Disabled | State::ForcedOpen) {
            return;
        }
        let (running, metrics) = (self.running.len(), snapshot.metrics);
        assert_eq!((metrics.total(), metrics.failures()), (self.calls, self.failures), "{state}");
        assert_eq!(metrics.in_flight(), self.is_tracked.then_some(running as u64), "{state}");
        if state == State::HalfOpen && !self.is_faulty {
            let free = (self.slots as usize).saturating_sub(running);
            let held: Vec<_> = (0..free).map(|_| self.breaker.acquire_owned().expect("a slot")).collect();
            assert!(self.breaker.acquire().is_err(), "all slots should be taken");
            held.into_iter().for_each(OwnedCall::ignore);
        }
    }
}

/// Rules that differ by `more`, and measure the same.
fn rule(more: u32, is_tracked: bool) -> trip::Rule {
    let rule = trip::min(900 + more) & trip::failure_rate(1.0);
    if is_tracked { rule | trip::in_flight(900) } else { rule }
}

impl World {
    fn with<R>(&self, breaker: usize, look: impl FnOnce(&mut Model) -> R) -> R {
        look(&mut self.models.lock().unwrap_or_else(PoisonError::into_inner)[breaker])
    }

    fn breaker(&self, number: usize) -> CircuitBreaker {
        self.with(number, |model| model.breaker.clone())
    }

    /// Begins a call of the model, just before the real one.
    fn begin(self: &Arc<Self>, breaker: usize) -> Begun {
        let mut calls = self.calls.lock().expect("not poisoned");
        *calls += 1;
        let number = *calls;
        Begun {
            world: self.clone(),
            breaker,
            number,
            answer: self.with(breaker, |model| model.begin(breaker, number)),
        }
    }
}

impl Begun {
    fn is_refused(&self) -> bool {
        self.answer == Answer::Refused
    }

    /// Ends the call of the model, just before the real one.
    fn end(&mut self, outcome: impl FnOnce(&Model) -> Outcome) {
        let answer = mem::replace(&mut self.answer, Answer::Refused);
        if let Answer::Admitted(generation) | Answer::Running(generation) = answer {
            self.world.with(self.breaker, |model| {
                model.running.remove(&self.number);
                model.record(generation, outcome(model));
            });
        }
    }

    /// Runs a part of the call's body. If that returns a result, or panics, the call is over.
    fn run(&mut self, part: impl FnOnce() -> Poll<Result<(), ()>>) -> Poll<Result<(), ()>> {
        let mark = match self.answer {
            Answer::Running(generation) => Some((self.breaker, generation)),
            _ => None,
        };
        WITHIN.with_borrow_mut(|within| within.extend(mark));
        let ended = catch_unwind(AssertUnwindSafe(part));
        if mark.is_some() {
            WITHIN.with_borrow_mut(Vec::pop);
        }
        match ended {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(result)) => {
                self.end(|_| if result.is_ok() { Outcome::Success } else { Outcome::Failure });
                Poll::Ready(result)
            }
            Err(panic) => {
                self.end(|model| model.on_panic);
                resume_unwind(panic)
            }
        }
    }
}

/// The body of a call that is awaited.
struct Body {
    begun: Begun,
    task: Task,
    last: Option<usize>,
}

impl Future for Body {
    type Output = Result<(), ()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { begun, task, .. } = &mut *self;
        assert!(!begun.is_refused(), "it should not run");
        begun.run(|| task.as_mut().poll(context))
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some(last) = self.last
            && !thread::panicking()
        {
            call(&self.begun.world, last, Script { steps: Vec::new(), end: End::Succeed, last: None });
        }
        // The calls within it end before it does.
        self.task = Box::pin(ready(Ok(())));
        self.begun.end(|model| model.on_cancel);
    }
}

/// A call that is reported by hand.
struct Held {
    begun: Begun,
    call: Option<OwnedCall>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.begun.end(|model| if thread::panicking() { model.on_panic } else { model.on_cancel });
            drop(call);
        }
    }
}

/// A call whose body is polled once. Its panics go no further.
fn call(world: &Arc<World>, number: usize, script: Script) {
    let (breaker, mut begun) = (world.breaker(number), world.begin(number));
    let was_refused = begun.is_refused();
    let called = catch_unwind(AssertUnwindSafe(|| {
        breaker.call(|| {
            assert!(!was_refused, "it should not run");
            let once = || match poll(run(world.clone(), script).as_mut()) {
                Poll::Pending => Ok(()),
                Poll::Ready(result) => result,
            };
            match begun.run(|| Poll::Ready(once())) {
                Poll::Ready(result) => result,
                Poll::Pending => Ok(()),
            }
        })
    }));
    match called {
        Ok(result) => assert_eq!(matches!(result, Err(Error::NotPermitted(_))), was_refused),
        Err(panic) if panic.is::<Scripted>() => {}
        Err(panic) => resume_unwind(panic),
    }
}

fn run(world: Arc<World>, script: Script) -> Task {
    Box::pin(async move {
        let mut held: Vec<Held> = Vec::new();
        for step in script.steps {
            match step {
                Step::Pause => pause().await,
                Step::Await(number, script) => {
                    let (breaker, begun) = (world.breaker(number), world.begin(number));
                    let was_refused = begun.is_refused();
                    let last = script.last.filter(|_| !was_refused);
                    let result =
                        breaker.call_async(Body { begun, task: run(world.clone(), script), last }).await;
                    assert_eq!(matches!(result, Err(Error::NotPermitted(_))), was_refused);
                }
                Step::Call(number, script) => call(&world, number, script),
                Step::Hold(number) => {
                    let (breaker, begun) = (world.breaker(number), world.begin(number));
                    let call = breaker.acquire_owned().ok();
                    assert_eq!(call.is_none(), begun.is_refused());
                    held.push(Held { begun, call });
                }
                Step::Join(scripts) => {
                    let mut tasks: Vec<Task> =
                        scripts.into_iter().map(|script| run(world.clone(), script)).collect();
                    poll_fn(|context| {
                        tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
                        if tasks.is_empty() { Poll::Ready(()) } else { Poll::Pending }
                    })
                    .await;
                }
                Step::Race(scripts) => {
                    let mut tasks: Vec<Task> =
                        scripts.into_iter().map(|script| run(world.clone(), script)).collect();
                    poll_fn(|context| {
                        let is_over = tasks.iter_mut().any(|task| task.as_mut().poll(context).is_ready());
                        if is_over { Poll::Ready(()) } else { Poll::Pending }
                    })
                    .await;
                }
                Step::Spawn(script) => {
                    let task = run(world.clone(), script);
                    world.spawned.lock().expect("not poisoned").push(task);
                }
                Step::Command(number, command) => world.with(number, |model| model.command(command)),
            }
        }
        for (mut held, outcome) in
            held.into_iter().zip([Outcome::Success, Outcome::Failure, Outcome::Ignored])
        {
            if let Some(call) = held.call.take() {
                held.begun.end(|_| outcome);
                call.record(outcome);
            }
        }
        match script.end {
            End::Succeed => Ok(()),
            End::Fail => Err(()),
            End::Panic => resume_unwind(Box::new(Scripted)),
            End::Hang => pending().await,
        }
    })
}

fn script(rng: &mut Rng, depth: u32) -> Script {
    let steps = (0..rng.u32(0..4)).map(|_| step(rng, depth)).collect();
    let end = match rng.u32(0..10) {
        0..=4 => End::Succeed,
        5..=7 => End::Fail,
        8 => End::Panic,
        _ => End::Hang,
    };
    Script { steps, end, last: (rng.u32(0..6) == 0).then(|| rng.usize(0..3)) }
}

fn step(rng: &mut Rng, depth: u32) -> Step {
    let number = rng.usize(0..3);
    let deeper = depth.saturating_sub(1);
    let some = |rng: &mut Rng| (0..rng.u32(1..4)).map(|_| script(rng, deeper)).collect();
    match rng.u32(0..20) {
        0..=2 => Step::Pause,
        3..=6 => Step::Command(number, command(rng)),
        7 => Step::Hold(number),
        _ if depth == 0 => Step::Pause,
        8..=13 => Step::Await(number, script(rng, deeper)),
        14 | 15 => Step::Call(number, script(rng, deeper)),
        16 => Step::Join(some(rng)),
        17 | 18 => Step::Race(some(rng)),
        _ => Step::Spawn(script(rng, deeper)),
    }
}

fn command(rng: &mut Rng) -> Command {
    match rng.u32(0..13) {
        0 => Command::Reset,
        1 => Command::ForceOpen,
        2 => Command::MetricsOnly,
        3 => Command::Disable,
        4 => Command::Slots(rng.u32(1..5)),
        5 => Command::Rule(rng.u32(0..3)),
        6 => Command::CountCalls,
        #[cfg(feature = "chaos")]
        7 => Command::Fault(true),
        #[cfg(feature = "chaos")]
        8 => Command::Fault(false),
        _ => Command::HalfOpen,
    }
}

type Work = Box<dyn FnOnce() + Send>;

/// Does the work on this thread or on another one, and waits for it.
fn somewhere<R: Send + 'static>(
    rng: &mut Rng,
    others: &[Sender<Work>],
    work: impl FnOnce() -> R + Send + 'static,
) -> R {
    let Some(other) = others.get(rng.usize(0..=others.len())) else { return work() };
    let (sender, receiver) = channel();
    let work = move || drop(sender.send(catch_unwind(AssertUnwindSafe(work))));
    other.send(Box::new(work)).expect("it runs");
    receiver.recv().expect("it answers").unwrap_or_else(|panic| resume_unwind(panic))
}

fn episode(rng: &mut Rng, others: &[Sender<Work>]) {
    let world = Arc::new(World::default());
    *world.models.lock().expect("new") = (0..3).map(|number| Model::new(rng, number == 2)).collect();
    let mut tasks: Vec<Task> = (0..rng.u32(1..6)).map(|_| run(world.clone(), script(rng, 3))).collect();
    for _ in 0..60 {
        tasks.append(&mut world.spawned.lock().expect("not poisoned"));
        if tasks.is_empty() {
            break;
        }
        let mut task = tasks.swap_remove(rng.usize(0..tasks.len()));
        match rng.u32(0..20) {
            0 => mem::forget(task),
            1 => somewhere(rng, others, || drop(task)),
            _ => tasks.extend(somewhere(rng, others, || {
                match catch_unwind(AssertUnwindSafe(|| poll(task.as_mut()))) {
                    Ok(Poll::Pending) => Some(task),
                    Ok(Poll::Ready(_)) => None,
                    Err(panic) if panic.is::<Scripted>() => None,
                    Err(panic) => resume_unwind(panic),
                }
            })),
        }
        (0..3).for_each(|number| world.with(number, |model| model.check()));
    }
    drop(tasks);
    (0..3).for_each(|number| world.with(number, |model| model.check()));
}

#[test]
fn agree_with_a_naive_model() {
    let other = |_| {
        let (sender, receiver) = channel::<Work>();
        thread::spawn(move || receiver.into_iter().for_each(|work| work()));
        sender
    };
    let others: Vec<Sender<Work>> = (0..2).map(other).collect();
    for seed in 0..2_000 {
        let rng = &mut Rng::with_seed(seed);
        let ended = catch_unwind(AssertUnwindSafe(|| episode(rng, &others)));
        ended.unwrap_or_else(|panic| {
            eprintln!("seed {seed}");
            resume_unwind(panic);
        });
    }
}
