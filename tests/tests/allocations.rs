//! Once it has what it needs, a breaker allocates nothing, whatever happens, except for events that someone listens to.
//!
//! The allocator counts what the thread allocates.
#![allow(clippy::large_types_passed_by_value, reason = "what is measured is what becomes of them")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{
    CallNotPermitted, CircuitBreaker, Outcome, State, circuit_breaker, permit, register, retry, trip, window,
};
use fluxgate_tests::fixture::alone;
use fluxgate_tests::futures::{poll, size_around};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
    static GIVEN_BACK: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is forwarded unchanged to the system allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get() + layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        GIVEN_BACK.set(GIVEN_BACK.get() + layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations `work` makes on this thread, and how many bytes they take.
fn allocated(work: impl FnOnce()) -> (usize, usize) {
    let before = (ALLOCATIONS.get(), BYTES.get());
    work();
    (ALLOCATIONS.get() - before.0, BYTES.get() - before.1)
}

/// The bytes that this thread has allocated and not freed. Negative if it frees what another test's thread
/// allocated for the registry.
fn held() -> isize {
    BYTES.get().cast_signed() - GIVEN_BACK.get().cast_signed()
}

/// Everything that can happen to a breaker, twice; it ends up closed.
fn live(breaker: &CircuitBreaker, clock: &ManualClock) {
    let second = Duration::from_secs(1);
    let call = |outcome: Outcome| {
        if let Ok(call) = breaker.acquire() {
            clock.advance(second / 100);
            call.record(outcome);
        }
    };
    for _ in 0..2 {
        (0..300).for_each(|_| call(Outcome::Success));
        for nth in 0..300 {
            call(if nth % 10 == 0 { Outcome::Failure } else { Outcome::Success });
        }
        call(Outcome::Ignored);
        drop(breaker.acquire());
        let late = breaker.acquire();
        while breaker.state() == State::Closed {
            call(Outcome::Failure);
        }
        let _ = late.map(fluxgate::Call::failure);
        // Refused while open, then retried in vain.
        (0..20).for_each(|_| call(Outcome::Success));
        clock.advance(61 * second);
        while breaker.state() != State::Open || breaker.metrics().total() >= 100 {
            call(Outcome::Failure);
        }
        // Then retried with success, through a ramp.
        clock.advance(61 * second);
        while breaker.state() != State::Closed {
            call(Outcome::Success);
            clock.advance(second);
        }
        breaker.metrics_only();
        (0..200).for_each(|_| call(Outcome::Failure));
        breaker.disable();
        call(Outcome::Failure);
        breaker.force_open();
        call(Outcome::Failure);
        breaker.reset();
        breaker.reset();
        let _ = (breaker.state(), breaker.name().len(), breaker.metrics().failure_rate());
    }
}

#[derive(Debug)]
struct Refused;

impl From<CallNotPermitted> for Refused {
    fn from(_: CallNotPermitted) -> Self {
        Self
    }
}

#[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5), handle = GUARDED)]
fn guarded(works: bool) -> Result<(), Refused> {
    if works { Ok(()) } else { Err(Refused) }
}

/// Regression: elsewhere every call is kept and revisited, and every past state leaks.
#[test]
fn nothing_is_allocated_after_the_first_use() {
    let _alone = alone();
    let rules = [
        trip::min(10) & trip::failure_rate(0.5),
        trip::min(10) & (trip::failure_rate(0.5) | trip::slow_rate(0.9, Duration::from_secs(1))),
        trip::min(10) & (trip::failure_rate(0.5) | trip::avg_latency(Duration::from_secs(1))),
        trip::min(10) & trip::custom(|metrics| metrics.failures() >= 10),
    ];
    let windows = [window::count(100), window::time(Duration::from_secs(60))];
    for rule in &rules {
        for window in windows {
            let clock = ManualClock::new();
            let breaker = CircuitBreaker::builder("no allocation")
                .window(window)
                .trip(rule.clone())
                .retry(retry::backoff(Duration::from_secs(60)).jitter(0.01).max(Duration::from_secs(60)))
                .permit(permit::ramp_up(0.5, 1.0, Duration::from_secs(30)))
                .half_open_timeout(Duration::from_secs(3_600))
                .clock(clock.clone())
                .build()
                .expect("valid");
            // A thread whose calls fail now and then gets its own stripe, and with a listener the first transition
            // creates the event queue.
            for nth in 0..400 {
                let call = breaker.acquire().expect("closed");
                if nth % 100 == 99 { call.failure() } else { call.success() }
            }
            breaker.force_open();
            breaker.reset();
            let (times, bytes) = allocated(|| live(&breaker, &clock));
            assert_eq!((times, bytes), (0, 0), "{rule} over {window}");
        }
    }

    // An attribute's breaker enters the registry, whose tree may have to split a leaf and the node above: that depends on how many
    // breakers the other tests have.
    let (_, bytes) = allocated(|| register(&GUARDED));
    assert!(bytes <= 368 + 464, "{bytes} bytes");
    // Its first use: the window's memory, and what failures need.
    let (_, bytes) = allocated(|| {
        let _ = guarded(true);
        let _ = guarded(false);
    });
    assert!((1..=528).contains(&bytes), "{bytes} bytes");
    GUARDED.force_open();
    GUARDED.reset();
    let (times, _) = allocated(|| {
        for _ in 0..200 {
            let _ = guarded(true);
        }
        while GUARDED.state() == State::Closed {
            let _ = guarded(false);
        }
        let _ = guarded(true);
    });
    assert_eq!(times, 0);

    // A panic allocates, but no more than without the breaker.
    let panicking = || {
        let _ = catch_unwind(AssertUnwindSafe(|| std::panic::resume_unwind(Box::new(()))));
    };
    GUARDED.reset();
    let (bare, _) = allocated(panicking);
    let (guarded, _) = allocated(|| {
        let call = || {
            GUARDED.call(|| -> Result<(), ()> {
                std::panic::resume_unwind(Box::new(()));
            })
        };
        let _ = catch_unwind(AssertUnwindSafe(call));
    });
    assert_eq!(guarded, bare);
}

/// Regression: settings were printed, lexed and parsed just to be checked.
#[test]
fn building_a_breaker_allocates_only_its_parts() {
    let _alone = alone();
    // A new thread has built no such breaker yet.
    std::thread::scope(|scope| scope.spawn(makes_breakers).join()).expect("no assertion fails");
}

fn makes_breakers() {
    const MANY: usize = 100;
    // Allocated once per thread or process.
    drop(CircuitBreaker::builder("first").max_half_open_calls(1).build());
    let rule = || trip::min(10) & (trip::failure_rate(0.5) | trip::slow_rate(0.5, Duration::from_secs(1)));
    for window in [window::count(100), window::time(Duration::from_secs(60))] {
        let builders = [
            CircuitBreaker::builder("defaults").window(window),
            CircuitBreaker::builder("rule").window(window).trip(rule()),
            CircuitBreaker::builder("all")
                .window(window)
                .trip(rule())
                .retry(retry::backoff(Duration::from_secs(1)).multiplier(1.5).jitter(0.1))
                .permit(permit::random(0.5))
                .half_open_timeout(Duration::from_secs(60)),
        ];
        for builder in builders {
            let (times, _) = allocated(|| drop(builder.build().expect("valid")));
            // The settings, the name that refers to them, the breaker, and sometimes one or two nodes of the registry.
            assert!((3..=5).contains(&times), "{times} allocations");
        }
        let (times, _) =
            allocated(|| drop(CircuitBreaker::builder("again").window(window).build().expect("valid")));
        // The same without the settings.
        assert!((2..=4).contains(&times), "{times} allocations for one like another");
    }
    // Counted over many breakers, the nodes of the registry hardly matter.
    for is_alike in [false, true] {
        let builder = |nth: usize| {
            let calls = if is_alike { 10 } else { 2 + nth as u32 };
            CircuitBreaker::builder("many").trip(rule()).max_half_open_calls(calls)
        };
        let builders: Vec<_> = (0..MANY).map(builder).collect();
        let mut breakers = Vec::with_capacity(MANY);
        let (times, _) = allocated(|| {
            breakers.extend(builders.into_iter().map(|builder| builder.build().expect("valid")));
        });
        let most = if is_alike { 2 } else { 3 };
        assert!(times <= most * MANY + MANY / 2, "{times} allocations for {MANY} breakers");
    }
}

/// Every breaker has the fields that only breakers of keys need, since finding them there takes one load less.
const KEYED: isize = if cfg!(feature = "keyed") { 40 } else { 0 };

/// Regression: 27 MB stayed behind after 100,000 breakers.
#[test]
fn dropped_breakers_leave_no_byte_behind() {
    const MANY: usize = 5_000;
    /// Settings that are not shared.
    const OWN: isize = 352;
    let _alone = alone();
    let tenant = |nth: usize| {
        let breaker = CircuitBreaker::builder(format!("tenant {nth}")).window(window::count(100));
        breaker.trip(trip::min(10) & trip::failure_rate(0.5))
    };
    drop(tenant(0).build());
    let before = held();
    for round in 0..3 {
        // Alike, or each with settings of its own.
        let is_alike = round < 2;
        let build = |nth: usize| {
            let calls = if is_alike { 10 } else { 1 + nth as u32 };
            tenant(nth).max_half_open_calls(calls).build().expect("valid")
        };
        let mut breakers = Vec::with_capacity(MANY);
        breakers.extend((0..MANY).map(build));
        let each =
            |held: isize| (held - before) / MANY.cast_signed() - size_of::<CircuitBreaker>().cast_signed();
        let idle = each(held());
        for breaker in &breakers {
            breaker.acquire().expect("closed").failure();
        }
        let used = each(held());
        let own = if is_alike { 0 } else { OWN };
        // With every feature.
        let most = [320 + own + KEYED, 850 + own + KEYED];
        assert!(idle <= most[0] && used <= most[1], "a breaker takes {idle} bytes, in use {used}");
        // In any order.
        fastrand::Rng::with_seed(round).shuffle(&mut breakers);
        drop(breakers);
        // Except for nodes of the registry, which hold breakers of other tests, and the settings this thread caches.
        assert!(held() <= before + 2_048 + 4 * OWN, "{} bytes", held() - before);
    }
}

#[test]
fn a_breaker_is_small() {
    // A static; a handle; a running call; a refusal, which travels in every `Result`.
    let breaker = size_of::<fluxgate::__private::Breaker>();
    assert!(breaker <= 168 + KEYED.cast_unsigned(), "{breaker} bytes");
    assert!(size_of::<CircuitBreaker>() <= 24, "{} bytes", size_of::<CircuitBreaker>());
    assert!(size_of::<fluxgate::Call<'_>>() <= 24, "{} bytes", size_of::<fluxgate::Call<'_>>());
    assert!(size_of::<CallNotPermitted>() <= 56, "{} bytes", size_of::<CallNotPermitted>());
}

type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type Reply = Result<u8, CallNotPermitted>;

struct Client(CircuitBreaker);

#[async_trait::async_trait]
trait Bare {
    async fn bare(&self, bytes: [u8; 256]) -> Result<u8, CallNotPermitted>;
    async fn guarded(&self, bytes: [u8; 256]) -> Result<u8, CallNotPermitted>;
    async fn guarded_by_a_static(&self, bytes: [u8; 256]) -> Result<u8, CallNotPermitted>;
}

#[async_trait::async_trait]
impl Bare for Client {
    async fn bare(&self, bytes: [u8; 256]) -> Result<u8, CallNotPermitted> {
        std::future::ready(Ok(bytes[0])).await
    }

    #[circuit_breaker(breaker = self.0)]
    async fn guarded(&self, bytes: [u8; 256]) -> Result<u8, CallNotPermitted> {
        std::future::ready(Ok(bytes[0])).await
    }

    #[circuit_breaker]
    async fn guarded_by_a_static(&self, bytes: [u8; 256]) -> Result<u8, CallNotPermitted> {
        std::future::ready(Ok(bytes[0])).await
    }
}

#[circuit_breaker]
fn boxed(text: &str) -> BoxFuture<'_, Reply> {
    Box::pin(async move { Ok(text.len() as u8) })
}

