// fix by hand: `key = host` => `key = &**host`
use std::borrow::Cow;

use fluxgate::circuit_breaker;

#[circuit_breaker(key = host)]
fn fetch(host: &Cow<'_, str>) -> std::io::Result<String> {
    Ok(host.to_string())
}

fn main() {
    let _ = fetch(&Cow::Borrowed("a"));
}
