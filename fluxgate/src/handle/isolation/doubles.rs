//! The breakers that stand in for others while a test is isolated, and the treatment of threads that are not isolated.
//!
//! A test's isolation reaches its own thread, and those that enter it. What another thread should get cannot be known: it may work for the
//! isolated test, which forgot to pass the isolation on, or for another test that runs at the same time. Only a test's own thread, which
//! the harness names after the test, surely belongs to a test that is not isolated, so it gets the real breaker. Any other thread gets that
//! as well, but nobody may isolate the same breaker meanwhile: the second of the two, the thread or the isolated test, panics.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::clock::{ManualClock, UserClock};
use crate::configuration::Settings;
use crate::configuration::name::Name;
use crate::configuration::named::SettingsRef;
use crate::engine::breaker::{Breaker, Origin};
use crate::handle::enrollment::enroll;
use crate::sync::RwLock;
use crate::sync::native::AtomicU64;

/// How many threads are isolated; while it is 0, no thread needs to look for doubles.
static ISOLATED: AtomicUsize = AtomicUsize::new(0);

/// Whether an isolation of any thread has ended unused; until then, no thread needs to check whether its own has.
static ENDED_UNUSED: AtomicBool = AtomicBool::new(false);

static MEETINGS: RwLock<Meetings> =
    RwLock::new(Meetings { isolations: Vec::new(), outside: BTreeMap::new(), count: 0 });

thread_local! {
    /// The isolations of this thread; the last counts.
    static LAYERS: RefCell<Vec<Layer>> = const { RefCell::new(Vec::new()) };
    /// Whether the latest isolation of this thread, which is a test's own, ended before it isolated any breaker.
    static HAS_ENDED_UNUSED: Cell<bool> = const { Cell::new(false) };
}

/// Which breakers a thread uses.
#[derive(Clone)]
pub(super) struct Layer {
    number: u64,
    /// `None` for the real breakers.
    doubles: Option<Arc<Doubles>>,
}

/// The breakers of one isolation.
pub(super) struct Doubles {
    pub(super) clock: ManualClock,
    thread: Thread,
    /// The number of meetings outside when the isolation began; those do not concern it.
    began: u64,
    /// Keyed by the address of the breaker that each stands in for. They are leaked, a few hundred bytes per test, because a call may
    /// outlive the guard.
    breakers: RwLock<HashMap<usize, Double>>,
}

struct Double {
    breaker: &'static Breaker,
    /// Keeps the original's memory, so that no other breaker can take its address.
    _original: Origin,
}

/// Which threads have met which breakers, while any thread is isolated.
struct Meetings {
    /// Each isolation once for every thread that is in it.
    isolations: Vec<Arc<Doubles>>,
    /// The latest meeting of each real breaker with a thread that may work for an isolated test.
    outside: BTreeMap<usize, Meeting>,
    count: u64,
}

struct Meeting {
    number: u64,
    thread: Thread,
    name: Name,
    _original: Origin,
}

/// A thread, for messages.
#[derive(Clone)]
struct Thread(Option<String>);

impl Thread {
    fn current() -> Self {
        Self(thread::current().name().map(str::to_owned))
    }

    /// Whether it is the thread of one test, and ends with it.
    fn is_a_test(&self) -> bool {
        self.may_be_a_test() && self.0.as_deref() != Some("main")
    }

    /// Whether it may be the thread of a test, whose name is a Rust path.
    fn may_be_a_test(&self) -> bool {
        let is_name = |part: &str| {
            !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        };
        self.0.as_ref().is_some_and(|name| name.split("::").all(is_name))
    }
}

impl fmt::Display for Thread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => write!(formatter, "thread `{name}`"),
            None => formatter.write_str("a thread without a name"),
        }
    }
}

impl Layer {
    pub(super) fn new(doubles: Option<Arc<Doubles>>) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Self { number: NUMBER.fetch_add(1, Ordering::Relaxed), doubles }
    }

    /// Puts the layer on this thread. Returns `false` if the thread is ending, and nothing is done.
    pub(super) fn lay(&self) -> bool {
        let laid = with_layers(|layers| layers.push(self.clone())).is_some();
        let _ = HAS_ENDED_UNUSED.try_with(|ended| ended.set(false));
        if let (true, Some(doubles)) = (laid, &self.doubles) {
            MEETINGS.write().isolations.push(doubles.clone());
            ISOLATED.fetch_add(1, Ordering::Relaxed);
        }
        laid
    }

    /// Removes the layer from this thread. It need not be the last: `guard = isolate()` drops the old guard after making the new one.
    pub(super) fn lift(&self) {
        let _ = with_layers(|layers| layers.retain(|layer| layer.number != self.number));
        if let Some(doubles) = &self.doubles {
            ISOLATED.fetch_sub(1, Ordering::Relaxed);
            MEETINGS.write().forget(doubles);
        }
    }
}

impl Meetings {
    fn forget(&mut self, doubles: &Arc<Doubles>) {
        if let Some(place) = self.isolations.iter().position(|isolation| Arc::ptr_eq(isolation, doubles)) {
            self.isolations.swap_remove(place);
        }
        if self.isolations.is_empty() {
            self.outside.clear();
        }
    }
}

impl Doubles {
    pub(super) fn new() -> Self {
        let began = MEETINGS.read().count;
        let (clock, thread, breakers) = (ManualClock::new(), Thread::current(), RwLock::new(HashMap::new()));
        Self { clock, thread, began, breakers }
    }

