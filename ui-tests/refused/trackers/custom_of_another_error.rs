// fix by hand: `custom(is_empty)` => `custom(|error| is_empty(&error.to_string()))`
use fluxgate::circuit_breaker;

fn is_empty(text: &String) -> bool {
    text.is_empty()
}

#[circuit_breaker(track = custom(is_empty))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
