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
                const SETTINGS: &__private::Settings = &settings;
                SETTINGS
            },
            &__FLUXGATE_BREAKER,
        );
        __private::Deferred::new(
                &__FLUXGATE_BREAKER,
                async move {
                    #[allow(unreachable_code, clippy::all, clippy::pedantic)]
                    if false {
                        let returned: Result<Receipt, PaymentError> = loop {};
                        return returned;
                    }
                    #[allow(clippy::all, clippy::pedantic)]
                    {
                        let _ = (&order, &self);
                    }
                    '_body: { self.gateway.send(order).await }
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
}
