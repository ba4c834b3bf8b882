use fluxgate::circuit_breaker;

struct Client {
    #[circuit_breaker]
    number: u32,
}

#[circuit_breaker]
fn call(client: &Client) -> std::io::Result<u32> {
    Ok(client.number)
}

fn main() {
    let _ = call(&Client { number: 1 });
}
