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
        let __fluxgate_output = __private::Output::new();
        if false {
            return __private::never(__fluxgate_output);
        }
        return __private::Returned::call(
            __fluxgate_output,
            __fluxgate_output,
            {
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
            __private::Returned::errors(__fluxgate_output, __fluxgate_output).evidence(),
            <__private::CallNotPermitted as __private::Becomes<_, _>>::become_error,
            || -> _ { self.send(order) },
        );
    }
}
