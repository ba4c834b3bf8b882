// fix by hand: `call, 0` => `call, 10`
use fluxgate::circuit_breaker;

macro_rules! guard {
    ($name:ident, $calls:expr) => {
        #[circuit_breaker(trip = min($calls) & failure_rate(0.5))]
        fn $name() -> std::io::Result<u32> {
            Ok(1)
        }
    };
}

guard!(call, 0);

fn main() {
    let _ = call();
}
