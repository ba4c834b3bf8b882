// fix by hand: `#[circuit_breaker]` => `#[circuit_breaker(rejected = |refusal| Err(Arc::new(refusal.into())))]`
use std::sync::Arc;

use fluxgate::circuit_breaker;

#[circuit_breaker]
async fn call() -> Result<u32, Arc<anyhow::Error>> {
    Ok(1)
}

fn main() {
    let _ = call();
}
