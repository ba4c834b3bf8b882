//! What all attributes of a crate have in common, in a macro.

use fluxgate::{CallNotPermitted, circuit_breaker};
use fluxgate_ui_tests::run;

fn refused<T>(refusal: CallNotPermitted) -> Result<T, String> {
    Err(refusal.to_string())
}

macro_rules! guarded {
    (#[circuit_breaker $(($($arguments:tt)*))?] $($function:tt)*) => {
        #[circuit_breaker(rejected = refused $(, $($arguments)*)?)]
        $($function)*
    };
}

guarded! {
    #[circuit_breaker(trip = failure_streak(3), handle = PRICE)]
    pub async fn price(item: u32) -> Result<u32, String> {
        Ok(item * 2)
    }
}

struct Stock(u32);

impl Stock {
    guarded! {
        #[circuit_breaker]
        /// With documentation.
        fn take(&mut self, pieces: u32) -> Result<u32, String> {
            self.0 = self.0.checked_sub(pieces).ok_or("sold out")?;
            Ok(self.0)
        }
    }
}

pub fn main() {
    let mut stock = Stock(3);
    assert_eq!((run(price(1)), stock.take(1), stock.take(3)), (Ok(2), Ok(2), Err("sold out".into())));
    PRICE.force_open();
    assert!(run(price(1)).unwrap_err().contains("forced open"));
}
