// fix by hand: `normal = 80%, outage = 5%` => `normal = 5%, outage = 80%`
use fluxgate::circuit_breaker;

#[circuit_breaker(normal = 80%, outage = 5%)]
fn call() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = call();
}
