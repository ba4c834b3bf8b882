// fix: `println!("it is down")` => `|_| println!("it is down")`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = returned(()), fallback = println!("it is down"))]
fn call() -> () {
    ()
}

fn main() {
    let _ = call();
}
