//! Which results count as what: every form of `track`, `success` and `ignore`.
#![allow(deprecated, reason = "what two trackers claim goes to the one that is asked first")]

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, CircuitBreaker, circuit_breaker};

#[derive(Debug, PartialEq)]
enum Failure {
    NotFound,
    Status(u16),
    NotPermitted,
}

impl From<CallNotPermitted> for Failure {
    fn from(_: CallNotPermitted) -> Self {
        Self::NotPermitted
    }
}

use Failure::{NotFound, Status};

/// How many failures, and how many calls in total, the breaker has recorded.
fn seen(breaker: &CircuitBreaker) -> (u64, u64) {
    (breaker.metrics().failures(), breaker.metrics().total())
}

const SUCCESS: (u64, u64) = (0, 1);
const FAILURE: (u64, u64) = (1, 1);
const IGNORED: (u64, u64) = (0, 0);

/// A function with this tracker that returns its argument, and a test of how the result counts.
macro_rules! counts {
    ($test:ident: $($arguments:tt)*) => { counts!(@ $test [] $($arguments)*); };
    (@ $test:ident [$($read:tt)*] => $returned:ty { $($value:expr => $counts:expr,)* }) => {
        #[test]
        fn $test() {
            #[circuit_breaker(handle = BREAKER, $($read)*)]
            fn guarded(value: $returned) -> $returned {
                value
            }
            $({
                let _clock = isolate();
                let _ = guarded($value);
                assert_eq!(seen(&BREAKER), $counts, "{}", stringify!($value));
            })*
        }
    };
    (@ $test:ident [$($read:tt)*] $next:tt $($rest:tt)*) => { counts!(@ $test [$($read)* $next] $($rest)*); };
}

type Reply = Result<u16, Failure>;

counts!(by_default_every_err_is_a_failure: => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => FAILURE,
});

counts!(all: track = all => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => FAILURE,
});

counts!(matches_a_pattern: track = matches(Status(500..) | NotFound) => Reply {
    Ok(200) => SUCCESS,
    Err(Status(500)) => FAILURE,
    Err(NotFound) => FAILURE,
    Err(Status(400)) => IGNORED,
});

counts!(matches_with_a_guard: track = matches(Status(code) if *code >= 500) => Reply {
    Ok(200) => SUCCESS,
    Err(Status(500)) => FAILURE,
    Err(Status(400)) => IGNORED,
    Err(NotFound) => IGNORED,
});

counts!(in_a_string: track = "matches(Status(code) if *code >= 500) | ok(204)" => Reply {
    Ok(200) => SUCCESS,
    Ok(204) => FAILURE,
    Err(Status(500)) => FAILURE,
    Err(Status(400)) => IGNORED,
});

counts!(a_success_is_asked_first: success = matches(NotFound) => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => SUCCESS,
    Err(Status(500)) => FAILURE,
});

counts!(both: success = matches(NotFound), track = matches(NotFound | Status(500..)) => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => SUCCESS,
    Err(Status(500)) => FAILURE,
    Err(Status(400)) => IGNORED,
});

counts!(an_ok_that_is_none: track = all | ok(500.. if true) => Reply {
    Ok(200) => SUCCESS,
    Ok(503) => FAILURE,
    Err(NotFound) => FAILURE,
});

counts!(only_oks: track = ok(500..) => Reply {
    Ok(503) => FAILURE,
    Ok(200) => SUCCESS,
    Err(NotFound) => FAILURE,
});

counts!(an_ok_may_be_a_success: track = ok(_) | all, success = ok(200) => Reply {
    Ok(200) => SUCCESS,
    Ok(204) => FAILURE,
    Err(NotFound) => FAILURE,
});

// A tracker of `Err` says nothing about an `Ok`, negated or not.
counts!(not_on_the_other_side: track = !matches(NotFound) => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => IGNORED,
    Err(Status(500)) => FAILURE,
});

counts!(not_of_an_ok: track = !ok(200) => Reply {
    Ok(200) => SUCCESS,
    Ok(204) => FAILURE,
    Err(NotFound) => FAILURE,
});

