//! Which breaker guards a request.

use crate::handle::circuit_breaker::CircuitBreaker;

/// Decides which breaker guards a request: one for all, or the one that a closure `Fn(&Request) -> CircuitBreaker` finds.
///
/// For a breaker in a `static`, pass a reference: then calls do not even count references. The closure is called for each request, on the
/// thread that makes the call. It should return a handle to an existing breaker, since one that is made on the spot remembers nothing.
pub trait Select<Request> {
    /// A handle to the breaker, for one call.
    fn breaker_for(&self, request: &Request) -> CircuitBreaker;

    /// The breaker, if it is the same for every request, and so known before there is one.
    fn only(&self) -> Option<&CircuitBreaker> {
        None
    }
}

/// One breaker for every request.
#[diagnostic::on_unimplemented(
    message = "`pending_while_open` takes one breaker, and this layer finds one for each request",
    label = "a service is ready, or not, before it has a request: write `CircuitBreakerLayer::new(breaker)`",
    note = "without `pending_while_open`, a refused call returns an error, or what `rejected` makes of it"
)]
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
