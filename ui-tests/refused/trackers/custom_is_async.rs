// fix by hand: `async fn is_down` => `fn is_down`
use fluxgate::circuit_breaker;

async fn is_down(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::TimedOut
}

#[circuit_breaker(track = custom(is_down))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
