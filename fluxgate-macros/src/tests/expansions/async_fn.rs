/// Charges the customer.
#[circuit_breaker]
pub async fn charge(order: Order, _guard: Guard, unused: u8) -> Result<Receipt, PaymentError> {
    gateway::send(order).await
}

// expands to

/// Charges the customer.
pub async fn charge(
    order: Order,
    _guard: Guard,
    unused: u8,
) -> Result<Receipt, PaymentError> {
    __private::Deferred::new(
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
            async move {
                if false {
                    return __private::never::<Result<Receipt, PaymentError>>();
                }
                {
                    *__private::captured(&_guard) = [];
                }
                let _ = &order;
                '_body: { gateway::send(order).await }
            },
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
            |__fluxgate_result| <Result<
                Receipt,
                PaymentError,
            > as __private::Returned>::settle(
                __fluxgate_result,
                <__private::CallNotPermitted as __private::Becomes<_>>::become_error,
            ),
        )
        .await
}
