#[circuit_breaker]
fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

fn charge(order: &Order) -> Result<Receipt, PaymentError> {
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    return __private::Returned::call(
        __fluxgate_output,
        __fluxgate_output,
        {
            static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
                .standard(::core::concat!(::core::module_path!(), "::", "charge"));
            &__FLUXGATE_BREAKER.breaker
        },
        __private::Returned::errors(__fluxgate_output, __fluxgate_output).evidence(),
        <__private::CallNotPermitted as __private::Becomes<_, _>>::become_error,
        || -> _ { gateway::send(order) },
    );
}
