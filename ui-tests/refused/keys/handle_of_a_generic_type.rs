use std::borrow::Cow;
use std::fmt::Display;

use fluxgate::circuit_breaker;

#[circuit_breaker(key = host, handle = HOSTS)]
fn fetch<'a>(host: Cow<'a, str>) -> std::io::Result<String> {
    Ok(host.into_owned())
}

#[circuit_breaker(key = shard, handle = SHARDS)]
fn write<const N: usize>(shard: [u8; N]) -> std::io::Result<usize> {
    Ok(shard.len())
}

#[circuit_breaker(key = tenants, handle = TENANTS)]
fn list<T: Display>(tenants: Vec<T>) -> std::io::Result<usize> {
    Ok(tenants.len())
}

#[circuit_breaker(key = tenant, handle = IMPLIED)]
fn show(tenant: &impl Display) -> std::io::Result<String> {
    Ok(tenant.to_string())
}

fn main() {
    let _ = (fetch("a".into()), write([1, 2]), list(vec![1]), show(&1));
    let _ = (HOSTS.len(), SHARDS.len(), TENANTS.len(), IMPLIED.len());
}
