#[cfg(feature = "payments")]
#[circuit_breaker(handle = PAYMENTS)]
pub(crate) fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

#[cfg(feature = "payments")]
///The circuit breaker of `charge`: `closed & min(100) & failure_rate(0.5) | half_open & min(10) & failure_rate(0.5)`, trial of 10 calls.
pub(crate) static PAYMENTS: __private::CircuitBreaker = {
    static BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const SETTINGS: &__private::Settings = &settings;
            SETTINGS
        },
        &BREAKER,
    );
    __private::CircuitBreaker::from_static(&BREAKER)
};
pub(crate) fn charge(order: Order) -> Result<Receipt, PaymentError> {
    match __private::call(
        PAYMENTS.breaker(),
        || -> Result<Receipt, PaymentError> { gateway::send(order) },
        |returned, breaker| <Result<
            Receipt,
            PaymentError,
        > as __private::Returned>::outcome(
            returned,
            |error| __private::Sources::of(error).is_refusal_by(breaker),
        ),
    ) {
        ::core::result::Result::Ok(admitted) => admitted,
        ::core::result::Result::Err(refusal) => {
            return __private::Refusal::into_error(
                refusal,
                |told| <Result<
                    Receipt,
                    PaymentError,
                > as __private::Returned>::from_error(
                    <__private::CallNotPermitted as __private::Becomes<
                        _,
                    >>::become_error(told),
                ),
            );
        }
    }
}
