// fix by hand: `#[circuit_breaker]\ncall!` => `call!`
use fluxgate::circuit_breaker;

macro_rules! call {
    () => {
        #[circuit_breaker]
        fn call() -> std::io::Result<u32> {
            Ok(1)
        }
    };
}

#[circuit_breaker]
call!();

fn main() {
    let _ = call();
}
