// fix: `"not known"` => `|_| Ok("not known".into())`
use fluxgate::circuit_breaker;

#[circuit_breaker(fallback = "not known")]
fn name(id: u32) -> std::io::Result<String> {
    Ok(id.to_string())
}

fn main() {
    let _ = name(7);
}