    fn stand_in(&self, breaker: &Breaker, settings: &'static Settings) -> &'static Breaker {
        let address = std::ptr::from_ref(breaker).addr();
        if let Some(double) = self.breakers.read().get(&address) {
            return double.breaker;
        }
        // The registry holds the original, which leads here. Enrolling it may read the process's clock, which may be a user's.
        enroll(breaker);
        let make = || {
            let clock = Arc::new(UserClock::new(Arc::new(self.clock.clone())));
            let double = Breaker::detached(SettingsRef::Static(settings), Some(clock), Origin::Hidden);
            Double { breaker: Box::leak(Box::new(double)), _original: breaker.origin.clone() }
        };
        let (double, elsewhere) = {
            let meetings = MEETINGS.write();
            let met = meetings.outside.get(&address).filter(|meeting| meeting.number > self.began);
            let elsewhere = met.map(|meeting| meeting.thread.clone());
            (self.breakers.write().entry(address).or_insert_with(make).breaker, elsewhere)
        };
        if let Some(elsewhere) = elsewhere {
            let name = breaker.name();
            fail(&format!(
                "circuit breaker `{name}` is isolated here, but {elsewhere} has used the real one meanwhile"
            ));
        }
        double
    }

    /// Notes whether the isolation ends without having isolated anything, as with `let _ = isolate()`, which ends it at once.
    pub(super) fn end(&self) {
        let is_unused = self.breakers.read().is_empty() && self.thread.is_a_test();
        ENDED_UNUSED.fetch_or(is_unused, Ordering::Relaxed);
        let _ = HAS_ENDED_UNUSED.try_with(|ended| ended.set(is_unused));
    }

    /// Panics if the isolation has isolated nothing, while a thread that may work for this test used a real breaker.
    pub(super) fn panic_if_unused(&self) {
        let met = {
            let meetings = MEETINGS.read();
            let mut met = meetings.outside.values().filter(|meeting| meeting.number > self.began);
            if self.breakers.read().is_empty() {
                met.next().map(|met| (met.name.clone(), met.thread.clone()))
            } else {
                None
            }
        };
        if let Some((name, elsewhere)) = met
            && with_layers(|_| {}).is_some()
        {
            fail(&format!(
                "no circuit breaker was isolated by `isolate()`, but {elsewhere} has used the real `{name}` meanwhile"
            ));
        }
    }
}

/// The double of this breaker on this thread.
pub(super) fn find(breaker: &Breaker, settings: &'static Settings) -> Option<&'static Breaker> {
    let is_any_isolated = ISOLATED.load(Ordering::Relaxed) > 0;
    if !is_any_isolated && !ENDED_UNUSED.load(Ordering::Relaxed) || breaker.origin.is_hidden() {
        return None;
    }
    if let Some(layer) = with_layers(|layers| layers.last().cloned())? {
        return Some(layer.doubles?.stand_in(breaker, settings));
    }
    if HAS_ENDED_UNUSED.try_with(Cell::take).unwrap_or(false) {
        refuse_after_the_end(breaker);
    }
    if is_any_isolated {
        meet_outside(breaker);
    }
    None
}

/// The doubles that this thread and others in its isolation have met; `None` if it is not isolated.
#[cfg(feature = "keyed")]
pub(in crate::handle) fn here() -> Option<Vec<&'static Breaker>> {
    if ISOLATED.load(Ordering::Relaxed) == 0 {
        return None;
    }
    let doubles = with_layers(|layers| layers.last()?.doubles.clone())??;
    let breakers = doubles.breakers.read();
    Some(breakers.values().map(|double| double.breaker).collect())
}

/// Notes that a thread that is not isolated uses a breaker.
#[cold]
fn meet_outside(breaker: &Breaker) {
    let thread = Thread::current();
    if thread.may_be_a_test() {
        return;
    }
    let address = std::ptr::from_ref(breaker).addr();
    let isolated_by = {
        let mut meetings = MEETINGS.write();
        let isolation =
            meetings.isolations.iter().find(|doubles| doubles.breakers.read().contains_key(&address));
        let isolated_by = isolation.map(|doubles| doubles.thread.clone());
        if isolated_by.is_none() && !meetings.isolations.is_empty() {
            meetings.count += 1;
            let meeting = Meeting {
                number: meetings.count,
                thread: thread.clone(),
                name: breaker.name().clone(),
                _original: breaker.origin.clone(),
            };
            meetings.outside.insert(address, meeting);
        }
        isolated_by
    };
    if let Some(isolated_by) = isolated_by {
        let name = breaker.name();
        fail(&format!(
            "circuit breaker `{name}` is isolated by {isolated_by}, and used by {thread}, which is not isolated"
        ));
    }
}

/// Fails a test that uses a breaker after its isolation has ended unused, unless it is failing already.
#[cold]
fn refuse_after_the_end(breaker: &Breaker) {
    let name = breaker.name();
    assert!(
        thread::panicking(),
        "circuit breaker `{name}` is used after `isolate()` has ended, which isolated nothing\n\
         help: write `let _isolation = isolate();`, since `let _ = isolate();` ends at once\n\
         help: to use the real breaker, write `let _unisolated = unisolated();` before"
    );
}

/// Fails the test, unless it is failing already.
fn fail(problem: &str) {
    assert!(
        thread::panicking(),
        "{problem}\n\
         help: if that thread works for the isolated test, hand it `isolation.handle()`, and there write\n      \
         `let _entered = handle.enter();`, or spawn `handle.wrap(future)`\n\
         help: if it works for another test, begin that with `isolate()`, too; or write\n      \
         `let _unisolated = unisolated();` on the thread if it is to use the real breaker"
    );
}

/// Accesses the isolations of this thread; `None` if the thread is ending and they are gone: the destructor of another thread-local value
/// then gets the real breaker.
fn with_layers<R>(look: impl FnOnce(&mut Vec<Layer>) -> R) -> Option<R> {
    LAYERS.try_with(|layers| look(&mut layers.borrow_mut())).ok()
}