counts!(
    precedence_is_as_in_rust:
    track = matches(NotFound) | matches(Status(_)) & !matches(Status(400..=499)) | !(ok(..=299) | ok(304)) => Reply
    {
        Err(NotFound) => FAILURE,
        Err(Status(404)) => IGNORED,
        Err(Status(500)) => FAILURE,
        Ok(200) => SUCCESS,
        Ok(304) => SUCCESS,
        Ok(500) => FAILURE,
    }
);

counts!(all_but: track = all & !matches(NotFound) => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => IGNORED,
    Err(Status(500)) => FAILURE,
});

counts!(a_whole_result: track = returned(Ok(500..) | Err(Status(_))) => Reply {
    Ok(200) => SUCCESS,
    Ok(500) => FAILURE,
    Err(Status(400)) => FAILURE,
    Err(NotFound) => IGNORED,
});

counts!(a_whole_result_beside_others: track = returned(Ok(500..)) | matches(Status(_)) => Reply {
    Ok(200) => SUCCESS,
    Ok(500) => FAILURE,
    Err(Status(400)) => FAILURE,
    Err(NotFound) => IGNORED,
});

counts!(a_value: track = returned(None), rejected = |_| None => Option<u16> {
    Some(1) => SUCCESS,
    None => FAILURE,
});

counts!(a_value_that_is_a_success: track = returned(_), success = returned(200..=299), rejected = |_| 0 => u16 {
    200 => SUCCESS,
    404 => FAILURE,
});

fn is_server_error(error: &Failure) -> bool {
    matches!(error, Status(500..))
}

counts!(a_function_of_ours: track = custom(is_server_error) => Reply {
    Ok(200) => SUCCESS,
    Err(Status(500)) => FAILURE,
    Err(NotFound) => IGNORED,
});

counts!(a_closure: track = custom(|error| error.eq(&NotFound)) | ok(0) => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => FAILURE,
    Err(Status(1)) => IGNORED,
});

// A tracker that panics counts as absent.
counts!(a_panic_in_track: track = custom(|_| panic!("a bug")) | ok(_ if panic!("a bug")) => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => FAILURE,
});

counts!(a_panic_in_success: success = custom(|_| panic!("a bug")), track = matches(NotFound) => Reply {
    Ok(200) => SUCCESS,
    Err(NotFound) => FAILURE,
    Err(Status(1)) => IGNORED,
});

counts!(a_panic_of_whole_values: track = returned(_ if panic!("a bug")), rejected = |_| None => Option<u16> {
    Some(1) => SUCCESS,
    None => SUCCESS,
});

counts!(a_panic_of_whole_results: track = returned(_ if panic!("a bug")) => Reply {
    Ok(1) => SUCCESS,
    Err(NotFound) => FAILURE,
});

#[derive(Debug)]
struct Timeout;

#[derive(Debug)]
struct Outer<E>(E);

impl fmt::Display for Timeout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("timed out")
    }
}

impl Error for Timeout {}

impl<E> fmt::Display for Outer<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the call failed")
    }
}

impl<E: Error + 'static> Error for Outer<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

impl From<CallNotPermitted> for Outer<Timeout> {
    fn from(_: CallNotPermitted) -> Self {
        Self(Timeout)
    }
}

