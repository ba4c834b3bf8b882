//! Which breaker guards a request.

use crate::handle::circuit_breaker::CircuitBreaker;

/// Says which breaker guards a request: one for all, or what a closure `Fn(&Request) -> CircuitBreaker` finds.
///
/// Of a breaker in a `static`, give a reference: then calls do not even count handles. The closure is asked for each request, on the
/// thread that makes the call; it returns a handle to a breaker that there is already, since one that is made on the spot remembers
/// nothing.
pub trait Select<Request> {
    /// A handle to the breaker, for one call.
    fn breaker_for(&self, request: &Request) -> CircuitBreaker;

    /// The breaker, if it is the same for every request; then it is known before there is one.
    fn only(&self) -> Option<&CircuitBreaker> {
        None
    }
}

/// One breaker for every request.
pub trait Single {
    /// That breaker.
    fn breaker(&self) -> &CircuitBreaker;
}

impl Single for CircuitBreaker {
    #[inline]
    fn breaker(&self) -> &CircuitBreaker {
        self
    }
}

impl Single for &'static CircuitBreaker {
    #[inline]
    fn breaker(&self) -> &CircuitBreaker {
        self
    }
}

impl<Request> Select<Request> for CircuitBreaker {
    #[inline]
    fn breaker_for(&self, _: &Request) -> CircuitBreaker {
        self.clone()
    }

    #[inline]
    fn only(&self) -> Option<&CircuitBreaker> {
        Some(self)
    }
}

impl<Request> Select<Request> for &'static CircuitBreaker {
    #[inline]
    fn breaker_for(&self, _: &Request) -> CircuitBreaker {
        CircuitBreaker::from_static(CircuitBreaker::breaker(self))
    }

    #[inline]
    fn only(&self) -> Option<&CircuitBreaker> {
        Some(self)
    }
}

impl<Request, F: Fn(&Request) -> CircuitBreaker> Select<Request> for F {
    #[inline]
    fn breaker_for(&self, request: &Request) -> CircuitBreaker {
        self(request)
    }
}
