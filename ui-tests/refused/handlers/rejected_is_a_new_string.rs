// fix: `format!("refused")` => `|_| format!("refused")`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = returned(text if text.is_empty()), rejected = format!("refused"))]
fn call() -> String {
    "up".into()
}

fn main() {
    let _ = call();
}