/// The existing box is the only one.
#[test]
fn a_boxed_future_is_boxed_once() {
    let _alone = alone();
    let client = Client(CircuitBreaker::builder("client").build().expect("valid"));
    let made = |make: &dyn Fn() -> BoxFuture<'static, Reply>| {
        let mut bytes = 0;
        let (allocations, _) = allocated(|| bytes = size_of_val(&*make()));
        (allocations, bytes)
    };
    let client: &'static Client = Box::leak(Box::new(client));
    let (bare, guarded) = (made(&|| client.bare([1; 256])), made(&|| client.guarded([1; 256])));
    let by_static = made(&|| client.guarded_by_a_static([1; 256]));
    assert_eq!((bare.0, guarded.0, by_static.0, made(&|| boxed("a")).0), (1, 1, 1, 1));
    assert_eq!(by_static.1, size_around(bare.1, 0), "{by_static:?} beside {bare:?}");
    // A field of a parameter is resolved before the future is made, so the future holds what the body uses only once, and the field.
    assert_eq!(guarded.1, size_around(bare.1, 1), "{guarded:?} beside {bare:?}");
}

/// Like the one of the crate `futures`.
trait FutureExt: Future + Sized + Send {
    fn boxed<'a>(self) -> BoxFuture<'a, Self::Output>
    where
        Self: 'a,
    {
        Box::pin(self)
    }
}

