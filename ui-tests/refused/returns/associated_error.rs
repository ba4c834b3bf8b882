// fix by hand: `<S: Source>(source: &S) -> Result<u32, S::Error>` => `<S: Source>(source: &S) -> Result<u32, S::Error> where S::Error: From<fluxgate::CallNotPermitted>`
use fluxgate::circuit_breaker;

pub trait Source {
    type Error;

    fn read(&self) -> Result<u32, Self::Error>;
}

impl Source for &str {
    type Error = std::io::Error;

    fn read(&self) -> std::io::Result<u32> {
        Ok(self.len() as u32)
    }
}

#[circuit_breaker]
fn call<S: Source>(source: &S) -> Result<u32, S::Error> {
    source.read()
}

fn main() {
    let _ = call(&"source");
}
