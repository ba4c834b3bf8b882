// fix: `&` => `,`
use fluxgate::circuit_breaker;

#[circuit_breaker(trip = failures(5) & window = count(10))]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
