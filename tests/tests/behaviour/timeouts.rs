//! With the feature `tokio`, calls can have a time limit: a time-out is a failure that took that long.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use fluxgate::testing::isolate;
use fluxgate::{CallNotPermitted, CircuitBreaker, Error, State, TimedOut, breaker, circuit_breaker, trip};
use fluxgate_tests::fixture::{Fixture, millis, seconds};
use fluxgate_tests::futures::poll;
use tokio::time::{Instant, sleep};

static SHOP: CircuitBreaker = breaker!(name = "shop with a time limit", trip = failures(100));
const LIMIT: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
enum ShopError {
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

async fn take(duration: Duration) -> u32 {
    sleep(duration).await;
    1
}

#[circuit_breaker(breaker = SHOP, timeout = 2s)]
async fn plain(duration: Duration) -> Result<u32, ShopError> {
    Ok(take(duration).await)
}

#[circuit_breaker(breaker = SHOP, timeout = LIMIT, track = matches(_ if false))]
async fn with_tracker(duration: Duration) -> Result<u32, ShopError> {
    Ok(take(duration).await)
}

#[circuit_breaker(breaker = SHOP, timeout = 2s, track = returned(Err(_)))]
async fn with_tracker_of_all(duration: Duration) -> std::io::Result<u32> {
    Ok(take(duration).await)
}

#[circuit_breaker(breaker = SHOP, timeout = 2s, fallback = |error: ShopError| if matches!(error, ShopError::TimedOut(_)) { Ok(7) } else { Err(error) })]
async fn with_fallback(duration: Duration) -> Result<u32, ShopError> {
    Ok(take(duration).await)
}

#[circuit_breaker(breaker = SHOP, timeout = 2s, fallback = async |_| Ok(take(Duration::from_secs(5)).await + 8))]
async fn with_async_fallback(duration: Duration) -> anyhow::Result<u32> {
    Ok(take(duration).await)
}

#[circuit_breaker(breaker = SHOP, timeout = 2s, rejected = |_| Ok(0))]
async fn with_rejected(duration: Duration) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(take(duration).await)
}

#[circuit_breaker(breaker = SHOP, timeout = 2s)]
fn opaque(duration: Duration) -> impl Future<Output = Result<u32, Error<ShopError>>> {
    async move { Ok(take(duration).await) }
}

#[circuit_breaker(breaker = SHOP, timeout = 2s)]
fn boxed(duration: Duration) -> Pin<Box<dyn Future<Output = std::io::Result<u32>> + Send>> {
    let future = take(duration);
    Box::pin(async move { Ok(future.await) })
}

#[circuit_breaker(breaker = SHOP, timeout = 2s, fallback = |_| Ok(9))]
fn boxed_with_fallback(duration: Duration) -> Pin<Box<dyn Future<Output = std::io::Result<u32>> + Send>> {
    let future = take(duration);
    Box::pin(async move { Ok(future.await) })
}

#[circuit_breaker(breaker = SHOP, timeout = 2s)]
async fn generic<E: From<CallNotPermitted> + From<TimedOut>>(duration: Duration) -> Result<u32, E> {
    Ok(take(duration).await)
}

#[async_trait::async_trait]
trait Remote {
    async fn fetch(&self, duration: Duration) -> std::io::Result<u32>;
}

struct Client(CircuitBreaker);

#[async_trait::async_trait]
impl Remote for Client {
    #[circuit_breaker(breaker = self.0, timeout = 2s)]
    async fn fetch(&self, duration: Duration) -> std::io::Result<u32> {
        Ok(take(duration).await)
    }
}

