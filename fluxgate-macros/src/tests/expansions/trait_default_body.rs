trait Gateway {
    #[circuit_breaker(permit = all)]
    fn charge(&mut self, order: Order) -> Result<Receipt, PaymentError> {
        self.send(order)
    }
}

// expands to

trait Gateway {
    fn charge(&mut self, order: Order) -> Result<Receipt, PaymentError> {
        let _ = ::fluxgate::permit::all;
        <Result<
            Receipt,
            PaymentError,
        > as __private::Returned>::settle(
            __private::call(
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
                || -> Result<Receipt, PaymentError> { self.send(order) },
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
            ),
            <__private::CallNotPermitted as __private::Becomes<_>>::become_error,
        )
    }
}