impl<F: Future + Send> FutureExt for F {}

/// Bodies that do something before they box a future, in every recognizable form, and finally in one that is not recognizable.
#[circuit_breaker]
fn boxed_at_last(form: u8) -> BoxFuture<'static, Reply> {
    if form == 0 {
        return Box::pin(std::future::ready(Ok(form)));
    }
    let 2.. = form else { return Box::pin(async { Ok(1) }) };
    for other in 0..9 {
        if other == form && form == 2 {
            return Box::pin(async move { Ok(other) });
        }
    }
    match form {
        3 => return async move { Ok(form) }.boxed(),
        4 => return Box::pin(async move { Ok(form) }) as BoxFuture<'static, Reply>,
        _ => {}
    }
    if form == 5 {
        let again = form;
        Box::pin(async move { Ok(again) })
    } else if form == 6 {
        Box::pin({
            let ready = Ok(form);
            async move { ready }
        })
    } else {
        match form {
            7 => Box::pin(boxed_at_last_by(form)),
            8 => async move { Ok(form) }.boxed(),
            9 => boxed_at_last_by(form).boxed(),
            10 => {
                let future = boxed_at_last_by(form);
                future.boxed()
            }
            _ => {
                let boxed: BoxFuture<'static, Reply> = Box::pin(async move { Ok(form) });
                boxed
            }
        }
    }
}

