#[circuit_breaker]
fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    <Result<
        Receipt,
        PaymentError,
    > as __private::Returned>::settle(
        __private::call(
            {
                static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
                    {
                        const __FLUXGATE_SETTINGS: &__private::Settings = &__private::Settings::standard(
                            ::core::concat!(::core::module_path!(), "::", "charge"),
                        );
                        __FLUXGATE_SETTINGS
                    },
                    &__FLUXGATE_BREAKER,
                );
                &__FLUXGATE_BREAKER
            },
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
