// fix by hand: `type Error;` => `type Error: From<fluxgate::CallNotPermitted>;`
use fluxgate::circuit_breaker;

pub trait Source {
    type Error;

    fn read(&self) -> Result<u32, Self::Error>;

    #[circuit_breaker]
    fn call(&self) -> Result<u32, Self::Error> {
        self.read()
    }
}

impl Source for &str {
    type Error = std::io::Error;

    fn read(&self) -> std::io::Result<u32> {
        Ok(self.len() as u32)
    }
}

fn main() {
    let _ = "source".call();
}
