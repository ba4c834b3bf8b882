//! The default names of breakers.

#![allow(clippy::unused_self, reason = "these are methods for their names' sake")]

use std::io;

use async_trait::async_trait;
use fluxgate::circuit_breaker;

struct Orders;
struct Stock<T>(T);

impl Orders {
    #[circuit_breaker]
    fn get(&self) -> io::Result<&'static str> {
        Ok("behaviour::names::Orders::get")
    }

    #[circuit_breaker]
    async fn get_later(&self) -> io::Result<&'static str> {
        Ok("behaviour::names::Orders::get_later")
    }

    #[circuit_breaker(trip = failure_streak(3), handle = OPENED)]
    fn open() -> io::Result<Self> {
        Ok(Self)
    }

    #[circuit_breaker(name = "orders")]
    fn named(&self) -> io::Result<&'static str> {
        Ok("orders")
    }
}

impl<T> Stock<T> {
    #[circuit_breaker]
    fn get(&self) -> io::Result<&'static str> {
        Ok("behaviour::names::Stock::get")
    }
}

trait Source {
    #[circuit_breaker]
    fn read(&self) -> io::Result<&'static str> {
        Ok("behaviour::names::Source::read")
    }

    fn write(&self) -> io::Result<&'static str>;
}

impl Source for Orders {
    #[circuit_breaker]
    fn write(&self) -> io::Result<&'static str> {
        Ok("behaviour::names::Orders::write")
    }
}

impl<T> Source for Stock<T> {
    #[circuit_breaker(window = count(10))]
    fn write(&self) -> io::Result<&'static str> {
        Ok("behaviour::names::Stock::write")
    }
}

#[async_trait]
trait Later {
    async fn later(&self) -> io::Result<&'static str>;
}

#[async_trait]
impl Later for Orders {
    #[circuit_breaker]
    async fn later(&self) -> io::Result<&'static str> {
        Ok("behaviour::names::Orders::later")
    }
}

impl Source for &mut &str {
    #[circuit_breaker]
    fn write(&self) -> io::Result<&'static str> {
        Ok("behaviour::names::str::write")
    }
}

mod elsewhere {
    use std::io;

    use fluxgate::circuit_breaker;

    impl super::Orders {
        #[circuit_breaker]
        pub(super) fn elsewhere(&self) -> io::Result<&'static str> {
            Ok("behaviour::names::elsewhere::Orders::elsewhere")
        }
    }
}

#[circuit_breaker]
fn get() -> io::Result<&'static str> {
    Ok("behaviour::names::get")
}

/// The `Self` of inner items is not the function's.
#[circuit_breaker(handle = FREE)]
fn free() -> io::Result<&'static str> {
    #[derive(Default)]
    struct List {
        next: Option<Box<Self>>,
    }
    impl From<List> for &'static str {
        fn from(list: List) -> Self {
            if list.next.is_none() { "behaviour::names::free" } else { "" }
        }
    }
    Ok(List::default().into())
}

/// Nobody knows what a macro does with a `Self`; here, there is no type in the path.
#[circuit_breaker]
fn perhaps_free() -> io::Result<&'static str> {
    Ok(concat!("behaviour::names", "::perhaps_free", stringify!(Self)).trim_end_matches("Self"))
}

/// Each function returns the name that its breaker should have.
#[tokio::test]
async fn a_breakers_default_name_is_its_functions_path_with_the_type() {
    let (orders, stock) = (Orders, Stock(1));
    let names = [
        orders.get(),
        orders.get_later().await,
        orders.named(),
        stock.get(),
        orders.read(),
        orders.write(),
        stock.write(),
        Source::write(&&mut ""),
        orders.later().await,
        orders.elsewhere(),
        get(),
        free(),
        perhaps_free(),
    ];
    for name in names {
        let name = name.expect("it is up");
        assert_eq!(fluxgate::find(name).expect(name).metrics().total(), 1, "{name}");
    }
    assert!(Orders::open().is_ok());
    assert_eq!(Orders::OPENED.name(), "behaviour::names::Orders::open");
    assert_eq!(FREE.name(), "behaviour::names::free");
}

#[test]
fn a_handle_knows_the_name_before_the_first_use() {
    struct Unused;

    impl Unused {
        #[circuit_breaker(handle = CALL)]
        fn call(&self) -> io::Result<()> {
            Ok(())
        }
    }

    assert_eq!(Unused::CALL.name(), "behaviour::names::Unused::call");
    assert!(Unused.call().is_ok());
    assert_eq!(Unused::CALL.snapshot().name, "behaviour::names::Unused::call");
}
