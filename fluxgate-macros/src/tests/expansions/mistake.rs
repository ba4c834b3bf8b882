#[circuit_breaker(windo = count(10), handle = PAYMENTS)]
fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

///
static PAYMENTS: __private::CircuitBreaker = {
    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const __FLUXGATE_SETTINGS: &__private::Settings = &__private::Settings::standard(
                __private::Name::from_static(::core::module_path!()),
            );
            __FLUXGATE_SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    __private::CircuitBreaker::from_static(&__FLUXGATE_BREAKER)
};
fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}
::core::compile_error! {
    "unknown argument `windo`; did you mean `window`?"
}
