// fix by hand: `-> impl Iterator<Item = u32> {\n    0..3` => `-> std::io::Result<impl Iterator<Item = u32>> {\n    Ok(0..3)`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> impl Iterator<Item = u32> {
    0..3
}

fn main() {
    let _ = call();
}
