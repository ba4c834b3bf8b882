// fix: `ShouldHandle = new PredicateBuilder().Handle<Outage>()` => `success = !type_of(Outage)`
use fluxgate::circuit_breaker;

#[derive(Debug)]
struct Outage;

impl std::fmt::Display for Outage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an outage")
    }
}

impl std::error::Error for Outage {}

#[circuit_breaker(trip = failure_streak(3), ShouldHandle = new PredicateBuilder().Handle<Outage>())]
fn work() -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Err(Outage.into())
}

fn main() {
    let _ = work();
}