async fn boxed_at_last_by(form: u8) -> Reply {
    std::future::ready(Ok(form)).await
}

#[circuit_breaker(handle = REFUSED)]
fn refused_before(form: u8) -> BoxFuture<'static, Reply> {
    let again = form;
    Box::pin(async move { Ok(again) })
}

#[test]
fn a_future_that_a_body_boxes_last_is_boxed_once() {
    let _alone = alone();
    // The first use of a breaker allocates.
    for _ in 0..200 {
        assert!(poll(boxed_at_last(0).as_mut()).is_ready());
    }
    for form in 0..=11 {
        let (allocations, _) = allocated(|| {
            let Poll::Ready(reply) = poll(boxed_at_last(form).as_mut()) else { panic!("it is ready") };
            assert_eq!(reply.ok(), Some(form));
        });
        assert_eq!(allocations, if form == 11 { 2 } else { 1 }, "{form}");
    }
    assert!(poll(refused_before(1).as_mut()).is_ready());
    REFUSED.force_open();
    assert_eq!(allocated(|| drop(refused_before(1))).0, 1);
}

fn bare_at_last(bytes: [u8; 256]) -> BoxFuture<'static, Reply> {
    let first = bytes[0];
    Box::pin(async move { std::future::ready(Ok(first + bytes[1])).await })
}

#[circuit_breaker]
fn guarded_at_last(bytes: [u8; 256]) -> BoxFuture<'static, Reply> {
    let first = bytes[0];
    Box::pin(async move { std::future::ready(Ok(first + bytes[1])).await })
}

