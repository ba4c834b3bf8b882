#[circuit_breaker(name = NAME, window = count(SIZE), trip = min(CALLS) & custom(is_bad), half_open_timeout = LONGEST)]
fn charge(order: Order) -> Result<Receipt, PaymentError> {
    gateway::send(order)
}

// expands to

fn charge(order: Order) -> Result<Receipt, PaymentError> {
    let _ = __private::words::name;
    let _ = ::fluxgate::window::count;
    let _ = ::fluxgate::trip::min;
    let _ = ::fluxgate::trip::custom;
    let _ = ::fluxgate::Builder::half_open_timeout;
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
                    const __FLUXGATE_WINDOW: __fluxgate::Window = __FLUXGATE_2;
                    const __FLUXGATE_RULE: &[__fluxgate::Node] = &[
                        __fluxgate::Node::All(2),
                        __fluxgate::Node::min(__FLUXGATE_4),
                        __fluxgate::Node::custom("is_bad", __FLUXGATE_5),
                    ];
                    const __FLUXGATE_NAME: &::core::primitive::str = NAME;
                    const _: () = __fluxgate::check::name(__FLUXGATE_NAME);
                    const __FLUXGATE_1: ::core::primitive::usize = SIZE;
                    const _: () = __fluxgate::check::size(
                        __FLUXGATE_1,
                        "`SIZE` is out of range: a window remembers from 1 to 1000000 calls",
                    );
                    const __FLUXGATE_2: __fluxgate::Window = __fluxgate::Window::count(
                        __FLUXGATE_1,
                    );
                    const _: () = __fluxgate::check::window(&__FLUXGATE_2);
                    const __FLUXGATE_3: ::core::time::Duration = LONGEST;
                    const _: () = __fluxgate::check::timeout(
                        __FLUXGATE_3,
                        "`LONGEST` is out of range: a trial waits from 1ms to 584 years",
                    );
                    const __FLUXGATE_4: ::core::primitive::u32 = CALLS;
                    const _: () = __fluxgate::check::count(
                        __FLUXGATE_4,
                        "`CALLS` is out of range: a number of calls is from 1 to 4294967295",
                    );
                    const __FLUXGATE_5: fn(&__fluxgate::Metrics) -> bool = is_bad;
                    const _: () = __fluxgate::check::condition(
                        __FLUXGATE_RULE,
                        1,
                        &__FLUXGATE_WINDOW,
                    );
                    const _: () = __fluxgate::check::condition(
                        __FLUXGATE_RULE,
                        2,
                        &__FLUXGATE_WINDOW,
                    );
                    const _: () = __fluxgate::check::rule(
                        __FLUXGATE_RULE,
                        &__FLUXGATE_WINDOW,
                    );
                    __fluxgate::Settings {
                        name: __fluxgate::Name::from_static(__FLUXGATE_NAME),
                        window: __FLUXGATE_WINDOW,
                        rule: __fluxgate::Rule::from_static(__FLUXGATE_RULE),
                        retry: __fluxgate::Settings::STANDARD.retry,
                        permit: __fluxgate::Settings::STANDARD.permit,
                        max_half_open_calls: __fluxgate::Settings::STANDARD
                            .max_half_open_calls,
                        half_open_timeout: __FLUXGATE_3,
                        on_panic: __fluxgate::Settings::STANDARD.on_panic,
                        on_cancel: __fluxgate::Settings::STANDARD.on_cancel,
                        count_calls: __fluxgate::Settings::STANDARD.count_calls,
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
