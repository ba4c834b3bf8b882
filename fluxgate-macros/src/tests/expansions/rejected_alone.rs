impl Client {
    #[circuit_breaker(rejected = |refusal| Err(PaymentError::Refused(refusal)))]
    fn charge(&self, order: Order) -> Result<Receipt, PaymentError> {
        self.gateway.send(order)
    }

    #[circuit_breaker(rejected = |_| Ok(Receipt::of(order.id)))]
    fn charge_later(&self, order: Order) -> Result<Receipt, PaymentError> {
        self.gateway.send(order)
    }
}

// expands to

impl Client {
    fn charge(&self, order: Order) -> Result<Receipt, PaymentError> {
        let _ = __private::words::rejected;
        let __fluxgate_output = __private::Output::new();
        if false {
            return __private::never(__fluxgate_output);
        }
        return __private::Returned::call_or(
            __fluxgate_output,
            __fluxgate_output,
            {
                struct __FluxgateMethod;
                static __FLUXGATE_BREAKER: __private::StaticBreaker<
                    __private::MethodName,
                > = __FLUXGATE_BREAKER
                    .standard_of_method(
                        __private::MethodName::of(
                            &__FluxgateMethod,
                            ::core::module_path!(),
                            "charge",
                        ),
                    );
                &__FLUXGATE_BREAKER.breaker
            },
            __private::Returned::errors(__fluxgate_output, __fluxgate_output).evidence(),
            |refusal| Err(PaymentError::Refused(refusal)),
            || -> _ { self.gateway.send(order) },
        );
    }
    fn charge_later(&self, order: Order) -> Result<Receipt, PaymentError> {
        let _ = __private::words::rejected;
        let __fluxgate_output = __private::Output::new();
        if false {
            return __private::never(__fluxgate_output);
        }
        let __fluxgate_call = match __private::Call::enter({
            struct __FluxgateMethod;
            static __FLUXGATE_BREAKER: __private::StaticBreaker<__private::MethodName> = __FLUXGATE_BREAKER
                .standard_of_method(
                    __private::MethodName::of(
                        &__FluxgateMethod,
                        ::core::module_path!(),
                        "charge_later",
                    ),
                );
            &__FLUXGATE_BREAKER.breaker
        }) {
            ::core::result::Result::Ok(__fluxgate_call) => __fluxgate_call,
            ::core::result::Result::Err(__fluxgate_refusal) => {
                return __private::reject(
                    __fluxgate_output,
                    __fluxgate_refusal,
                    |_| Ok(Receipt::of(order.id)),
                );
            }
        };
        return __private::Returned::run(
            __fluxgate_output,
            __fluxgate_output,
            __fluxgate_call,
            __private::Returned::errors(__fluxgate_output, __fluxgate_output).evidence(),
            || -> _ { self.gateway.send(order) },
        );
    }
}
