//! Guarded functions whose instructions are counted; one call of each is one function that is not inlined.

use std::cell::RefCell;
use std::future;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::Duration;

use fluxgate::tower::{CircuitBreakerLayer, CircuitBreakerService};
use fluxgate::trip::{self, Rule};
use fluxgate::window::{self, Window};
use fluxgate::{
    __private::clock, Builder, CircuitBreaker, Clock, Collector, Error, State, breaker, circuit_breaker,
    retry,
};
use tower_layer::Layer as _;

use crate::work::{FAILS, Failure, Rejected, Response, ok, ready, sometimes, work, work_async};

pub struct Case {
    pub name: &'static str,
    /// Makes this many calls and returns how many were `Ok`.
    pub run: fn(u64) -> u64,
    /// The name of the same case without a breaker.
    pub over: Option<&'static str>,
    /// By how many instructions it may grow, if that is limited.
    pub tolerance: Option<f64>,
    /// The function that makes one call, if it must write only to its stack, lock nothing, and read no clock.
    pub silent: Option<&'static str>,
}

#[cfg(feature = "keyed")]
mod keyed;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "tokio")]
mod timeout;

/// All cases. Those of a feature are counted separately, since a feature may cost all others an instruction.
#[allow(unreachable_code, reason = "with a feature, its cases")]
pub fn cases() -> &'static [Case] {
    #[cfg(feature = "reqwest")]
    return &reqwest::CASES;
    #[cfg(feature = "tokio")]
    return &timeout::CASES;
    #[cfg(feature = "keyed")]
    return &keyed::CASES;
    &CASES
}

