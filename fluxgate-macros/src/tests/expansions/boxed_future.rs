#[circuit_breaker]
fn charge(order: Order) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
    Box::pin(gateway::send(order))
}

// expands to

fn charge(
    order: Order,
) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
    return __private::Box::pin(
        __private::Eager::<
            _,
            Result<Receipt, PaymentError>,
            _,
            _,
        >::new(
            {
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
            },
            || -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
                Box::pin(gateway::send(order))
            },
            move |__fluxgate_call, __fluxgate_returned| <Result<
                Receipt,
                PaymentError,
            > as __private::Returned>::settle(
                __private::Output::new(),
                <Result<
                    Receipt,
                    PaymentError,
                > as __private::Returned>::sources(
                        __private::Output::new(),
                        &__fluxgate_returned,
                    )
                    .evidence(),
                __fluxgate_returned,
                __fluxgate_call,
            ),
            |__fluxgate_result| match __fluxgate_result {
                ::core::result::Result::Ok(__fluxgate_result) => __fluxgate_result,
                ::core::result::Result::Err(__fluxgate_refusal) => {
                    <Result<
                        Receipt,
                        PaymentError,
                    > as __private::Returned>::refused(
                        __fluxgate_refusal,
                        <__private::CallNotPermitted as __private::Becomes<
                            _,
                            _,
                        >>::become_error,
                    )
                }
            },
        ),
    );
}
