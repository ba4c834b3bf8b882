// fix by hand: `key = host` => `key = host.0`
use std::fmt;

use fluxgate::circuit_breaker;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Host<'a>(&'a str);

impl fmt::Display for Host<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

#[circuit_breaker(key = host)]
fn fetch(host: Host<'_>) -> std::io::Result<String> {
    Ok(host.0.to_owned())
}

fn main() {
    let _ = fetch(Host("a"));
}
