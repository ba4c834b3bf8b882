#[circuit_breaker(breaker = PAYMENTS)]
async fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order).await
}

#[circuit_breaker(breaker = client.breaker)]
async fn refund(client: Client, order: Order) -> Result<Receipt, PaymentError> {
    client.send(order).await
}

// expands to

async fn charge(order: Order) -> Result<Receipt, PaymentError> {
    let breaker: &__private::CircuitBreaker = &PAYMENTS;
    __private::Deferred::new(
            __private::CircuitBreaker::breaker(breaker),
            async move {
                #[allow(unreachable_code, clippy::all, clippy::pedantic)]
                if false {
                    let returned: Result<Receipt, PaymentError> = loop {};
                    return returned;
                }
                #[allow(clippy::all, clippy::pedantic)]
                {
                    let _ = (&order,);
                }
                '_body: { gateway::send(order).await }
            },
            |returned, breaker| <Result<
                Receipt,
                PaymentError,
            > as __private::Returned>::outcome(
                returned,
                |error| __private::Sources::of(error).is_refusal_by(breaker),
            ),
            |outcome| -> Result<Receipt, PaymentError> {
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
        )
        .await
}
async fn refund(client: Client, order: Order) -> Result<Receipt, PaymentError> {
    let breaker: __private::CircuitBreaker = __private::share(&client.breaker);
    __private::Deferred::new(
            __private::CircuitBreaker::breaker(&breaker),
            async move {
                #[allow(unreachable_code, clippy::all, clippy::pedantic)]
                if false {
                    let returned: Result<Receipt, PaymentError> = loop {};
                    return returned;
                }
                #[allow(clippy::all, clippy::pedantic)]
                {
                    let _ = (&order, &client);
                }
                '_body: { client.send(order).await }
            },
            |returned, breaker| <Result<
                Receipt,
                PaymentError,
            > as __private::Returned>::outcome(
                returned,
                |error| __private::Sources::of(error).is_refusal_by(breaker),
            ),
            |outcome| -> Result<Receipt, PaymentError> {
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
        )
        .await
}
