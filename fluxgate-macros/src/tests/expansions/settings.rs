#[circuit_breaker(
    name = "payments",
    window = time(60s, buckets = 6),
    trip = "closed & min(10) & failure_rate(50%) | half_open & failure_streak(3)",
    retry = backoff(1s, multiplier = 2, max = 60s),
    permit = random(0.5),
    max_half_open_calls = 2,
    on_cancel = failure,
    count_calls = true,
)]
fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

fn charge(order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::name;
    let _ = ::fluxgate::window::time;
    let _ = ::fluxgate::window::Window::buckets;
    let _ = ::fluxgate::trip::min;
    let _ = ::fluxgate::retry::backoff;
    let _ = ::fluxgate::retry::Retry::multiplier;
    let _ = ::fluxgate::retry::Retry::max;
    let _ = ::fluxgate::permit::random;
    let _ = ::fluxgate::Builder::max_half_open_calls;
    let _ = __private::words::on_cancel;
    let _ = __private::words::failure;
    let _ = ::fluxgate::Builder::count_calls;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    return __private::Returned::call(
        __fluxgate_output,
        __fluxgate_output,
        {
            static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
                .of({
                    use __private as __fluxgate;
                    const __FLUXGATE_WINDOW: __fluxgate::Window = __fluxgate::Window::time(
                            ::core::time::Duration::from_nanos(60000000000),
                        )
                        .buckets(6);
                    const __FLUXGATE_RULE: &[__fluxgate::Node] = &[
                        __fluxgate::Node::Any(7),
                        __fluxgate::Node::All(3),
                        __fluxgate::Node::closed(),
                        __fluxgate::Node::min(10),
                        __fluxgate::Node::failure_rate(0.5),
                        __fluxgate::Node::All(2),
                        __fluxgate::Node::half_open(),
                        __fluxgate::Node::failure_streak(3),
                    ];
                    __fluxgate::Settings {
                        name: __fluxgate::Name::from_static("payments"),
                        window: __FLUXGATE_WINDOW,
                        rule: __fluxgate::Rule::from_static(__FLUXGATE_RULE),
                        retry: __fluxgate::Retry::backoff(
                                ::core::time::Duration::from_nanos(1000000000),
                            )
                            .multiplier(2.0)
                            .max(::core::time::Duration::from_nanos(60000000000)),
                        permit: __fluxgate::Permit::random(0.5),
                        max_half_open_calls: 2,
                        half_open_timeout: __fluxgate::Settings::STANDARD
                            .half_open_timeout,
                        on_panic: __fluxgate::Settings::STANDARD.on_panic,
                        on_cancel: __fluxgate::OnCancel::Outcome(
                            __fluxgate::Outcome::Failure,
                        ),
                        count_calls: true,
                        time_limit: __fluxgate::Settings::STANDARD.time_limit,
                    }
                });
            &__FLUXGATE_BREAKER.breaker
        },
        __private::Returned::errors(__fluxgate_output, __fluxgate_output).evidence(),
        <__private::CallNotPermitted as __private::Becomes<_, _>>::become_error,
        || -> _ { gateway::send(order) },
    );
}
