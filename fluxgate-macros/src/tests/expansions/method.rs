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
        return __private::deferred(
                __fluxgate_output,
                || {
                    struct __FluxgateMethod;
                    static __FLUXGATE_BREAKER: __private::StaticBreaker<
                        __private::MethodName,
                    > = __FLUXGATE_BREAKER
                        .of_method(
                            __private::MethodName::of(
                                &__FluxgateMethod,
                                ::core::module_path!(),
                                "charge",
                            ),
                            settings,
                        );
                    &__FLUXGATE_BREAKER.breaker
                },
                async move {
                    if false {
                        return __private::never(__fluxgate_output);
                    }
                    '__fluxgate_body: { self.gateway.send(order).await }
                },
                __private::Returned::errors(__fluxgate_output, __fluxgate_output)
                    .evidence(),
                <__private::CallNotPermitted as __private::Becomes<
                    _,
                    _,
                >>::by(__fluxgate_output, __fluxgate_output),
            )
            .await;
    }
}
