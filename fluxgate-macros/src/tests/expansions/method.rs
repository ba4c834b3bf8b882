impl Client {
    #[circuit_breaker(retry = backoff(1s, max = 60s))]
    async fn charge(&self, order: &mut Order) -> Result<Receipt, PaymentError> {
        self.gateway.send(order).await
    }
}

// expands to

impl Client {
    async fn charge(&self, order: &mut Order) -> Result<Receipt, PaymentError> {
        let _ = ::fluxgate::retry::backoff;
        let _ = ::fluxgate::retry::Retry::max;
        __private::Deferred::new(
                {
                    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
                        {
                            const __FLUXGATE_SETTINGS: &__private::Settings = &settings;
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
                    let _ = &order;
                    let _ = &self;
                    '_body: { self.gateway.send(order).await }
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
}
