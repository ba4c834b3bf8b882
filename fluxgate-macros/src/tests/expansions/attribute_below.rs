#[circuit_breaker]
#[instrument]
fn charge(order: Order) -> BoxFuture<'static, Result<Receipt, PaymentError>> {
    let order = order.checked();
    Box::pin(async move { gateway::send(order).await })
}

// expands to

#[instrument]
fn charge(order: Order) -> BoxFuture<'static, Result<Receipt, PaymentError>> {
    let __fluxgate_begun = __private::Eager::new(
        __private::Output::<Result<Receipt, PaymentError>>::new(),
        __private::Output::<BoxFuture<'static, Result<Receipt, PaymentError>>>::new(),
        || {
            static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
                .standard(::core::concat!(::core::module_path!(), "::", "charge"));
            &__FLUXGATE_BREAKER.breaker
        },
        || -> BoxFuture<'static, Result<Receipt, PaymentError>> {
            let order = order.checked();
            Box::pin(async move { gateway::send(order).await })
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
        move |__fluxgate_result| __private::Yielded(
            match __fluxgate_result {
                ::core::result::Result::Ok(__fluxgate_result) => __fluxgate_result,
                ::core::result::Result::Err(__fluxgate_refusal) => {
                    <Result<
                        Receipt,
                        PaymentError,
                    > as __private::Returned>::refused(
                        __fluxgate_refusal,
                        <__private::CallNotPermitted as __private::Becomes<
                            _,
                            _,
                        >>::become_error,
                    )
                }
            },
        ),
    );
    __private::Box::pin(async move { __fluxgate_begun.await })
}
