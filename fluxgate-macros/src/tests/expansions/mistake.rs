#[circuit_breaker(windo = count(10), handle = PAYMENTS)]
fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

///
static PAYMENTS: __private::CircuitBreaker = {
    static BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const SETTINGS: &__private::Settings = &settings;
            SETTINGS
        },
        &BREAKER,
    );
    __private::CircuitBreaker::from_static(&BREAKER)
};
fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}
::core::compile_error! {
    "unknown argument `windo`; did you mean `window`?"
}
