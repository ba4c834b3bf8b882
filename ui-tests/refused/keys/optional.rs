// fix by hand: `key = tenant` => `key = tenant.as_deref().unwrap_or_default()`
use fluxgate::circuit_breaker;

#[circuit_breaker(key = tenant)]
async fn bill(tenant: Option<String>) -> std::io::Result<Option<String>> {
    Ok(tenant)
}

fn main() {
    drop(bill(None));
}
