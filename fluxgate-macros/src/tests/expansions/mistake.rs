#[circuit_breaker(windo = count(10), handle = PAYMENTS)]
fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

///
static PAYMENTS: __private::CircuitBreaker = {
    static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
        .standard(::core::concat!(::core::module_path!(), "::", "charge"));
    __private::breaker_of_static(&__FLUXGATE_BREAKER.breaker)
};
fn charge(order: Order) -> Result<Receipt, PaymentError> {
    #[allow(unexpected_cfgs)]
    const _: () = {
        #[cfg(rust_analyzer)]
        {
            let _ = ::fluxgate::Builder::windo;
            let _ = __private::words::handle;
        }
    };
    gateway::send(order)
}
::core::compile_error! {
    "unknown argument `windo`; did you mean `window`?"
}
