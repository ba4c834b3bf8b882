#[circuit_breaker(track = returned(None), rejected = |refusal| log(refusal))]
fn look_up(id: u64) -> Option<Customer> {
    directory::find(id)
}

// expands to

fn look_up(id: u64) -> Option<Customer> {
    let _ = ::fluxgate::track::type_of::<::fluxgate::CallNotPermitted>;
    let _ = __private::words::returned;
    let _ = __private::words::rejected;
    match __private::Call::enter({
        static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
            {
                const __FLUXGATE_SETTINGS: &__private::Settings = &__private::Settings::standard(
                    ::core::concat!(::core::module_path!(), "::", "look_up"),
                );
                __FLUXGATE_SETTINGS
            },
            &__FLUXGATE_BREAKER,
        );
        &__FLUXGATE_BREAKER
    }) {
        ::core::result::Result::Ok(__fluxgate_call) => {
            __private::run(
                __fluxgate_call,
                || -> Option<Customer> { directory::find(id) },
                |__fluxgate_returned, __fluxgate_breaker| __private::evidence(
                    if (match ::core::option::Option::Some(__fluxgate_returned) {
                        ::core::option::Option::Some(None) => true,
                        _ => false,
                    }) {
                        __private::Outcome::Failure
                    } else {
                        if __private::Probe::of(__fluxgate_returned)
                            .error(__fluxgate_returned)
                            .is_some()
                        {
                            __private::Outcome::Ignored
                        } else {
                            __private::Outcome::Success
                        }
                    },
                    || {
                        __private::Probe::of(__fluxgate_returned)
                            .error(__fluxgate_returned)
                            .is_some_and(|__fluxgate_error| {
                                __private::Sources::of(__fluxgate_error)
                                    .is_refusal_by(__fluxgate_breaker)
                            })
                    },
                ),
            )
        }
        ::core::result::Result::Err(__fluxgate_refusal) => {
            __private::IntoError::into_error::<
                Option<Customer>,
            >(__fluxgate_refusal, |refusal| log(refusal))
        }
    }
}
