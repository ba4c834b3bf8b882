// fix by hand: `-> u64 {\n    30` => `-> std::time::Duration {\n    std::time::Duration::from_secs(30)`
use fluxgate::circuit_breaker;

fn pause(_: u32) -> u64 {
    30
}

#[circuit_breaker(retry = custom(pause))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
