//! A family and its naive model agree after every step of arbitrary sequences.

use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Keyed, OnCancel, Outcome, OwnedCall, State, find};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::select;

use fluxgate_tests::fixture::{alone, millis, seconds};
use fluxgate_tests::reference::{Call, Change, Ending, Family, Permit, Retry, Rule, Settings, Window};
use fluxgate_tests::sequence::give;
use fluxgate_tests::time::Time;
#[cfg(feature = "tokio")]
use fluxgate_tests::time::by_the_clock_of_the_process;

const KEYS: u32 = 12;
const KEY_IDLE: Duration = seconds(60);

#[derive(Clone, Debug)]
enum Step {
    Advance(Duration),
    /// Time passes until the breaker of a key is due for eviction.
    UntilIdle(u32),
    /// A call for a key that is over before anything else happens.
    Call(u32, Outcome, Duration),
    /// The breaker of a key is asked for, and the handle is kept.
    Hold(u32),
    /// A call for a key that a later `End` ends.
    Begin(u32),
    /// Something that is held is used, or a call ends, with this outcome.
    End(usize, Outcome),
    /// Something that is held is let go.
    Release(usize),
    /// All breakers are listed.
    List,
    Remove(u32),
    /// A command to all breakers.
    Command(State),
    /// A command to the breaker of a key, if it has one.
    CommandOne(u32, State),
    /// A command to the breaker that keys share.
    CommandShared(State),
    /// A new setting for all breakers, if it fits all.
    Reconfigure(Change),
    /// A new setting for the breaker of a key, if it has one.
    ReconfigureOne(u32, Change),
}

/// What keeps a breaker, with its number in the model.
enum Held {
    Handle(CircuitBreaker, usize),
    Call(OwnedCall, Call, usize),
}

struct Subject<'a> {
    clock: &'a dyn Time,
    real: Keyed<u32>,
    model: Family,
    held: Vec<Held>,
}

impl<'a> Subject<'a> {
    fn new(clock: &'a dyn Time, notes_each_use: bool, settings: &Settings, max_keys: usize) -> Self {
        let family = clock.set(settings.builder()).keyed();
        let real = family.max_keys(max_keys).key_idle(KEY_IDLE).build().expect("valid");
        let model = Family::new(settings.clone(), notes_each_use, max_keys, KEY_IDLE, clock.now());
        Self { clock, real, model, held: Vec::new() }
    }

    /// The keys that have breakers, which is found out without using or evicting any.
    fn keys(&self) -> Vec<u32> {
        (0..KEYS).filter(|key| self.real.existing(key).is_some()).collect()
    }

    fn get(&mut self, key: u32) -> (CircuitBreaker, usize) {
        let breaker = self.real.get(&key);
        let number = self.model.get(key, &self.keys(), self.clock.now());
        let shared = if number == Family::SHARED { "" } else { &format!("{{{key}}}") };
        assert_eq!(breaker.name(), format!("reference{shared}"));
        (breaker, number)
    }

    fn begin(&mut self, breaker: &CircuitBreaker, number: usize) -> Option<(OwnedCall, Call)> {
        let now = self.clock.now();
        let real = breaker.acquire_owned();
        match (real, self.model.breakers[number].breaker.acquire(now, true, true)) {
            (Ok(real), Ok(modelled)) => Some((real, modelled)),
            (Err(refusal), Err(expected)) => {
                assert_eq!(refusal.state(), expected.state);
                None
            }
            (real, modelled) => panic!("admitted {real:?}, but should have {modelled:?}"),
        }
    }

    fn call(&mut self, breaker: &CircuitBreaker, number: usize, outcome: Outcome, took: Duration) {
        if let Some((real, modelled)) = self.begin(breaker, number) {
            self.clock.advance(took);
            real.record(outcome);
            let now = self.clock.now();
            self.model.breakers[number].breaker.finish(now, modelled, Ending::Reported(outcome));
        }
    }

    fn hold(&mut self, held: Held) {
        let (Held::Handle(_, number) | Held::Call(.., number)) = &held;
        self.model.breakers[*number].holders += 1;
        self.held.push(held);
    }

    fn take(&mut self, which: usize) -> Option<Held> {
        let which = which.checked_rem(self.held.len())?;
        let held = self.held.swap_remove(which);
        let (Held::Handle(_, number) | Held::Call(.., number)) = &held;
        self.model.breakers[*number].holders -= 1;
        Some(held)
    }

