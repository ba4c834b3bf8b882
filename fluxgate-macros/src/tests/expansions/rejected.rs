#[circuit_breaker(track = returned(None), rejected = |refusal| log(refusal))]
fn look_up(id: u64) -> Option<Customer> {
    directory::find(id)
}

// expands to

fn look_up(id: u64) -> Option<Customer> {
    let _ = ::fluxgate::track::type_of::<::fluxgate::CallNotPermitted>;
    let _ = __private::words::returned;
    let _ = __private::words::rejected;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_call = match __private::Call::enter({
        static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
            .standard(::core::concat!(::core::module_path!(), "::", "look_up"));
        &__FLUXGATE_BREAKER.breaker
    }) {
        ::core::result::Result::Ok(__fluxgate_call) => __fluxgate_call,
        ::core::result::Result::Err(__fluxgate_refusal) => {
            return __private::reject(
                __fluxgate_output,
                __fluxgate_refusal,
                |refusal| log(refusal),
            );
        }
    };
    let __fluxgate_returned = __private::run(
        __fluxgate_output,
        || -> _ { directory::find(id) },
    );
    return __private::Call::finish(
        __fluxgate_call,
        __fluxgate_returned,
        |__fluxgate_returned, __fluxgate_breaker| {
            let __fluxgate_outcome = if (match ::core::option::Option::Some(
                __fluxgate_returned,
            ) {
                ::core::option::Option::Some(None { .. }) => true,
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
            };
            __private::Probe::of(__fluxgate_returned)
                .error(__fluxgate_returned)
                .map_or(
                    __fluxgate_outcome,
                    |__fluxgate_error| __private::evidence(
                        __fluxgate_outcome,
                        __fluxgate_error,
                        __fluxgate_breaker,
                        __private::ErrorType::of(__fluxgate_error).evidence(),
                    ),
                )
        },
    );
}
