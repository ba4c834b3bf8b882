// fix by hand: `"text"` => `1`
use fluxgate::circuit_breaker;

#[circuit_breaker]
async fn call() -> std::io::Result<u32> {
    Ok("text")
}

fn main() {
    let _ = call();
}