    fn take_step(&mut self, step: &Step) {
        match *step {
            Step::Advance(duration) => self.clock.advance(duration),
            Step::UntilIdle(key) => {
                let left = self.model.idle_at(key).and_then(|idle_at| idle_at.checked_sub(self.clock.now()));
                self.clock.advance(left.unwrap_or_default());
            }
            Step::Call(key, outcome, took) => {
                let (breaker, number) = self.get(key);
                self.call(&breaker, number, outcome, took);
            }
            Step::Hold(key) => {
                let (breaker, number) = self.get(key);
                self.hold(Held::Handle(breaker, number));
            }
            Step::Begin(key) => {
                let (breaker, number) = self.get(key);
                if let Some((real, modelled)) = self.begin(&breaker, number) {
                    self.hold(Held::Call(real, modelled, number));
                }
            }
            Step::End(which, outcome) => match self.take(which) {
                Some(Held::Handle(breaker, number)) => {
                    self.call(&breaker, number, outcome, Duration::ZERO);
                    self.hold(Held::Handle(breaker, number));
                }
                Some(Held::Call(real, modelled, number)) => {
                    real.record(outcome);
                    let now = self.clock.now();
                    self.model.breakers[number].breaker.finish(now, modelled, Ending::Reported(outcome));
                }
                None => {}
            },
            Step::Release(which) => {
                if let Some(Held::Call(real, modelled, number)) = self.take(which) {
                    drop(real);
                    let now = self.clock.now();
                    self.model.breakers[number].breaker.finish(now, modelled, Ending::Cancelled);
                }
            }
            Step::List => {
                let mut listed: Vec<u32> = self.real.iter().map(|(key, _)| key).collect();
                listed.sort_unstable();
                self.model.list(&listed, self.clock.now());
                assert!(
                    listed.iter().eq(self.model.keys.keys()),
                    "listed {listed:?} instead of {:?}",
                    self.model.keys
                );
                assert_eq!(self.real.len(), listed.len());
            }
            Step::Remove(key) => {
                let removed = self.real.remove(&key);
                assert_eq!(removed.is_some(), self.model.keys.remove(&key).is_some());
            }
            Step::Command(to) => {
                match to {
                    State::ForcedOpen => self.real.force_open(),
                    State::Disabled => self.real.disable(),
                    State::MetricsOnly => self.real.metrics_only(),
                    _ => self.real.reset(),
                }
                self.model.command(to, &self.keys(), self.clock.now());
            }
            Step::CommandOne(key, to) => {
                if let Some(breaker) = self.real.existing(&key) {
                    self.command(&breaker, self.model.keys[&key], to);
                }
            }
            Step::Reconfigure(ref change) => {
                if self.real.reconfigure(&change.build()).is_ok() {
                    self.model.reconfigure(change, &self.keys(), self.clock.now());
                } else {
                    self.model.list(&self.keys(), self.clock.now());
                }
            }
            Step::ReconfigureOne(key, ref change) => {
                if let Some(breaker) = self.real.existing(&key)
                    && breaker.reconfigure(&change.build()).is_ok()
                {
                    let number = self.model.keys[&key];
                    self.model.breakers[number].breaker.change(self.clock.now(), change);
                }
            }
            Step::CommandShared(to) => self.command(&self.real.overflow(), Family::SHARED, to),
        }
    }

    fn command(&mut self, breaker: &CircuitBreaker, number: usize, to: State) {
        let now = self.clock.now();
        give(to, breaker, &mut self.model.breakers[number].breaker, now);
    }

    fn compare(&self) {
        assert!(
            self.keys().iter().eq(self.model.keys.keys()),
            "{:?} instead of {:?}",
            self.keys(),
            self.model.keys
        );
        let shared = (self.real.overflow(), Family::SHARED);
        let own = self
            .model
            .keys
            .iter()
            .map(|(key, number)| (self.real.existing(key).expect("it has one"), *number));
        let handles = self.held.iter().filter_map(|held| match held {
            Held::Handle(breaker, number) => Some((breaker.clone(), *number)),
            Held::Call(..) => None,
        });
        for (breaker, number) in own.chain(handles).chain([shared]) {
            let model = &self.model.breakers[number].breaker;
            let (snapshot, expected) = (breaker.snapshot(), model.evidence(self.clock.now()));
            let metrics = snapshot.metrics;
            let name = breaker.name();
            assert_eq!(snapshot.state, model.state, "{name}");
            assert_eq!(snapshot.rejected, model.rejected, "{name}");
            assert_eq!(
                (metrics.total(), metrics.failures(), metrics.failure_streak() as usize),
                (expected.total(), expected.failures(), expected.streak),
                "{name}"
            );
        }
        for key in (0..KEYS).filter(|key| !self.model.keys.contains_key(key)) {
            let is_held = self.held.iter().any(|held| match held {
                Held::Handle(breaker, _) => breaker.name() == format!("reference{{{key}}}"),
                Held::Call(call, ..) => format!("{call:?}").contains(&format!("{{{key}}}")),
            });
            assert!(is_held || find(&format!("reference{{{key}}}")).is_none(), "{key} is gone");
        }
    }
}