impl From<CallNotPermitted> for Outer<io::Error> {
    fn from(refusal: CallNotPermitted) -> Self {
        Self(refusal.into())
    }
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

counts!(an_error_itself: track = type_of(Outer<Timeout>) => Result<(), Outer<Timeout>> {
    Ok(()) => SUCCESS,
    Err(Outer(Timeout)) => FAILURE,
});

counts!(an_errors_source: track = type_of(Timeout) => Result<(), Outer<Timeout>> {
    Err(Outer(Timeout)) => FAILURE,
});

counts!(no_such_source: track = type_of(io::Error) => Result<(), Outer<Timeout>> {
    Err(Outer(Timeout)) => IGNORED,
});

counts!(any_of_several: track = type_of(std::num::ParseIntError, io::Error) => Result<(), Outer<io::Error>> {
    Err(Outer(not_found())) => FAILURE,
});

counts!(within_an_io_error: track = type_of(Timeout) => io::Result<()> {
    Err(io::Error::other(Outer(Timeout))) => FAILURE,
    Err(io::Error::other(Timeout)) => FAILURE,
    Err(not_found()) => IGNORED,
});

type Boxed = Box<dyn Error>;
type BoxedError = dyn Error + Send + Sync;
type BoxedToSend = Box<BoxedError>;

counts!(within_an_error_of_ours: track = type_of(Timeout) => Result<(), fluxgate::Error<Timeout>> {
    Err(fluxgate::Error::Inner(Timeout)) => FAILURE,
    Ok(()) => SUCCESS,
});

#[derive(Debug, thiserror::Error)]
enum Transparent {
    #[error(transparent)]
    Refused(#[from] CallNotPermitted),
}

type Nested = fluxgate::Error<fluxgate::Error<Timeout>>;

counts!(a_refusal_in_an_error_of_ours: track = !type_of(CallNotPermitted) => Result<(), Nested> {
    Err(fluxgate::Error::NotPermitted(refusal())) => IGNORED,
    Err(fluxgate::Error::Inner(fluxgate::Error::NotPermitted(refusal()))) => IGNORED,
    Err(fluxgate::Error::Inner(fluxgate::Error::Inner(Timeout))) => FAILURE,
});

counts!(a_refusal_in_a_transparent_variant: track = !type_of(CallNotPermitted) => Result<(), Transparent> {
    Err(refusal().into()) => IGNORED,
});

counts!(a_refusal_in_a_transparent_variant_in_a_box: track = !type_of(CallNotPermitted) => Result<(), Boxed> {
    Err(Transparent::from(refusal()).into()) => IGNORED,
    Err(Timeout.into()) => FAILURE,
});

/// A refusal by another breaker.
fn refusal() -> CallNotPermitted {
    let breaker = CircuitBreaker::builder("other").build().expect("defaults");
    breaker.force_open();
    breaker.acquire().expect_err("it is forced open")
}

counts!(in_an_error_of_ours_in_a_box: track = type_of(Timeout, io::Error) => Result<(), Boxed> {
    Err(Box::new(fluxgate::Error::Inner(Timeout))) => FAILURE,
    Err(Box::new(Outer(fluxgate::Error::Inner(io::Error::other(Timeout))))) => FAILURE,
    Err(Box::new(fluxgate::Error::Inner(Outer(Timeout)))) => FAILURE,
    Ok(()) => SUCCESS,
});

/// An error that is its own source, and counts how often it is asked for it.
#[derive(Debug, Default)]
struct Circle(AtomicU32);

impl fmt::Display for Circle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a circle")
    }
}

impl Error for Circle {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        assert!(self.0.fetch_add(1, Relaxed) < 10_000, "followed without end");
        Some(self)
    }
}

impl From<CallNotPermitted> for Circle {
    fn from(_: CallNotPermitted) -> Self {
        Self::default()
    }
}

#[test]
fn a_search_of_sources_that_form_a_circle_ends() {
    #[circuit_breaker]
    fn all() -> Result<(), Circle> {
        Err(Circle::default())
    }
    #[circuit_breaker(track = type_of(Timeout))]
    fn some() -> Result<(), Box<dyn Error>> {
        Err(Box::new(Circle::default()))
    }
    for circle in [all().unwrap_err(), *some().unwrap_err().downcast().expect("a circle")] {
        assert!((1..1_000).contains(&circle.0.into_inner()));
    }
}

counts!(within_a_box: track = type_of(Timeout) => Result<(), Boxed> {
    Err(Timeout.into()) => FAILURE,
    Err(Outer(Timeout).into()) => FAILURE,
    Err(not_found().into()) => IGNORED,
    Err("text".into()) => IGNORED,
});

