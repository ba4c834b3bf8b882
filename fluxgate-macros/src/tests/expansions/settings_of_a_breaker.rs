static PAYMENTS: CircuitBreaker = breaker!(name = "payments", crate = vendored);

// expands to

static PAYMENTS: CircuitBreaker = {
    use vendored::__private as __fluxgate;
    let _ = __fluxgate::words::name;
    __fluxgate::breaker_of_settings({
        const __FLUXGATE_SETTINGS: &__fluxgate::Settings = &{
            use __fluxgate as __fluxgate;
            const __FLUXGATE_WINDOW: __fluxgate::Window = __fluxgate::Settings::STANDARD
                .window;
            const __FLUXGATE_RULE: &[__fluxgate::Node] = &__fluxgate::Rule::standard(
                __FLUXGATE_WINDOW.size(),
            );
            __fluxgate::Settings {
                name: __fluxgate::Name::from_static("payments"),
                window: __FLUXGATE_WINDOW,
                rule: __fluxgate::Rule::from_static(__FLUXGATE_RULE),
                retry: __fluxgate::Settings::STANDARD.retry,
                permit: __fluxgate::Settings::STANDARD.permit,
                max_half_open_calls: __fluxgate::Settings::STANDARD.max_half_open_calls,
                half_open_timeout: __fluxgate::Settings::STANDARD.half_open_timeout,
                on_panic: __fluxgate::Settings::STANDARD.on_panic,
                on_cancel: __fluxgate::Settings::STANDARD.on_cancel,
                count_calls: __fluxgate::Settings::STANDARD.count_calls,
                time_limit: __fluxgate::Settings::STANDARD.time_limit,
            }
        };
        __FLUXGATE_SETTINGS
    })
};