static SHARED: CircuitBreaker = fluxgate::breaker!(name = "shared at last");

#[circuit_breaker(breaker = SHARED)]
fn shared_at_last(bytes: [u8; 256]) -> BoxFuture<'static, Reply> {
    let first = bytes[0];
    Box::pin(async move { std::future::ready(Ok(first + bytes[1])).await })
}

/// The call wraps the future that the body made, and holds no more than one that wraps the body.
#[test]
fn a_future_that_a_body_boxes_last_is_little_larger() {
    let bare = size_of_val(&*bare_at_last([0; 256]));
    assert_eq!(size_of_val(&*guarded_at_last([0; 256])), size_around(bare, 0), "beside {bare}");
    assert_eq!(size_of_val(&*shared_at_last([0; 256])), size_around(bare, 1), "beside {bare}");
}

async fn bare_unused(_bytes: [u8; 256], number: u8) -> Result<u8, CallNotPermitted> {
    std::future::ready(Ok(number)).await
}

#[circuit_breaker]
async fn guarded_unused(_bytes: [u8; 256], number: u8) -> Result<u8, CallNotPermitted> {
    std::future::ready(Ok(number)).await
}

/// What is dropped after everything the body uses stays where it is.
#[test]
fn an_unused_parameter_is_stored_once() {
    let (bare, guarded) = (size_of_val(&bare_unused([0; 256], 1)), size_of_val(&guarded_unused([0; 256], 1)));
    // It points to the body's future.
    assert_eq!(guarded, size_around(bare, 1), "{guarded} beside {bare}");
}

#[cfg(feature = "keyed")]
mod keyed {
    use fluxgate::{CallNotPermitted, CircuitBreaker, Keyed, circuit_breaker, trip};

    use super::{Refused, allocated, alone, poll};

    /// A key by reference, and one borrowed from a part of a parameter.
    #[circuit_breaker(key = host, trip = failure_streak(3))]
    fn fetch(host: &str, works: bool) -> Result<(), Refused> {
        if works { Ok(()) } else { Err(Refused) }
    }

    #[circuit_breaker(key = request.1)]
    async fn send(request: (u8, String)) -> Result<u8, CallNotPermitted> {
        Ok(request.0)
    }

    fn sent(host: &str) -> usize {
        let request = (7, host.to_owned());
        let (times, _) = allocated(|| {
            let mut sending = std::pin::pin!(send(request));
            assert!(poll(sending.as_mut()).is_ready());
        });
        times
    }

    #[test]
    fn a_key_that_has_a_breaker_is_found_without_allocating() {
        let _alone = alone();
        let breakers: Keyed<String> = CircuitBreaker::builder("found")
            .trip(trip::min(10) & trip::failure_rate(0.5))
            .keyed()
            .max_keys(200)
            .build()
            .expect("valid");
        let hosts: Vec<String> = (0..200).map(|number| format!("host-{number}.example.org")).collect();
        let all = || {
            for host in &hosts {
                breakers.get(host.as_str()).acquire().expect("closed").success();
                fetch(host, true).expect("closed");
            }
            assert!(breakers.existing("host-7.example.org").is_some());
        };
        let (made, _) = allocated(all);
        assert!(made > 2 * hosts.len(), "each key has a breaker, made at its first call: {made} allocations");
        let (found, bytes) = allocated(all);
        assert_eq!((found, bytes), (0, 0));
        assert!(sent("a") > 0);
        assert_eq!(sent("a"), 0);
    }

    /// While nothing can be evicted, a key without room costs only its name, which is freed.
    #[test]
    fn a_key_without_room_keeps_no_memory() {
        let _alone = alone();
        let breakers: Keyed<u32> =
            CircuitBreaker::builder("no room").keyed().max_keys(16).build().expect("valid");
        for key in 0..16 {
            breakers.get(&key).force_open();
        }
        let overflow = |key: u32| drop(breakers.get(&key).acquire());
        (100..200).for_each(overflow);
        let before = super::held();
        (200..1_200).for_each(overflow);
        assert_eq!(super::held() - before, 0);
    }
}
