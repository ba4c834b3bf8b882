// fix by hand: `key = tenant` => `key = tenant.number`
use fluxgate::circuit_breaker;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Tenant {
    number: u32,
}

#[circuit_breaker(key = tenant)]
fn bill(tenant: &Tenant) -> std::io::Result<u32> {
    Ok(tenant.number)
}

fn main() {
    let _ = bill(&Tenant { number: 7 });
}
