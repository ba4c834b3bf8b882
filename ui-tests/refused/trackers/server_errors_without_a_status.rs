// fix by hand: `server_errors` => `all`
use fluxgate::circuit_breaker;

#[circuit_breaker(track = server_errors)]
fn call() -> std::io::Result<String> {
    Ok(String::new())
}

fn main() {
    let _ = call();
}
