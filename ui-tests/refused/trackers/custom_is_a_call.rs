// fix by hand: `custom(is_down())` => `custom(|_| is_down())`
use fluxgate::circuit_breaker;

fn is_down() -> bool {
    true
}

#[circuit_breaker(track = custom(is_down()))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
