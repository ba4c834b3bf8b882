// fix: `type_of(ApiError::Timeout)` => `custom(|error| matches!(error.downcast_ref(), Some(ApiError::Timeout)))`
use fluxgate::circuit_breaker;

#[derive(Debug)]
enum ApiError {
    Timeout,
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the call timed out")
    }
}

impl std::error::Error for ApiError {}

#[circuit_breaker(track = type_of(ApiError::Timeout))]
fn call() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err(ApiError::Timeout.into())
}

fn main() {
    let _ = call();
}