pub const CASES: [Case; 38] = [
    case("bare call", |times| calls(times, bare)).bare(),
    case("bare async call", |times| calls(times, bare_async)).bare(),
    case("attribute, healthy", |times| calls(times, attribute)).healthy().silent("attribute"),
    case("attribute alone, healthy", |times| calls(times, attribute_alone))
        .healthy()
        .silent("attribute_alone"),
    case("attribute, pause from error, healthy", |times| calls(times, attribute_asking))
        .healthy()
        .silent("attribute_asking"),
    case("attribute, pause from error, 10% failing", |times| {
        calls(times, |input| attribute_asking(sometimes(input)))
    }),
    case("async, healthy", |times| calls(times, attribute_async))
        .over("bare async call")
        .healthy()
        .silent("attribute_async"),
    // An `Ok` with a status, and one without.
    case("server_errors, healthy", |times| calls(times, response)).healthy().silent("response"),
    case("server_errors of errors alone, healthy", |times| calls(times, value)).healthy().silent("value"),
    case("bare async call, boxed", |times| calls(times, |input| ready(bare_boxed(input)))).bare(),
    case("async, boxed", |times| calls(times, |input| ready(attribute_boxed(input))))
        .over("bare async call, boxed")
        .healthy(),
    case("bare async call, through a trait", |times| calls(times, |input| ready(through(&Bare, input))))
        .bare(),
    case("async, through a trait", |times| calls(times, |input| ready(through(&Guarded, input))))
        .over("bare async call, through a trait")
        .healthy(),
    case("`breaker!`, healthy", |times| calls(times, |input| by_hand(&SHARED, input)))
        .healthy()
        .silent("by_hand"),
    case("`breaker!`, async", |times| calls(times, |input| by_hand_async(&SHARED, input)))
        .over("bare async call")
        .healthy()
        .silent("by_hand_async"),
    case("bare service of tower", |times| {
        let service = RefCell::new(Work);
        calls(times, |input| bare_service(&mut service.borrow_mut(), input))
    })
    .bare(),
    case("layer of tower, healthy", |times| {
        let service = RefCell::new(CircuitBreakerLayer::new(&SHARED).layer(Work));
        calls(times, |input| layer(&mut service.borrow_mut(), input))
    })
    .over("bare service of tower")
    .healthy(),
    case("layer of tower, built breaker, healthy", |times| {
        let breaker = breaker(window::count(100), rate());
        let service = RefCell::new(CircuitBreakerLayer::new(breaker).layer(Work));
        calls(times, |input| layer_of_built(&mut service.borrow_mut(), input))
    })
    .over("bare service of tower")
    .healthy(),
    case("built, healthy", |times| {
        let breaker = breaker(window::count(100), rate());
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("disabled", |times| {
        let breaker = breaker(window::count(100), rate());
        breaker.disable();
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("attribute, 1% failing", |times| {
        calls(times, |input| attribute_failing_seldom(if input % 100 == 99 { FAILS } else { input }))
    }),
    case("attribute, 10% failing", |times| calls(times, |input| attribute_failing(sometimes(input)))),
    case("built, 10% failing", |times| {
        let breaker = breaker(window::count(100), rate());
        calls(times, |input| by_hand(&breaker, sometimes(input)))
    }),
    // Close to its limit.
    case("built, 40% failing", |times| {
        let breaker = breaker(window::count(100), rate());
        calls(times, |input| by_hand(&breaker, if input % 5 < 2 { FAILS } else { input }))
    }),
    case("sure of a share, 10% failing", |times| {
        let breaker = breaker(window::count(100), trip::failure_rate(0.5).sure(0.95));
        calls(times, |input| by_hand(&breaker, sometimes(input)))
    }),
    case("sure of a share, healthy", |times| {
        let breaker = breaker(window::count(100), trip::failure_rate(0.5).sure(0.95));
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("refused", |times| {
        let breaker = breaker(window::count(100), rate());
        (0..100).for_each(|_| drop(by_hand(&breaker, FAILS)));
        calls(times, |input| by_hand(&breaker, input))
    }),
    case("time window, healthy", |times| {
        let breaker = breaker(window::time(Duration::from_secs(60)), rate());
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("time window, 10% failing", |times| {
        let breaker = breaker(window::time(Duration::from_secs(60)), rate());
        calls(times, |input| by_hand(&breaker, sometimes(input)))
    }),
    case("slow_rate, healthy", |times| {
        let breaker = breaker(window::count(100), rate() | trip::min(10) & trip::slow_rate(0.5, SECOND));
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("avg_latency, healthy", |times| {
        let breaker = breaker(window::count(100), rate() | trip::min(10) & trip::avg_latency(SECOND));
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("avg_latency of a few short calls, healthy", |times| {
        let average = trip::min(10) & trip::avg_latency(Duration::from_micros(100));
        let breaker = builder(window::count(10), rate() | average).clock(EachMicrosecond(AtomicU64::new(0)));
        let breaker = breaker.build().expect("valid");
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("in_flight, healthy", |times| {
        let breaker = breaker(window::count(100), rate() | trip::in_flight(50));
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("in_flight beside slow_rate, healthy", |times| {
        let slow = trip::min(10) & trip::slow_rate(0.5, SECOND);
        let breaker = breaker(window::count(100), rate() | slow | trip::in_flight(50));
        calls(times, |input| by_hand(&breaker, input))
    })
    .healthy(),
    case("counted, healthy", |times| {
        let breaker = breaker(window::count(100), rate());
        breaker.count_calls();
        calls(times, |input| by_hand(&breaker, input))
    }),
    // Not a call, but checking the settings must stay as cheap.
    case("build", |times| (0..times).map(|_| u64::from(built().state() == State::Closed)).sum())
        .bare()
        .within(BUILD_TOLERANCE),
    // The same, each time with settings other than the last few.
    case("build, of another kind", |times| {
        (0..times).map(|nth| u64::from(kind(1 + nth as u32 % 8).state() == State::Closed)).sum()
    })
    .bare()
    .within(BUILD_TOLERANCE),
    // What an exporter does for each breaker on every collection.
    case("collected", |times| {
        let collector = Collector::new();
        let _breaker = built();
        (0..times).map(|_| collector.collect().len() as u64).sum()
    })
    .bare(),
];

const BUILD_TOLERANCE: f64 = 100.0;

/// Tolerance for the compiler's whims.
const TOLERANCE: f64 = 2.0;
const SECOND: Duration = Duration::from_secs(1);

const fn case(name: &'static str, run: fn(u64) -> u64) -> Case {
    Case { name, run, over: Some("bare call"), tolerance: None, silent: None }
}

impl Case {
    const fn bare(self) -> Self {
        Self { over: None, ..self }
    }

    const fn over(self, bare: &'static str) -> Self {
        Self { over: Some(bare), ..self }
    }

    const fn healthy(self) -> Self {
        self.within(TOLERANCE)
    }

    const fn within(self, tolerance: f64) -> Self {
        Self { tolerance: Some(tolerance), ..self }
    }

    const fn silent(self, function: &'static str) -> Self {
        Self { silent: Some(function), ..self }
    }
}

fn calls<T, E>(times: u64, once: impl Fn(u64) -> Result<T, E>) -> u64 {
    (0..times).map(|input| u64::from(ok(once(black_box(input))))).sum()
}

#[inline(never)]
pub fn bare(input: u64) -> Result<u64, Failure> {
    work(input)
}

#[inline(never)]
pub fn bare_async(input: u64) -> Result<u64, Failure> {
    async fn bare(input: u64) -> Result<u64, Failure> {
        work_async(input).await
    }
    ready(bare(input))
}

#[inline(never)]
#[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5))]
pub fn attribute(input: u64) -> Result<u64, Failure> {
    work(input)
}

#[inline(never)]
#[circuit_breaker(
    window = count(100),
    trip = min(10) & failure_rate(0.5),
    retry = from_error(asked_pause, otherwise = cooldown(60s)),
)]
pub fn attribute_asking(input: u64) -> Result<u64, Failure> {
    work(input)
}

fn asked_pause(_: &Failure) -> Option<Duration> {
    Some(SECOND)
}

#[inline(never)]
#[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5), track = server_errors)]
pub fn response(input: u64) -> Result<Response, Failure> {
    work(input).map(Response)
}

#[inline(never)]
#[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5), track = server_errors)]
pub fn value(input: u64) -> Result<u64, Rejected> {
    work(input).map_err(Rejected)
}

#[inline(never)]
#[circuit_breaker]
pub fn attribute_alone(input: u64) -> Result<u64, Failure> {
    work(input)
}

#[inline(never)]
#[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5))]
pub fn attribute_failing(input: u64) -> Result<u64, Failure> {
    work(input)
}

#[inline(never)]
pub fn attribute_async(input: u64) -> Result<u64, Failure> {
    #[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5))]
    async fn guarded(input: u64) -> Result<u64, Failure> {
        work_async(input).await
    }
    ready(guarded(input))
}

#[inline(never)]
#[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5))]
pub fn attribute_failing_seldom(input: u64) -> Result<u64, Failure> {
    work(input)
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type Answer = Result<u64, Failure>;

#[inline(never)]
pub fn bare_boxed(input: u64) -> BoxFuture<'static, Answer> {
    async fn bare(input: u64) -> Result<u64, Failure> {
        work_async(input).await
    }
    Box::pin(bare(input))
}

#[inline(never)]
pub fn attribute_boxed(input: u64) -> BoxFuture<'static, Answer> {
    #[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5))]
    async fn guarded(input: u64) -> Result<u64, Failure> {
        work_async(input).await
    }
    Box::pin(guarded(input))
}

/// A call that the compiler cannot see through.
pub trait Service: Sync {
    fn get(&self, input: u64) -> BoxFuture<'_, Answer>;
}

pub struct Bare;

impl Service for Bare {
    #[inline(never)]
    fn get(&self, input: u64) -> BoxFuture<'_, Answer> {
        Box::pin(async move { work_async(input).await })
    }
}

pub struct Guarded;

impl Service for Guarded {
    #[inline(never)]
    #[circuit_breaker(window = count(100), trip = min(10) & failure_rate(0.5))]
    fn get(&self, input: u64) -> BoxFuture<'_, Answer> {
        Box::pin(async move { work_async(input).await })
    }
}

#[inline(never)]
pub async fn through(service: &dyn Service, input: u64) -> Result<u64, Failure> {
    black_box(service).get(input).await
}

static SHARED: CircuitBreaker = breaker!(window = count(100), trip = min(10) & failure_rate(0.5));

#[inline(never)]
pub fn by_hand(breaker: &CircuitBreaker, input: u64) -> Result<u64, Error<Failure>> {
    breaker.call(|| work(input))
}

#[inline(never)]
pub fn by_hand_async(breaker: &CircuitBreaker, input: u64) -> Result<u64, Error<Failure>> {
    ready(breaker.call_async(work_async(input)))
}

/// A tower service that is always ready.
#[derive(Clone, Copy)]
pub struct Work;

impl tower_service::Service<u64> for Work {
    type Response = u64;
    type Error = Failure;
    type Future = future::Ready<Answer>;

    #[inline]
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn call(&mut self, input: u64) -> Self::Future {
        future::ready(work(input))
    }
}

#[inline]
fn call_ready<S: tower_service::Service<u64>>(service: &mut S, input: u64) -> Result<S::Response, S::Error> {
    ready(future::poll_fn(|context| service.poll_ready(context)))?;
    ready(service.call(input))
}

#[inline(never)]
pub fn bare_service(service: &mut Work, input: u64) -> Answer {
    call_ready(service, input)
}

#[inline(never)]
pub fn layer(
    service: &mut CircuitBreakerService<Work, &'static CircuitBreaker>,
    input: u64,
) -> Result<u64, Error<Failure>> {
    call_ready(service, input)
}

#[inline(never)]
pub fn layer_of_built(service: &mut CircuitBreakerService<Work>, input: u64) -> Result<u64, Error<Failure>> {
    call_ready(service, input)
}

#[inline(never)]
pub fn built() -> CircuitBreaker {
    CircuitBreaker::builder("bench").window(window::count(100)).trip(rate()).build().expect("valid")
}

#[inline(never)]
pub fn kind(calls: u32) -> CircuitBreaker {
    let breaker = CircuitBreaker::builder("bench").window(window::count(100)).trip(rate());
    breaker.max_half_open_calls(calls).build().expect("valid")
}

fn rate() -> Rule {
    trip::min(10) & trip::failure_rate(0.5)
}

/// Reads the breakers' default clock.
fn breaker(window: Window, rule: Rule) -> CircuitBreaker {
    clock::calibrate();
    builder(window, rule).build().expect("a configuration within its limits")
}

fn builder(window: Window, rule: Rule) -> Builder {
    let pause = retry::cooldown(Duration::from_secs(24 * 60 * 60));
    CircuitBreaker::builder("bench").window(window).trip(rule).retry(pause)
}

/// Each reading is a microsecond after the last. Close to a limit on durations, what a call costs depends on how long it and its
/// neighbours took, which other processes would change.
struct EachMicrosecond(AtomicU64);

impl Clock for EachMicrosecond {
    fn now(&self) -> Duration {
        Duration::from_micros(self.0.fetch_add(1, Relaxed))
    }
}
