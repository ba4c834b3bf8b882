// fix by hand: `#[circuit_breaker]\nfn call` => `fn call`
use fluxgate::circuit_breaker;

#[circuit_breaker]
fn call() -> ! {
    #[circuit_breaker]
    fn fetch() -> std::io::Result<()> {
        Ok(())
    }
    loop {
        let _ = fetch();
    }
}

fn main() {
    call()
}
