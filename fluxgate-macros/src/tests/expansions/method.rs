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
        let __fluxgate_output = __private::Output::new();
        if false {
            return __private::never(__fluxgate_output);
        }
        return __private::Deferred::new(
                || {
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
                        return __private::never(__fluxgate_output);
                    }
                    '__fluxgate_body: { self.gateway.send(order).await }
                },
                move |__fluxgate_call, __fluxgate_returned| __private::Returned::settle(
                    __private::Output::new(),
                    __private::Returned::sources(
                            __private::Output::new(),
                            &__fluxgate_returned,
                        )
                        .evidence(),
                    __fluxgate_returned,
                    __fluxgate_call,
                ),
                |__fluxgate_refusal| __private::Returned::refused(
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