fn rule() -> impl Strategy<Value = Rule> {
    select(vec![
        Rule::FailureStreak(2),
        Rule::Failures(2),
        Rule::All(vec![Rule::Min(3), Rule::FailureRate(500)]),
        Rule::All(vec![Rule::Min(2), Rule::SlowRate(500, millis(20))]),
        Rule::All(vec![Rule::Min(2), Rule::AvgLatency(millis(20))]),
        Rule::FailingFor(seconds(30)),
        Rule::Any(vec![Rule::FailureStreak(3), Rule::InFlight(3)]),
    ])
}

fn window() -> impl Strategy<Value = Window> {
    select(vec![Window::Count(5), Window::Time(seconds(30), 3), Window::Time(seconds(200), 10)])
}

fn retry() -> impl Strategy<Value = Retry> {
    select(vec![Retry::Cooldown(seconds(1)), Retry::Cooldown(seconds(90)), Retry::Always, Retry::Never])
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => rule().prop_map(Change::Rule),
        1 => window().prop_map(Change::Window),
        1 => retry().prop_map(Change::Retry),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    (window(), rule(), retry(), 1..4_u32).prop_map(|(window, rule, retry, slots)| Settings {
        window,
        rule,
        retry,
        permit: Permit::All,
        slots,
        half_open_timeout: None,
        on_panic: Outcome::Failure,
        on_cancel: OnCancel::Outcome(Outcome::Ignored),
    })
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0..KEYS;
    let outcome = || select(vec![Outcome::Success, Outcome::Success, Outcome::Failure, Outcome::Ignored]);
    let took = select(vec![0, 0, 0, 20, 2_000]).prop_map(millis);
    let passes = select(vec![1, 250, 999, 1_000, 1_001, 10_000, 30_000, 58_999, 59_000, 60_000, 120_000]);
    let state =
        || select(vec![State::Closed, State::Closed, State::ForcedOpen, State::Disabled, State::MetricsOnly]);
    prop_oneof![
        30 => (key(), outcome(), took).prop_map(|(key, outcome, took)| Step::Call(key, outcome, took)),
        10 => passes.prop_map(|passed| Step::Advance(millis(passed))),
        3 => key().prop_map(Step::UntilIdle),
        2 => key().prop_map(Step::Hold),
        3 => key().prop_map(Step::Begin),
        3 => (0..100_usize, outcome()).prop_map(|(which, outcome)| Step::End(which, outcome)),
        4 => (0..100_usize).prop_map(Step::Release),
        2 => Just(Step::List),
        1 => key().prop_map(Step::Remove),
        1 => state().prop_map(Step::Command),
        2 => (key(), prop_oneof![Just(State::Open), state()]).prop_map(|(key, state)| Step::CommandOne(key, state)),
        1 => prop_oneof![Just(State::Open), state()].prop_map(Step::CommandShared),
        1 => change().prop_map(Step::Reconfigure),
        1 => (key(), change()).prop_map(|(key, change)| Step::ReconfigureOne(key, change)),
    ]
}

/// Single steps, a key whose calls fail for a while, and many keys that come one after another.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let call = |key, outcome| Step::Call(key, outcome, Duration::ZERO);
    let outage = (0..KEYS, any::<bool>()).prop_map(move |(key, is_asked_for_later)| {
        let later = if is_asked_for_later { vec![Step::Hold(key), Step::Release(0)] } else { Vec::new() };
        [vec![call(key, Outcome::Failure); 3], vec![Step::UntilIdle(key)], later].concat()
    });
    let crowd = (0..KEYS, 2..KEYS).prop_map(move |(first, keys)| {
        (0..keys).map(|nth| call((first + nth) % KEYS, Outcome::Success)).collect()
    });
    let stretch = prop_oneof![8 => step().prop_map(|step| vec![step]), 1 => outage, 1 => crowd];
    vec(stretch, 1..60).prop_map(|stretches| stretches.concat())
}

fn agree(clock: &dyn Time, notes_each_use: bool, settings: &Settings, max_keys: usize, steps: &[Step]) {
    let _alone = alone();
    let mut subject = Subject::new(clock, notes_each_use, settings, max_keys);
    for step in steps {
        subject.take_step(step);
        subject.compare();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn agree_by_a_clock_of_its_own(settings in settings(), max_keys in 1..9_usize, steps in steps()) {
        agree(&ManualClock::new(), true, &settings, max_keys, &steps);
    }

    #[cfg(feature = "tokio")]
    #[test]
    fn agree_by_the_clock_of_the_process(settings in settings(), max_keys in 1..9_usize, steps in steps()) {
        by_the_clock_of_the_process(|clock| agree(clock, false, &settings, max_keys, &steps));
    }
}
