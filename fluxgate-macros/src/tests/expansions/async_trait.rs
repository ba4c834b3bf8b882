#[async_trait]
impl Gateway for Client {
    // As `#[async_trait]` leaves an `async fn`.
    #[circuit_breaker(breaker = self.breaker)]
    fn charge<'life0, 'async_trait>(
        &'life0 self,
        order: Order,
    ) -> ::core::pin::Pin<
        Box<dyn ::core::future::Future<Output = Result<Receipt, PaymentError>> + ::core::marker::Send + 'async_trait>,
    >
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let __self = self;
            let order = order;
            let __ret: Result<Receipt, PaymentError> = { __self.send(order).await };
            __ret
        })
    }
}

// expands to

#[async_trait]
impl Gateway for Client {
    fn charge<'life0, 'async_trait>(
        &'life0 self,
        order: Order,
    ) -> ::core::pin::Pin<
        Box<
            dyn ::core::future::Future<
                Output = Result<Receipt, PaymentError>,
            > + ::core::marker::Send + 'async_trait,
        >,
    >
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let _ = __private::words::breaker;
        let __fluxgate_declared = __private::Output::new();
        if false {
            return __private::never(__fluxgate_declared);
        }
        let __fluxgate_output = || [];
        __private::Output::of_future(__fluxgate_declared).infer(&__fluxgate_output);
        let __fluxgate_breaker: &__private::CircuitBreaker = &self.breaker;
        return Box::pin(
            __private::deferred(
                __private::Output::by(__fluxgate_output),
                __private::CircuitBreaker::breaker(__fluxgate_breaker),
                async move {
                    if false {
                        return __private::never(
                            __private::Output::by(__fluxgate_output),
                        );
                    }
                    '__fluxgate_body: {
                        let __self = self;
                        let order = order;
                        let __ret: Result<Receipt, PaymentError> = {
                            __self.send(order).await
                        };
                        __ret
                    }
                },
                __private::Returned::errors(
                        __private::Output::by(__fluxgate_output),
                        __private::Output::by(__fluxgate_output),
                    )
                    .evidence(),
                <__private::CallNotPermitted as __private::Becomes<
                    _,
                    _,
                >>::by(
                    __private::Output::by(__fluxgate_output),
                    __private::Output::by(__fluxgate_output),
                ),
            ),
        );
    }
}
