#[circuit_breaker]
fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> + Send {
    async move { gateway::send(order).await }
}

// expands to

fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> + Send {
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
            '_body: { gateway::send(order).await }
        },
        move |__fluxgate_returned, __fluxgate_breaker| <Result<
            Receipt,
            PaymentError,
        > as __private::Returned>::outcome(
            __fluxgate_returned,
            |__fluxgate_error| {
                __private::Sources::of(__fluxgate_error)
                    .is_refusal_by(__fluxgate_breaker)
            },
        ),
        move |__fluxgate_result| <Result<
            Receipt,
            PaymentError,
        > as __private::Returned>::settle(
            __fluxgate_result,
            <__private::CallNotPermitted as __private::Becomes<_>>::become_error,
        ),
    )
}
