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
    let _ = __private::words::breaker;
    let __fluxgate_breaker: &'static __private::CircuitBreaker = &PAYMENTS;
    __private::Deferred::new(
            __private::CircuitBreaker::breaker(__fluxgate_breaker),
            async move {
                if false {
                    return __private::never::<Result<Receipt, PaymentError>>();
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
async fn refund(client: Client, order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::breaker;
    let __fluxgate_breaker: __private::CircuitBreaker = __private::share(
        &client.breaker,
    );
    __private::Deferred::new(
            __private::CircuitBreaker::breaker(&__fluxgate_breaker),
            async move {
                if false {
                    return __private::never::<Result<Receipt, PaymentError>>();
                }
                let _ = &order;
                let _ = &client;
                '_body: { client.send(order).await }
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
