#[cfg(feature = "payments")]
#[circuit_breaker(handle = PAYMENTS)]
pub(crate) fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

#[cfg(feature = "payments")]
///The circuit breaker of `charge`: `closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)`, trial of 10 calls.
pub(crate) static PAYMENTS: __private::CircuitBreaker = {
    static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
        .standard(::core::concat!(::core::module_path!(), "::", "charge"));
    __private::breaker_of_static(&__FLUXGATE_BREAKER.breaker)
};
pub(crate) fn charge(order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::handle;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    return __private::Returned::call(
        __fluxgate_output,
        __fluxgate_output,
        PAYMENTS.breaker(),
        __private::Returned::errors(__fluxgate_output, __fluxgate_output).evidence(),
        <__private::CallNotPermitted as __private::Becomes<_, _>>::become_error,
        || -> _ { gateway::send(order) },
    );
}
