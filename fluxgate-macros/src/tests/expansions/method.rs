impl Client {
    #[circuit_breaker(retry = backoff(1s, max = 60s))]
    async fn charge(&self, order: &mut Order) -> Result<Receipt, PaymentError> {
        self.gateway.send(order).await
    }
}

// expands to

impl Client {
    async fn charge(&self, order: &mut Order) -> Result<Receipt, PaymentError> {
        static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
            {
                const __FLUXGATE_SETTINGS: &__private::Settings = &settings;
                __FLUXGATE_SETTINGS
            },
            &__FLUXGATE_BREAKER,
        );
        return __private::Deferred::new(
                &__FLUXGATE_BREAKER,
                async move {
                    if false {
                        return __private::never::<Result<Receipt, PaymentError>>();
                    }
                    let _ = &order;
                    let _ = &self;
                    '__fluxgate_body: { self.gateway.send(order).await }
                },
                move |__fluxgate_call, __fluxgate_returned| {
                    let __fluxgate_evidence = <Result<
                        Receipt,
                        PaymentError,
                    > as __private::Returned>::sources(&__fluxgate_returned)
                        .evidence();
                    <Result<
                        Receipt,
                        PaymentError,
                    > as __private::Returned>::settle(
                        __fluxgate_returned,
                        __fluxgate_call,
                        __fluxgate_evidence,
                    )
                },
                |__fluxgate_refusal| <Result<
                    Receipt,
                    PaymentError,
                > as __private::Returned>::refused(
                    __fluxgate_refusal,
                    <__private::CallNotPermitted as __private::Becomes<
                        _,
                        _,
                    >>::become_error,
                ),
            )
            .await;
    }
}
