//! Errors that are parameters, or associated with one, need one bound.

use fluxgate::{CallNotPermitted, circuit_breaker};

#[circuit_breaker(handle = FETCH)]
fn fetch<T, E: From<CallNotPermitted>>(source: impl Fn() -> Result<T, E>) -> Result<T, E> {
    source()
}

trait Source {
    type Error: From<CallNotPermitted>;

    fn read(&self) -> Result<u32, Self::Error>;

    #[circuit_breaker]
    fn guarded(&self) -> Result<u32, Self::Error> {
        self.read()
    }
}

struct Constant(u32);

impl Source for Constant {
    type Error = std::io::Error;

    fn read(&self) -> Result<u32, Self::Error> {
        Ok(self.0)
    }
}

#[circuit_breaker]
fn of_any<S: Source>(source: &S) -> Result<u32, S::Error>
where
    S::Error: std::fmt::Debug,
{
    source.guarded()
}

#[circuit_breaker]
fn of_any_qualified<S: Source>(source: &S) -> Result<u32, <S as Source>::Error> {
    source.read()
}

pub fn main() {
    assert_eq!(fetch(|| Ok::<_, std::io::Error>(1)).unwrap(), 1);
    assert_eq!(of_any(&Constant(2)).unwrap() + of_any_qualified(&Constant(3)).unwrap(), 5);
    FETCH.force_open();
    assert!(fetch(|| Ok::<_, std::io::Error>(1)).is_err());
}
