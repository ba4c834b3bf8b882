// fix by hand: `#[circuit_breaker]\nunsafe` => `unsafe`
use fluxgate::circuit_breaker;

pub struct Client(*const u8);

#[circuit_breaker]
unsafe impl Send for Client {}

#[circuit_breaker]
fn call(client: &Client) -> std::io::Result<bool> {
    Ok(client.0.is_null())
}

fn main() {
    let _ = call(&Client(std::ptr::null()));
}
