#[circuit_breaker]
fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const SETTINGS: &__private::Settings = &settings;
            SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    match __private::call(
        &__FLUXGATE_BREAKER,
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
