//! Functions that return a future: when their calls are admitted, and which parts of their bodies a refusal prevents.

use std::cell::Cell;
use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, CircuitBreaker, State, breaker, circuit_breaker};
use fluxgate_tests::futures::{now, poll};

type Reply = Result<u32, CallNotPermitted>;

thread_local!(static BEGUN: Cell<u32> = const { Cell::new(0) });

/// What a body does before it returns its future.
fn begin() -> u32 {
    BEGUN.set(BEGUN.get() + 1);
    BEGUN.get()
}

fn begun() -> u32 {
    BEGUN.replace(0)
}

#[circuit_breaker(handle = EAGER)]
fn eager() -> impl Future<Output = Reply> {
    let number = begin();
    async move { Ok(number) }
}

#[circuit_breaker(handle = BOXED)]
fn boxed() -> Pin<Box<dyn Future<Output = Reply> + Send>> {
    let number = begin();
    if number > 100 {
        return Box::pin(ready(Ok(0)));
    }
    Box::pin(async move { Ok(number) })
}

#[circuit_breaker(handle = CALLED)]
fn called() -> Pin<Box<dyn Future<Output = Reply> + Send>> {
    Box::pin(ready(Ok(begin())))
}

#[circuit_breaker(handle = HANDLED, fallback = |_| Ok(7))]
fn handled() -> impl Future<Output = Reply> {
    let number = begin();
    async move { Ok(number) }
}

#[circuit_breaker(handle = REJECTED, rejected = async |_| Ok(ready(7).await))]
fn rejected() -> impl Future<Output = Reply> {
    let number = begin();
    async move { Ok(number) }
}

struct Client {
    breaker: CircuitBreaker,
}

impl Client {
    #[circuit_breaker(breaker = self.breaker)]
    fn fetch(&self) -> impl Future<Output = Reply> + use<> {
        let number = begin();
        async move { Ok(number) }
    }
}

type Form<'a> = (&'a CircuitBreaker, &'a dyn Fn() -> Pin<Box<dyn Future<Output = Reply>>>, Option<u32>);

#[test]
fn a_refused_body_does_not_start() {
    let _clock = isolate();
    let client = Client { breaker: breaker!() };
    let fetch = || Box::pin(client.fetch()) as Pin<Box<dyn Future<Output = Reply>>>;
    let forms: [Form<'_>; 6] = [
        (&EAGER, &|| Box::pin(eager()), None),
        (&BOXED, &|| boxed(), None),
        (&CALLED, &|| called(), None),
        (&HANDLED, &|| Box::pin(handled()), Some(7)),
        (&REJECTED, &|| Box::pin(rejected()), Some(7)),
        (&client.breaker, &fetch, None),
    ];
    for (breaker, call, instead) in forms {
        begun();
        assert_eq!((now(call()), begun()), (Ok(1), 1), "{}", breaker.name());
        assert_eq!(breaker.metrics().total(), 1, "{}", breaker.name());
        breaker.force_open();
        let future = call();
        assert_eq!(begun(), 0, "{}", breaker.name());
        // It was refused when called.
        breaker.reset();
        assert_eq!(now(future).ok(), instead, "{}", breaker.name());
        assert_eq!(breaker.metrics().total(), 0, "{}", breaker.name());
    }
}

#[circuit_breaker(handle = PANICKING, trip = failure_streak(1))]
fn panicking(panics: bool) -> impl Future<Output = Reply> {
    assert!(!panics, "while it begins");
    ready(Ok(1))
}

#[test]
fn a_panic_before_the_future_exists_is_a_failure() {
    let _clock = isolate();
    assert!(catch_unwind(AssertUnwindSafe(|| drop(panicking(true)))).is_err());
    assert_eq!(PANICKING.state(), State::Open);
}

#[circuit_breaker(track = returned(0), rejected = |_| 7)]
fn opaque_in_a_box(number: u32) -> Pin<Box<dyn Future<Output = impl Copy + PartialEq<u32>>>> {
    Box::pin(async move { number })
}

#[circuit_breaker]
fn a_box_of_an_opaque_future(number: u32) -> Pin<Box<impl Future<Output = Reply>>> {
    let number = number + 1;
    Box::pin(async move { Ok(number) })
}

