//! A time limit, of a literal and of a constant, with errors that need nothing and one that needs a line.

use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::time::Duration;

use fluxgate::{CallNotPermitted, TimedOut, circuit_breaker};

const LIMIT: Duration = Duration::from_millis(1);

#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    #[error(transparent)]
    NotPermitted(#[from] CallNotPermitted),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

trait FutureExt: Future + Sized + Send + 'static {
    fn boxed(self) -> Pin<Box<dyn Future<Output = Self::Output> + Send>> {
        Box::pin(self)
    }
}

impl<F: Future + Send + 'static> FutureExt for F {}

#[circuit_breaker(timeout = LIMIT)]
async fn charge() -> Result<u32, PaymentError> {
    pending().await
}

#[circuit_breaker(timeout = 1ms)]
async fn read() -> std::io::Result<u32> {
    pending().await
}

#[circuit_breaker(timeout = LIMIT)]
fn boxed(number: u32) -> Pin<Box<dyn Future<Output = Result<u32, PaymentError>> + Send>> {
    let number = number + 1;
    if number == 1 {
        return ready(Ok(number)).boxed();
    }
    Box::pin(pending())
}

#[circuit_breaker(timeout = LIMIT.saturating_mul(2), fallback = |_| Ok(3))]
async fn stock() -> anyhow::Result<u32> {
    pending().await
}

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    assert!(matches!(charge().await, Err(PaymentError::TimedOut(_))));
    assert_eq!(read().await.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    assert_eq!(stock().await.unwrap(), 3);
    assert_eq!(boxed(0).await.unwrap(), 1);
    assert!(matches!(boxed(1).await, Err(PaymentError::TimedOut(_))));
}
