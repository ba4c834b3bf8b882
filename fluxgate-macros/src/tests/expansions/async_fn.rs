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
    return __private::deferred(
            __fluxgate_output,
            || {
                static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
                    .standard(::core::concat!(::core::module_path!(), "::", "charge"));
                &__FLUXGATE_BREAKER.breaker
            },
            async move {
                if false {
                    {
                        __private::captured!(__private::captured, & _guard);
                    }
                    let _ = &order;
                    return __private::never(__fluxgate_output);
                }
                '__fluxgate_body: { gateway::send(order).await }
            },
            __private::Returned::errors(__fluxgate_output, __fluxgate_output).evidence(),
            <__private::CallNotPermitted as __private::Becomes<
                _,
                _,
            >>::by(__fluxgate_output, __fluxgate_output),
        )
        .await;
}
