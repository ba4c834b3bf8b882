// fix: `readyToTrip: func(counts) bool { counts.Requests >= 3 }` => `trip = custom(path::to::function)`
use fluxgate::circuit_breaker;

pub mod path {
    pub mod to {
        pub fn function(metrics: &fluxgate::Metrics) -> bool {
            metrics.failures() > 3
        }
    }
}

#[circuit_breaker(readyToTrip: func(counts) bool { counts.Requests >= 3 })]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
    let _ = path::to::function;
}
