// fix: `key = (tenant, &order.region)` => `key = format!("{}/{}", tenant, order.region) as String`
use fluxgate::circuit_breaker;

struct Order {
    region: String,
}

#[circuit_breaker(key = (tenant, &order.region), handle = TENANTS)]
fn send(tenant: &str, order: &Order) -> std::io::Result<usize> {
    Ok(tenant.len() + order.region.len())
}

fn main() {
    let order = Order { region: "eu".to_owned() };
    let _ = (send("a", &order), TENANTS.len());
}
