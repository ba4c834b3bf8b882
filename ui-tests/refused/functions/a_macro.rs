// fix by hand: `#[circuit_breaker]\nmacro_rules! call {\n    () => {\n        fn` => `macro_rules! call {\n    () => {\n        #[circuit_breaker]\n        fn`
use fluxgate::circuit_breaker;

#[circuit_breaker]
macro_rules! call {
    () => {
        fn call() -> std::io::Result<u32> {
            Ok(1)
        }
    };
}

call!();

fn main() {
    let _ = call();
}