#[test]
fn opaque_types_in_boxes_are_guarded() {
    assert!(now(opaque_in_a_box(1)) == 1);
    assert_eq!(now(a_box_of_an_opaque_future(1)), Ok(2));
}

type Boxed = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// Boxes its result in several places; not all early returns can be recognized.
#[circuit_breaker(handle = PLACES, trip = failure_streak(1), on_cancel = failure, max_half_open_calls = 1)]
fn places(place: u32) -> Pin<Box<dyn Future<Output = Reply> + Send>> {
    begin();
    let early: Boxed = Box::pin(ready(Ok(place)));
    if place == 2 {
        return early;
    }
    if place == 3 {
        return Box::pin(async move { Ok(place) });
    }
    match place {
        1 => early,
        4 => {
            // A closure's `return` is not the function's.
            let make = |number: u32| -> Boxed {
                if number > 100 {
                    return Box::pin(ready(Ok(0)));
                }
                Box::pin(async move { Ok(number) })
            };
            Box::pin(make(place))
        }
        5 => Box::pin(async move {
            assert_ne!(place, 5, "while it is polled");
            Ok(place)
        }),
        6 => panic!("while it is made"),
        7 => Box::pin({
            assert_ne!(place, 7, "just before it is made");
            ready(Ok(place))
        }),
        _ => Box::pin(std::future::pending()),
    }
}

#[test]
fn each_place_where_a_body_boxes_its_future_is_guarded() {
    let _clock = isolate();
    for place in 1..=4 {
        assert_eq!(now(places(place)), Ok(place));
        assert_eq!((PLACES.metrics().total(), PLACES.state()), (1, State::Closed), "{place}");
        let future = places(place);
        PLACES.force_open();
        // It was admitted when called.
        assert_eq!(now(future), Ok(place));
        begun();
        let future = places(place);
        PLACES.reset();
        assert_eq!((now(future).is_err(), begun()), (true, 0), "{place}");
        drop(places(place));
        assert_eq!(PLACES.state(), State::Open, "dropped before it was polled: {place}");
        PLACES.reset();
    }
    for place in 5..=7 {
        assert!(catch_unwind(AssertUnwindSafe(|| now(places(place)))).is_err());
        assert_eq!(PLACES.state(), State::Open, "{place}");
        PLACES.reset();
    }
    let mut waits = places(9);
    assert!(poll(waits.as_mut()).is_pending());
    assert!(poll(waits.as_mut()).is_pending());
    drop(waits);
    assert_eq!(PLACES.state(), State::Open);
}

#[circuit_breaker(breaker = breaker)]
fn inside(breaker: &CircuitBreaker) -> Pin<Box<dyn Future<Output = Reply> + Send>> {
    let inner = breaker.call(|| Ok::<_, ()>(1)).unwrap_or(0);
    Box::pin(async move { Ok(inner) })
}

struct Request(u32);

/// Unlike the one of the crate `futures`: it boxes something that is not a future, or a future with another output.
trait Sent {
    fn boxed(&self) -> Boxed;
}

impl Sent for Request {
    fn boxed(&self) -> Boxed {
        Box::pin(ready(Ok(self.0)))
    }
}

trait Converted: Future<Output = u32> + Sized + Send + 'static {
    fn boxed_local(self) -> Boxed {
        Box::pin(async move { Ok(self.await) })
    }
}

impl<F: Future<Output = u32> + Send + 'static> Converted for F {}

fn request(number: u32) -> Request {
    Request(number)
}

#[circuit_breaker(handle = SENT)]
fn sent(request: &Request, form: u32) -> Pin<Box<dyn Future<Output = Reply> + Send>> {
    let number = form;
    match number {
        1 => self::request(number).boxed(),
        2 => request.boxed(),
        3 => {
            let request = Request(number);
            request.boxed()
        }
        4 => async move { number }.boxed_local(),
        _ => {
            let future = ready(number);
            future.boxed_local()
        }
    }
}

#[test]
fn methods_that_box_something_else_are_guarded() {
    let _clock = isolate();
    for form in 1..=5 {
        assert_eq!(now(sent(&Request(2), form)), Ok(form));
        assert_eq!(SENT.metrics().total(), form.into());
        SENT.force_open();
        assert!(now(sent(&Request(2), form)).is_err());
        SENT.reset();
        for _ in 0..form {
            assert_eq!(now(sent(&Request(2), form)), Ok(form));
        }
    }
}

