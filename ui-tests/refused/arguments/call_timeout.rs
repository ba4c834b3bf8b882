// fix: `call_timeout = 2s` => `timeout = 2s`
use fluxgate::circuit_breaker;

#[circuit_breaker(call_timeout = 2s)]
async fn call() -> std::io::Result<u32> {
    Ok(1)
}

fn main() {
    let _ = call();
}
