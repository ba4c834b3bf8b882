// fix by hand: `#[circuit_breaker]\ncall! {` => `call! {`
use fluxgate::circuit_breaker;

macro_rules! call {
    ($name:ident) => {
        #[circuit_breaker]
        fn $name() -> std::io::Result<u32> {
            Ok(1)
        }
    };
}

#[circuit_breaker]
call! { call }

fn main() {
    let _ = call();
}
