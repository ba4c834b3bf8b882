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
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    return __private::Deferred::new(
            || {
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
                &__FLUXGATE_BREAKER
            },
            async move {
                if false {
                    {
                        *__private::captured(&_guard) = [];
                    }
                    let _ = &order;
                    return __private::never(__fluxgate_output);
                }
                '__fluxgate_body: { gateway::send(order).await }
            },
            move |__fluxgate_call, __fluxgate_returned| __private::Returned::settle(
                __private::Output::new(),
                __private::Returned::sources(
                        __private::Output::new(),
                        &__fluxgate_returned,
                    )
                    .evidence(),
                __fluxgate_returned,
                __fluxgate_call,
            ),
            |__fluxgate_refusal| __private::Returned::refused(
                __fluxgate_refusal,
                <__private::CallNotPermitted as __private::Becomes<_, _>>::become_error,
            ),
        )
        .await;
}