counts!(within_a_box_to_send: track = type_of(Timeout) & !type_of(Outer<Timeout>) => Result<(), BoxedToSend> {
    Err(Timeout.into()) => FAILURE,
    Err(Outer(Timeout).into()) => IGNORED,
});

counts!(within_anyhow: track = type_of(Timeout), success = type_of(io::Error) => anyhow::Result<()> {
    Err(Timeout.into()) => FAILURE,
    Err(anyhow::Error::from(Outer(Timeout)).context("while calling").context("again")) => FAILURE,
    Err(anyhow::anyhow!("text")) => IGNORED,
    Err(anyhow::Error::from(not_found()).context("while calling")) => SUCCESS,
});

/// Can be made from a refusal, and dereferences to an error.
#[derive(Debug)]
struct Pointer(Arc<dyn Error + Send + Sync>);

impl std::ops::Deref for Pointer {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl From<CallNotPermitted> for Pointer {
    fn from(refusal: CallNotPermitted) -> Self {
        Self(Arc::new(refusal))
    }
}

counts!(behind_a_pointer: track = type_of(Timeout) => Result<(), Pointer> {
    Err(Pointer(Arc::new(Outer(Timeout)))) => FAILURE,
    Err(Pointer(Arc::new(not_found()))) => IGNORED,
});

// `Box<Timeout>` is an error itself, and its `source` leaves out the `Timeout`.
counts!(an_error_in_a_box: track = type_of(Timeout), rejected = |_| Ok(()) => Result<(), Box<Timeout>> {
    Err(Box::new(Timeout)) => FAILURE,
});

counts!(an_error_in_an_arc: track = type_of(Timeout), rejected = |_| Ok(()) => Result<(), Arc<Outer<Timeout>>> {
    Err(Arc::new(Outer(Timeout))) => FAILURE,
});

// What several callers of a cache share: moka's `try_get_with`.
counts!(behind_two_pointers: track = type_of(Timeout), rejected = |_| Ok(()) => Result<(), Arc<anyhow::Error>> {
    Err(Arc::new(Timeout.into())) => FAILURE,
    Err(Arc::new(anyhow::Error::from(Outer(Timeout)).context("while loading"))) => FAILURE,
    Err(Arc::new(not_found().into())) => IGNORED,
});

counts!(a_box_in_an_arc: track = type_of(Timeout), rejected = |_| Ok(()) => Result<(), Arc<BoxedToSend>> {
    Err(Arc::new(Timeout.into())) => FAILURE,
    Err(Arc::new(Outer(Timeout).into())) => FAILURE,
    Err(Arc::new("text".into())) => IGNORED,
});

// So do pointers that are the source of an error, or its concrete type.
counts!(a_source_behind_a_pointer: track = type_of(Timeout) => Result<(), BoxedToSend> {
    Err(Outer(Box::new(Timeout)).into()) => FAILURE,
    Err(Outer(Arc::new(Outer(Timeout))).into()) => FAILURE,
    Err(Outer(Arc::new(Timeout)).into()) => FAILURE,
    Err(Box::new(Arc::new(Timeout))) => FAILURE,
    Err(Outer(Arc::<BoxedError>::from(Box::new(Timeout) as BoxedToSend)).into()) => FAILURE,
    Err(Outer(Arc::<BoxedError>::from(Box::new(Outer(Arc::new(Timeout))) as BoxedToSend)).into()) => FAILURE,
    Err(Outer(Arc::new(not_found())).into()) => IGNORED,
    Err(Outer(Arc::<BoxedError>::from(Box::new(not_found()) as BoxedToSend)).into()) => IGNORED,
});

counts!(a_source_behind_a_pointer_of_one_thread: track = type_of(Timeout) => Result<(), Boxed> {
    Err(Outer(Arc::<dyn Error>::from(Box::new(Timeout) as Boxed)).into()) => FAILURE,
    Err(Outer(Arc::<dyn Error + Send>::from(Box::new(Timeout) as Box<dyn Error + Send>)).into()) => FAILURE,
});

counts!(within_an_io_error_behind_a_pointer: track = type_of(Timeout) => Result<(), Boxed> {
    Err(Outer(Box::new(io::Error::other(Timeout))).into()) => FAILURE,
    Err(Outer(Arc::new(io::Error::other(Timeout))).into()) => FAILURE,
    Err(Outer(Arc::<BoxedError>::from(Box::new(io::Error::other(Timeout)) as BoxedToSend)).into()) => FAILURE,
});

counts!(in_an_error_of_ours_behind_a_pointer: track = type_of(Timeout) => Result<(), Boxed> {
    Err(fluxgate::Error::Inner(Box::new(Timeout)).into()) => FAILURE,
    Err(fluxgate::Error::Inner(Arc::new(Timeout)).into()) => FAILURE,
    Err(fluxgate::Error::Inner(Arc::<BoxedError>::from(Box::new(Timeout) as BoxedToSend)).into()) => FAILURE,
    Err(fluxgate::Error::Inner(io::Error::other(Timeout)).into()) => FAILURE,
    Err(fluxgate::Error::Inner(Box::new(io::Error::other(Timeout))).into()) => FAILURE,
});

#[circuit_breaker(handle = GENERIC, track = type_of(Timeout))]
fn generic<E: Error + From<CallNotPermitted> + 'static>(error: E) -> Result<(), E> {
    Err(error)
}

