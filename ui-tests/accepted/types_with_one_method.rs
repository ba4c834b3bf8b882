//! Methods of one name, of several types and traits: each has a breaker of its own, with a name of its own.

use fluxgate::circuit_breaker;

struct Orders;
struct Stock;

trait Count {
    fn count(&self) -> std::io::Result<u32>;
}

impl Orders {
    #[circuit_breaker]
    fn get(&self) -> std::io::Result<u32> {
        Ok(1)
    }
}

impl Stock {
    #[circuit_breaker]
    fn get(&self) -> std::io::Result<u32> {
        Ok(2)
    }
}

impl Count for Orders {
    #[circuit_breaker]
    fn count(&self) -> std::io::Result<u32> {
        self.get()
    }
}

impl Count for Stock {
    #[circuit_breaker]
    fn count(&self) -> std::io::Result<u32> {
        self.get()
    }
}

pub fn main() {
    assert_eq!((Orders.count().unwrap(), Stock.count().unwrap()), (1, 2));
    let here = module_path!();
    for name in ["Orders::get", "Stock::get", "Orders::count", "Stock::count"] {
        assert!(fluxgate::find(&format!("{here}::{name}")).is_some(), "{}", name);
    }
}
