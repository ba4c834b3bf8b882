#[circuit_breaker]
fn charge(order: Order) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
    Box::pin(gateway::send(order))
}

// expands to

fn charge(
    order: Order,
) -> Pin<Box<dyn Future<Output = Result<Receipt, PaymentError>> + Send>> {
    let __fluxgate_declared = __private::Output::new();
    if false {
        return __private::never(__fluxgate_declared);
    }
    let __fluxgate_output = || [];
    __private::Output::of_future(__fluxgate_declared).infer(&__fluxgate_output);
    let mut __fluxgate_making = match __private::Making::new(
        __private::Output::by(__fluxgate_output),
        || {
            static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
                .standard(::core::concat!(::core::module_path!(), "::", "charge"));
            &__FLUXGATE_BREAKER.breaker
        },
        move |__fluxgate_call, __fluxgate_returned| __private::Yielded(
            __private::Returned::settle(
                __private::Output::new(),
                __private::Returned::errors(
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
                    __private::Returned::refused(
                        __fluxgate_refusal,
                        <__private::CallNotPermitted as __private::Becomes<
                            _,
                            _,
                        >>::become_error,
                    )
                }
            },
        ),
    ) {
        ::core::result::Result::Ok(__fluxgate_making) => __fluxgate_making,
        ::core::result::Result::Err(__fluxgate_refused) => {
            return __private::Box::pin(__fluxgate_refused);
        }
    };
    use __private::NoFuture as _;
    let __fluxgate_boxed = __private::run(
        __fluxgate_declared,
        || -> _ { Box::pin(__fluxgate_making.guard(gateway::send(order))) },
    );
    return if __fluxgate_making.is_done() {
        __fluxgate_boxed
    } else {
        __private::Box::pin(__fluxgate_making.guard(__fluxgate_boxed))
    };
}
