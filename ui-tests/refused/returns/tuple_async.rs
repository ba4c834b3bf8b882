// fix by hand: `rejected = |refusal|` => `track = returned((Err(_), _) | (_, Err(_))), rejected = |refusal|`
use fluxgate::circuit_breaker;

#[circuit_breaker(rejected = |refusal| (Err(refusal.into()), Ok(0)))]
async fn call() -> (std::io::Result<u32>, std::io::Result<u32>) {
    (Ok(1), Ok(1))
}

fn main() {
    let _ = call();
}
