//! Question mark.

use fluxgate::circuit_breaker;
use fluxgate_ui_tests::run;

#[circuit_breaker]
fn call(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(text.parse::<u32>()?)
}

#[circuit_breaker]
async fn call_async(text: &str) -> anyhow::Result<u32> {
    Ok(text.parse::<u32>()?)
}

pub fn main() {
    assert_eq!(call("1").unwrap(), 1);
    assert!(run(call_async("x")).is_err());
}
