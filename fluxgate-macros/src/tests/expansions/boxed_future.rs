#[circuit_breaker]
fn charge(order: Order) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
    Box::pin(gateway::send(order))
}

// expands to

fn charge(
    order: Order,
) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
    __private::Box::pin(
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
                            ::core::concat!(::core::module_path!(), "::", "charge"),
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
        ),
    )
}
