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
        let breaker: __private::CircuitBreaker = __private::share(&self.breaker);
        let future = __private::start::<
            Result<Receipt, PaymentError>,
            _,
        >(|| -> ::core::pin::Pin<
            Box<
                dyn ::core::future::Future<
                    Output = Result<Receipt, PaymentError>,
                > + ::core::marker::Send + 'async_trait,
            >,
        > {
            Box::pin(async move {
                let __self = self;
                let order = order;
                let __ret: Result<Receipt, PaymentError> = { __self.send(order).await };
                __ret
            })
        });
        __private::Box::pin(async move {
            let call = match __private::Call::enter(
                __private::CircuitBreaker::breaker(&breaker),
            ) {
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
            };
            __private::Guarded::new(
                    call,
                    future,
                    |returned, breaker| <Result<
                        Receipt,
                        PaymentError,
                    > as __private::Returned>::outcome(
                        returned,
                        |error| __private::Sources::of(error).is_refusal_by(breaker),
                    ),
                )
                .await
        })
    }
}
