#[circuit_breaker]
fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> + Send {
    async move { gateway::send(order).await }
}

// expands to

fn charge(order: Order) -> impl Future<Output = Result<Receipt, PaymentError>> + Send {
    return __private::Deferred::new(
        || {
            static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
                .standard(::core::concat!(::core::module_path!(), "::", "charge"));
            &__FLUXGATE_BREAKER.breaker
        },
        async move {
            if false {
                return __private::never(
                    __private::Output::<Result<Receipt, PaymentError>>::new(),
                );
            }
            '__fluxgate_body: { gateway::send(order).await }
        },
        move |__fluxgate_call, __fluxgate_returned| __private::Yielded(
            <Result<
                Receipt,
                PaymentError,
            > as __private::Returned>::settle(
                __private::Output::new(),
                <Result<
                    Receipt,
                    PaymentError,
                > as __private::Returned>::errors(
                        __private::Output::new(),
                        __private::Output::of(&__fluxgate_returned),
                    )
                    .evidence(),
                __fluxgate_returned,
                __fluxgate_call,
            ),
        ),
        move |__fluxgate_refusal| __private::Yielded(
            <Result<
                Receipt,
                PaymentError,
            > as __private::Returned>::refused(
                __fluxgate_refusal,
                <__private::CallNotPermitted as __private::Becomes<_, _>>::become_error,
            ),
        ),
    );
}