#[circuit_breaker(handle = GENERIC_DEFAULT)]
fn generic_default<E: From<CallNotPermitted>>(error: E) -> Result<(), E> {
    Err(error)
}

#[test]
fn trackers_of_generic_errors() {
    {
        let _clock = isolate();
        assert!(generic(Outer(Timeout)).is_err());
        assert_eq!(seen(&GENERIC), FAILURE);
    }
    {
        let _clock = isolate();
        assert!(generic(not_found()).is_err());
        assert_eq!(seen(&GENERIC), IGNORED);
    }
    let _clock = isolate();
    assert!(generic_default::<Failure>(NotFound).is_err());
    assert_eq!(seen(&GENERIC_DEFAULT), FAILURE);
}

#[test]
fn trackers_of_async_functions() {
    #[circuit_breaker(handle = BREAKER, track = custom(|error| error.eq(&limit)) | ok(value if *value == limit))]
    async fn guarded(value: Reply, limit: Failure) -> Result<Failure, Failure> {
        match value {
            Ok(code) => Ok(Status(code)),
            Err(error) => Err(error),
        }
    }

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (value, counts) in
        [(Ok(500), FAILURE), (Ok(200), SUCCESS), (Err(Status(500)), FAILURE), (Err(NotFound), IGNORED)]
    {
        let _clock = isolate();
        let _ = runtime.block_on(guarded(value, Status(500)));
        assert_eq!(seen(&BREAKER), counts);
    }
}

counts!(a_negated_tracker_of_ok_alone: track = !ok(..500) & ok(_), success = matches(NotFound) => Reply {
    Ok(200) => SUCCESS,
    Ok(500) => FAILURE,
    Err(NotFound) => SUCCESS,
    Err(Status(1)) => FAILURE,
});

counts!(what_says_nothing_is_asked_first: ignore = ok(304) | matches(NotFound), success = matches(_), track = ok(_) => Reply {
    Ok(200) => FAILURE,
    Ok(304) => IGNORED,
    Err(NotFound) => IGNORED,
    Err(Status(1)) => SUCCESS,
});

counts!(with_nothing_else: ignore = ok(304) => Reply {
    Ok(200) => SUCCESS,
    Ok(304) => IGNORED,
    Err(NotFound) => FAILURE,
});

counts!(of_whole_results: ignore = returned(Ok(304)), track = returned(Err(_)) => Reply {
    Ok(200) => SUCCESS,
    Ok(304) => IGNORED,
    Err(NotFound) => FAILURE,
});

counts!(a_panic_in_what_says_nothing: ignore = ok(_ if panic!("a bug")) => Reply {
    Ok(200) => SUCCESS,
});
