use fluxgate::circuit_breaker;

#[circuit_breaker(track = status >= 500)]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
