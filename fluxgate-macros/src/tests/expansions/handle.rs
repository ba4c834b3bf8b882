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
                __private::Name::from_static(
                    ::core::concat!(::core::module_path!(), "::", "charge"),
                ),
            );
            __FLUXGATE_SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    __private::CircuitBreaker::from_static(&__FLUXGATE_BREAKER)
};
pub(crate) fn charge(order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::handle;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_call = match __private::Call::enter(PAYMENTS.breaker()) {
        ::core::result::Result::Ok(__fluxgate_call) => __fluxgate_call,
        ::core::result::Result::Err(__fluxgate_refusal) => {
            return __private::Returned::refused(
                __fluxgate_refusal,
                <__private::CallNotPermitted as __private::Becomes<_, _>>::become_error,
            );
        }
    };
    let __fluxgate_returned = __private::run(
        __fluxgate_output,
        || -> _ { gateway::send(order) },
    );
    return __private::Returned::settle(
        __private::Output::new(),
        __private::Returned::sources(__private::Output::new(), &__fluxgate_returned)
            .evidence(),
        __fluxgate_returned,
        __fluxgate_call,
    );
}