#[tokio::test(start_paused = true)]
async fn every_form_ends_in_time_with_an_error_of_its_own_type() {
    let _isolation = isolate();
    let begun = Instant::now();
    assert!(matches!(plain(seconds(3)).await, Err(ShopError::TimedOut(_))));
    assert_eq!(begun.elapsed().as_secs(), 2);
    assert!(matches!(with_tracker(seconds(3)).await, Err(ShopError::TimedOut(_))));
    assert_eq!(with_tracker_of_all(seconds(3)).await.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(with_fallback(seconds(3)).await.unwrap(), 7);
    assert_eq!(begun.elapsed().as_secs(), 8);
    assert_eq!(with_async_fallback(seconds(3)).await.unwrap(), 9);
    assert_eq!(begun.elapsed().as_secs(), 15);
    assert!(with_rejected(seconds(3)).await.unwrap_err().is::<TimedOut>());
    assert!(matches!(opaque(seconds(3)).await, Err(Error::Inner(ShopError::TimedOut(_)))));
    assert_eq!(boxed(seconds(3)).await.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(boxed_with_fallback(seconds(3)).await.unwrap(), 9);
    assert!(matches!(generic::<ShopError>(seconds(3)).await, Err(ShopError::TimedOut(_))));
    assert_eq!((SHOP.metrics().failures(), SHOP.metrics().total()), (10, 10));
    let client = Client(CircuitBreaker::builder("client").build().unwrap());
    client.fetch(seconds(3)).await.unwrap_err();
    assert_eq!(client.0.metrics().failures(), 1);
    assert_eq!(begun.elapsed().as_secs(), 27);
}

#[tokio::test(start_paused = true)]
async fn calls_that_end_in_time_are_unaffected() {
    let _isolation = isolate();
    let short = millis(1_999);
    assert_eq!(plain(short).await.unwrap(), 1);
    assert_eq!(with_fallback(short).await.unwrap(), 1);
    assert_eq!(with_async_fallback(short).await.unwrap(), 1);
    assert_eq!(with_rejected(short).await.unwrap(), 1);
    assert_eq!(opaque(short).await.unwrap(), 1);
    assert_eq!(boxed(short).await.unwrap(), 1);
    assert_eq!(generic::<ShopError>(short).await.unwrap(), 1);
    assert_eq!((SHOP.metrics().failures(), SHOP.metrics().total()), (0, 7));
    SHOP.force_open();
    assert!(matches!(plain(short).await, Err(ShopError::NotPermitted(_))));
    assert_eq!(with_rejected(short).await.unwrap(), 0);
}

#[test]
fn a_call_that_is_ready_at_once_needs_no_runtime() {
    let breaker = CircuitBreaker::builder("ready").build().unwrap();
    let mut call = pin!(breaker.call_async(async { Ok::<_, TimedOut>(3) }).timeout(seconds(1)));
    let polled = poll(call.as_mut());
    assert!(matches!(polled, Poll::Ready(Ok(3))));
}

#[tokio::test(start_paused = true)]
async fn the_error_says_which_breaker_and_how_long() {
    let breaker = CircuitBreaker::builder("slow").build().unwrap();
    let limited = breaker.call_async(pending::<Result<(), TimedOut>>()).timeout(millis(1_500));
    let Err(Error::Inner(timed_out)) = limited.await else { panic!("it never ends") };
    assert_eq!(timed_out.to_string(), "the call timed out after 1.5s (circuit breaker `slow`)");
    assert_eq!((timed_out.breaker(), timed_out.limit()), ("slow", millis(1_500)));
    let longer = breaker.call_async(pending::<Result<(), TimedOut>>()).timeout(millis(1_501));
    assert_ne!(longer.await, Err(Error::Inner(timed_out.clone())));
    assert_eq!(Error::<TimedOut>::from(timed_out.clone()), Error::Inner(timed_out));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_times_out_is_slow() {
    let fixture = Fixture::new(|builder| builder.trip(trip::min(2) & trip::slow_rate(1.0, seconds(2))));
    for _ in 0..2 {
        let mut call =
            pin!(fixture.breaker.call_async(pending::<Result<(), TimedOut>>()).timeout(seconds(2)));
        assert!(poll(call.as_mut()).is_pending());
        fixture.advance(seconds(2));
        call.await.unwrap_err();
    }
    assert_eq!(fixture.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn probes_that_time_out_reopen_the_breaker_and_release_their_slots() {
    let fixture = Fixture::new(|builder| builder.trip(trip::failure_streak(2)).max_half_open_calls(1));
    fixture.before_trial();
    for _ in 0..2 {
        fixture.breaker.call_async(pending::<Result<(), TimedOut>>()).timeout(seconds(1)).await.unwrap_err();
    }
    assert_eq!((fixture.state(), fixture.breaker.snapshot().reopens), (State::Open, 1));
}

struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn the_body_is_dropped_and_the_call_is_not_cancelled() {
    let breaker = CircuitBreaker::builder("dropped").build().unwrap();
    let is_dropped = Arc::new(AtomicBool::new(false));
    let held = Dropped(is_dropped.clone());
    let body = async move {
        pending::<()>().await;
        drop(held);
        Ok::<_, TimedOut>(())
    };
    let limited = breaker.call_async(body).timeout(seconds(1));
    limited.await.unwrap_err();
    assert!(is_dropped.load(Ordering::Relaxed));
    let totals = breaker.snapshot().totals;
    assert_eq!((totals.failures, totals.cancelled), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_limited_call_that_is_dropped_is_cancelled() {
    let breaker = CircuitBreaker::builder("given up").build().unwrap();
    {
        let mut limited = pin!(breaker.call_async(pending::<Result<(), TimedOut>>()).timeout(seconds(1)));
        assert!(poll(limited.as_mut()).is_pending());
    }
    let totals = breaker.snapshot().totals;
    assert_eq!((totals.failures, totals.cancelled), (0, 1));
}

/// Tokio gives each task a budget; a body that uses it up must not keep the timer from being polled.
#[tokio::test]
async fn a_body_that_is_always_busy_times_out() {
    let breaker = CircuitBreaker::builder("busy").build().unwrap();
    let body = async {
        loop {
            tokio::task::consume_budget().await;
        }
        #[expect(unreachable_code, reason = "it says what the error is")]
        Ok::<(), TimedOut>(())
    };
    assert!(matches!(breaker.call_async(body).timeout(millis(5)).await, Err(Error::Inner(_))));
}

/// The limit costs tokio's timer and up to three words.
#[test]
fn a_limited_future_is_larger_by_a_timer() {
    let breaker = CircuitBreaker::builder("large").build().unwrap();
    let call = || breaker.call_async(pending::<Result<(), TimedOut>>());
    let timer = size_of::<tokio::time::Sleep>();
    let (plain, limited) = (size_of_val(&call()), size_of_val(&call().timeout(seconds(1))));
    assert!(limited - plain <= timer + 24, "{limited} - {plain}, with a timer of {timer} bytes");
}

#[cfg(feature = "chaos")]
#[tokio::test(start_paused = true)]
async fn a_fault_delays_a_call_within_its_limit() {
    let _isolation = isolate();
    SHOP.inject(fluxgate::Fault::lasting(seconds(60)).delay(1.0, seconds(10))).unwrap();
    let begun = Instant::now();
    assert!(matches!(plain(seconds(0)).await, Err(ShopError::TimedOut(_))));
    assert_eq!(with_fallback(seconds(0)).await.unwrap(), 7);
    assert!(boxed(seconds(0)).await.is_err());
    assert_eq!(begun.elapsed().as_secs(), 6);
    SHOP.inject(fluxgate::Fault::lasting(seconds(60)).delay(1.0, seconds(1))).unwrap();
    plain(millis(900)).await.unwrap();
    assert!(plain(millis(1_100)).await.is_err());
    assert_eq!((SHOP.metrics().failures(), SHOP.metrics().total()), (4, 5));
}

#[cfg(feature = "serde")]
#[tokio::test(start_paused = true)]
async fn a_time_out_serializes() {
    let breaker = CircuitBreaker::builder("serialized").build().unwrap();
    let error = breaker.call_async(pending::<Result<(), TimedOut>>()).timeout(seconds(1)).await.unwrap_err();
    let message = "the call timed out after 1s (circuit breaker `serialized`)";
    assert_eq!(
        serde_json::to_value(&error).unwrap(),
        serde_json::json!({"breaker": "serialized", "limit": 1.0, "message": message})
    );
}
