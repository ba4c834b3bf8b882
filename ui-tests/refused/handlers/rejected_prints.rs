use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = println!("it is down"))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
