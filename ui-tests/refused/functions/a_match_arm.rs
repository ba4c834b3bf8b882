use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = match call().unwrap_or(1) {
        #[circuit_breaker]
        1 => 2,
        number => number,
    };
}
