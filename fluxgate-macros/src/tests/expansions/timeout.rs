#[circuit_breaker(timeout = 2s)]
async fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order).await
}

#[circuit_breaker(breaker = PAYMENTS, timeout = LIMIT, fallback = |error| Err(error))]
async fn refund(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order).await
}

// expands to

async fn charge(order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::timeout;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    return __private::Deferred::limited(
            || {
                static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
                    .of(settings);
                &__FLUXGATE_BREAKER.breaker
            },
            async move {
                if false {
                    let _ = &order;
                    return __private::never(__fluxgate_output);
                }
                '__fluxgate_body: { gateway::send(order).await }
            },
            __private::limit::<()>(::core::time::Duration::from_nanos(2000000000)),
            move |__fluxgate_call, __fluxgate_returned| __private::Yielded(
                match __fluxgate_returned {
                    ::core::result::Result::Ok(__fluxgate_returned) => {
                        __private::Returned::settle(
                            __private::Output::new(),
                            __private::Returned::errors(
                                    __private::Output::new(),
                                    __private::Output::of(&__fluxgate_returned),
                                )
                                .evidence(),
                            __fluxgate_returned,
                            __fluxgate_call,
                        )
                    }
                    ::core::result::Result::Err(__fluxgate_returned) => {
                        __private::Returned::timed_out(
                            __private::Call::time_out(
                                __fluxgate_call,
                                __fluxgate_returned,
                            ),
                            <__private::TimedOut as __private::Expires<_, _>>::expire,
                        )
                    }
                },
            ),
            move |__fluxgate_refusal| __private::Yielded(
                __private::Returned::refused(
                    __fluxgate_refusal,
                    <__private::CallNotPermitted as __private::Becomes<
                        _,
                        _,
                    >>::become_error,
                ),
            ),
        )
        .await;
}
async fn refund(order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::breaker;
    let _ = __private::words::timeout;
    let _ = __private::words::fallback;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_breaker: &'static __private::CircuitBreaker = &PAYMENTS;
    let __fluxgate_returned = '_failed: {
        let __fluxgate_call = match __private::Admitted::enter(
            __private::CircuitBreaker::breaker(__fluxgate_breaker),
        ) {
            ::core::result::Result::Ok(__fluxgate_call) => __fluxgate_call,
            ::core::result::Result::Err(__fluxgate_refusal) => {
                let __fluxgate_error = __private::Returned::refused_error(
                    __fluxgate_refusal,
                    <__private::CallNotPermitted as __private::Becomes<
                        _,
                        _,
                    >>::become_error,
                );
                break '_failed __fluxgate_error;
            }
        };
        __private::Returned::split(
            __private::Output::new(),
            __private::Guarded::limited(
                    __fluxgate_call,
                    async move {
                        if false {
                            let _ = &order;
                            return __private::never(__fluxgate_output);
                        }
                        '__fluxgate_body: { gateway::send(order).await }
                    },
                    __private::limit::<
                        (),
                    >({
                        use __private as __fluxgate;
                        const __FLUXGATE_1: ::core::time::Duration = LIMIT;
                        const _: () = __fluxgate::check::duration(
                            __FLUXGATE_1,
                            "`LIMIT` is out of range: a duration is longer than 0 and at most 584 years",
                        );
                        __FLUXGATE_1
                    }),
                    |__fluxgate_call, __fluxgate_returned| __private::Yielded(
                        match __fluxgate_returned {
                            ::core::result::Result::Ok(__fluxgate_returned) => {
                                __private::Returned::settle(
                                    __private::Output::new(),
                                    __private::Returned::errors(
                                            __private::Output::new(),
                                            __private::Output::of(&__fluxgate_returned),
                                        )
                                        .evidence(),
                                    __fluxgate_returned,
                                    __fluxgate_call,
                                )
                            }
                            ::core::result::Result::Err(__fluxgate_returned) => {
                                __private::Returned::timed_out(
                                    __private::Call::time_out(
                                        __fluxgate_call,
                                        __fluxgate_returned,
                                    ),
                                    <__private::TimedOut as __private::Expires<_, _>>::expire,
                                )
                            }
                        },
                    ),
                )
                .await,
        )
    };
    return match __fluxgate_returned {
        ::core::result::Result::Ok(__fluxgate_returned) => __fluxgate_returned,
        ::core::result::Result::Err(__fluxgate_error) => {
            __private::handle(__fluxgate_output, __fluxgate_error, |error| Err(error))
        }
    };
}
