use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call(#[circuit_breaker] number: u32) -> std::io::Result<u32> {
    Ok(number)
}

fn main() {
    let _ = call(1);
}
