#[cfg(feature = "payments")]
#[circuit_breaker(handle = PAYMENTS)]
pub(crate) fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

#[cfg(feature = "payments")]
///The circuit breaker of `charge`: `closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)`, trial of 10 calls.
pub(crate) static PAYMENTS: __private::CircuitBreaker = {
    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const __FLUXGATE_SETTINGS: &__private::Settings = &__private::Settings::standard(
                ::core::concat!(::core::module_path!(), "::", "charge"),
            );
            __FLUXGATE_SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    __private::CircuitBreaker::from_static(&__FLUXGATE_BREAKER)
};
pub(crate) fn charge(order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::handle;
    <Result<
        Receipt,
        PaymentError,
    > as __private::Returned>::settle(
        __private::call(
            PAYMENTS.breaker(),
            || -> Result<Receipt, PaymentError> { gateway::send(order) },
            |__fluxgate_returned, __fluxgate_breaker| <Result<
                Receipt,
                PaymentError,
            > as __private::Returned>::outcome(
                __fluxgate_returned,
                |__fluxgate_error| {
                    __private::Sources::of(__fluxgate_error)
                        .is_refusal_by(__fluxgate_breaker)
                },
            ),
        ),
        <__private::CallNotPermitted as __private::Becomes<_>>::become_error,
    )
}
