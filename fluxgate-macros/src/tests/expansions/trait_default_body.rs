trait Gateway {
    #[circuit_breaker(permit = all)]
    fn charge(&mut self, order: Order) -> Result<Receipt, PaymentError> {
        self.send(order)
    }
}

// expands to

trait Gateway {
    fn charge(&mut self, order: Order) -> Result<Receipt, PaymentError> {
        static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
            {
                const __FLUXGATE_SETTINGS: &__private::Settings = &settings;
                __FLUXGATE_SETTINGS
            },
            &__FLUXGATE_BREAKER,
        );
        let __fluxgate_call = match __private::Call::enter(&__FLUXGATE_BREAKER) {
            ::core::result::Result::Ok(__fluxgate_call) => __fluxgate_call,
            ::core::result::Result::Err(__fluxgate_refusal) => {
                return <Result<
                    Receipt,
                    PaymentError,
                > as __private::Returned>::refused(
                    __fluxgate_refusal,
                    <__private::CallNotPermitted as __private::Becomes<
                        _,
                        _,
                    >>::become_error,
                );
            }
        };
        let __fluxgate_returned = __private::run(|| -> Result<Receipt, PaymentError> {
            self.send(order)
        });
        let __fluxgate_evidence = <Result<
            Receipt,
            PaymentError,
        > as __private::Returned>::sources(&__fluxgate_returned)
            .evidence();
        return <Result<
            Receipt,
            PaymentError,
        > as __private::Returned>::settle(
            __fluxgate_returned,
            __fluxgate_call,
            __fluxgate_evidence,
        );
    }
}
