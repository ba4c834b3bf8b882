//! Text in a pattern matches errors that are text, whoever owns it.
#![deny(warnings)]

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use fluxgate::circuit_breaker;

macro_rules! errors {
    ($($name:ident $breaker:ident: $error:ty,)*) => {
        $(
            #[circuit_breaker(track = matches("down" | "away"), rejected = |_| Err("refused".into()), handle = $breaker)]
            fn $name(error: &'static str) -> Result<u32, $error> {
                Err(error.into())
            }
        )*

        pub fn main() {
            $(
                for (error, failures, total) in [("down", 1, 1), ("late", 1, 1), ("away", 2, 2)] {
                    assert!($name(error).is_err());
                    assert_eq!(($breaker.metrics().failures(), $breaker.metrics().total()), (failures, total));
                }
            )*
        }
    };
}

errors! {
    literal LITERAL: &'static str,
    string STRING: String,
    boxed BOXED: Box<str>,
    shared SHARED: Arc<str>,
    counted COUNTED: Rc<str>,
    cow COW: Cow<'static, str>,
}
