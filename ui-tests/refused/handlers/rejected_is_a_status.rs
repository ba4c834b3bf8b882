// fix: `(503, "unavailable")` => `|_| (503, "unavailable")`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = returned((500.., _)), rejected = (503, "unavailable"))]
fn call() -> (u16, &'static str) {
    (200, "fine")
}

fn main() {
    let _ = call();
}
