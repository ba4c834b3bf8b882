// fix: `{ println!("it is down"); }` => `|error| { println!("it is down"); Err(error) }`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = { println!("it is down"); })]
fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
