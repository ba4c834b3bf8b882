static PAYMENTS: CircuitBreaker = breaker!(name = "payments", crate = vendored);

// expands to

static PAYMENTS: CircuitBreaker = vendored::__private::CircuitBreaker::from_settings({
    const __FLUXGATE_SETTINGS: &vendored::__private::Settings = &{
        use vendored::__private as __fluxgate;
        const __FLUXGATE_WINDOW: __fluxgate::Window = __fluxgate::Window::count(100);
        const __FLUXGATE_RULE: &[__fluxgate::Node] = &__fluxgate::Rule::standard(
            __FLUXGATE_WINDOW.size(),
        );
        __fluxgate::Settings {
            name: __fluxgate::Name::from_static("payments"),
            window: __FLUXGATE_WINDOW,
            rule: __fluxgate::Rule::from_static(__FLUXGATE_RULE),
            retry: __fluxgate::Retry::cooldown(::core::time::Duration::from_secs(60)),
            permit: __fluxgate::Permit::ramp_up(
                0.1,
                1.0,
                ::core::time::Duration::from_secs(60),
            ),
            max_half_open_calls: 10,
            half_open_timeout: ::core::time::Duration::from_secs(60),
            on_panic: __fluxgate::Outcome::Failure,
            on_cancel: __fluxgate::OnCancel::Outcome(__fluxgate::Outcome::Ignored),
            count_calls: false,
        }
    };
    __FLUXGATE_SETTINGS
});
