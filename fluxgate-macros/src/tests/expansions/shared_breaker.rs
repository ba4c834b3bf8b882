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
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_breaker: &'static __private::CircuitBreaker = &PAYMENTS;
    return __private::deferred(
            __fluxgate_output,
            __private::CircuitBreaker::breaker(__fluxgate_breaker),
            async move {
                if false {
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
async fn refund(client: Client, order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::breaker;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_breaker: __private::CircuitBreaker = __private::share(
        &client.breaker,
    );
    return __private::deferred(
            __fluxgate_output,
            __private::CircuitBreaker::breaker(&__fluxgate_breaker),
            async move {
                if false {
                    let _ = &order;
                    let _ = &client;
                    return __private::never(__fluxgate_output);
                }
                '__fluxgate_body: { client.send(order).await }
            },
            __private::Returned::errors(__fluxgate_output, __fluxgate_output).evidence(),
            <__private::CallNotPermitted as __private::Becomes<
                _,
                _,
            >>::by(__fluxgate_output, __fluxgate_output),
        )
        .await;
}
