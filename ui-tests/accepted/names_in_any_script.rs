//! Names of breakers are text, and names of functions identifiers, in any script.

use fluxgate::circuit_breaker;

type Reply = Result<u32, fluxgate::Error<String>>;

#[circuit_breaker(name = "größe: \"ü\" 价格", handle = GRÖSSE)]
fn größe() -> Reply {
    Ok(1)
}

#[circuit_breaker(handle = 价格)]
fn цена(число: u32) -> Reply {
    Ok(число)
}

pub fn main() {
    assert!(größe().is_ok() && цена(2).is_ok());
    assert_eq!(GRÖSSE.name(), "größe: \"ü\" 价格");
    assert!(价格.name().ends_with("::цена"));
}