/// A boxed call takes its slot when it begins; a call from within its body is part of it, a later call is not.
#[test]
fn a_body_that_boxes_its_future_runs_inside_its_call() {
    let clock = isolate();
    let breaker =
        breaker!(trip = half_open & min(2) & failure_rate(1.0) | failure_streak(1), max_half_open_calls = 1);
    let _ = breaker.call(|| Err::<(), _>("down"));
    clock.advance(std::time::Duration::from_secs(61));
    let future = inside(&breaker);
    assert_eq!(breaker.state(), State::HalfOpen);
    assert!(breaker.call(|| Ok::<_, ()>(1)).is_err(), "this is not inside");
    assert_eq!(now(future), Ok(1));
    breaker.acquire().expect("the slot is free").ignore();
}

#[test]
#[should_panic(expected = "resumed after completion")]
fn a_refused_box_polled_after_completion_panics() {
    let _clock = isolate();
    PLACES.force_open();
    let mut future = places(1);
    assert!(poll(future.as_mut()).is_ready());
    let _ = poll(future.as_mut());
}

#[circuit_breaker(handle = CANCELLED, trip = failure_streak(1), on_cancel = failure)]
fn cancelled() -> impl Future<Output = Reply> {
    let number = begin();
    async move { Ok(number) }
}

#[test]
fn an_eager_call_that_is_never_polled_is_cancelled() {
    let _clock = isolate();
    drop(cancelled());
    assert_eq!(CANCELLED.state(), State::Open);
}

#[circuit_breaker(handle = LAZY, trip = failure_streak(1), on_cancel = failure)]
fn lazy() -> Pin<Box<dyn Future<Output = Reply>>> {
    Box::pin(async move { Ok(1) })
}

#[test]
fn a_body_that_is_only_a_future_is_admitted_at_its_first_poll() {
    let _clock = isolate();
    drop(lazy());
    assert_eq!(LAZY.state(), State::Closed);
    let future = lazy();
    LAZY.force_open();
    assert!(now(future).is_err());
}

/// An eager call takes its slot when it begins; a call from within its body is part of it, a later call is not.
#[test]
fn an_eager_body_runs_inside_its_call() {
    #[circuit_breaker(breaker = breaker)]
    fn outer(breaker: &CircuitBreaker) -> impl Future<Output = Reply> + use<> {
        let inner = breaker.call(|| Ok::<_, ()>(1)).unwrap_or(0);
        async move { Ok(inner) }
    }
    let clock = isolate();
    let breaker =
        breaker!(trip = half_open & min(2) & failure_rate(1.0) | failure_streak(1), max_half_open_calls = 1);
    let _ = breaker.call(|| Err::<(), _>("down"));
    clock.advance(std::time::Duration::from_secs(61));
    let future = outer(&breaker);
    assert_eq!(breaker.state(), State::HalfOpen);
    assert!(breaker.acquire().is_err(), "the slot is taken");
    assert!(breaker.call(|| Ok::<_, ()>(1)).is_err(), "this is not inside");
    assert_eq!(now(future), Ok(1));
    breaker.acquire().expect("the slot is free").ignore();
}

#[circuit_breaker]
async fn once() -> Reply {
    Ok(1)
}

/// Like a future that the compiler generates.
#[test]
fn a_future_polled_after_completion_panics() {
    fn again<F: Future<Output = Reply>>(future: F) {
        let mut future = pin!(future);
        assert!(poll(future.as_mut()).is_ready());
        let polled = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut())));
        let panic = polled.expect_err("a panic");
        let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = message.or_else(|| panic.downcast_ref::<String>().cloned()).expect("text");
        assert_eq!(message, "`async fn` resumed after completion");
    }
    let _clock = isolate();
    again(once());
    again(eager());
    again(lazy());
    again(rejected());
    EAGER.force_open();
    LAZY.force_open();
    again(eager());
    again(lazy());
}

#[test]
fn a_future_of_call_async_polled_after_completion_panics() {
    let breaker = breaker!();
    let mut future = pin!(breaker.call_async(async { Ok::<_, ()>(1) }));
    assert!(poll(future.as_mut()).is_ready());
    assert!(catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()))).is_err());
}
