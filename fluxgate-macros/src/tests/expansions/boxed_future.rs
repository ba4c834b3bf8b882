#[circuit_breaker]
fn charge(order: Order) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
    Box::pin(gateway::send(order))
}

// expands to

fn charge(
    order: Order,
) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const SETTINGS: &__private::Settings = &settings;
            SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    let future = __private::start::<
        Result<Receipt, PaymentError>,
        _,
    >(|| -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
        Box::pin(gateway::send(order))
    });
    __private::Box::pin(
        __private::Deferred::new(
            &__FLUXGATE_BREAKER,
            future,
            move |returned, breaker| <Result<
                Receipt,
                PaymentError,
            > as __private::Returned>::outcome(
                returned,
                |error| __private::Sources::of(error).is_refusal_by(breaker),
            ),
            move |outcome| -> Result<Receipt, PaymentError> {
                match outcome {
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
            },
        ),
    )
}
