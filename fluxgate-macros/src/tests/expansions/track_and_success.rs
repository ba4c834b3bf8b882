#[circuit_breaker(
    track = matches(Down | Status(500..) if !draining()) & !type_of(io::Error) | ok(Response { status: 500.., .. }),
    success = custom(is_not_found),
)]
fn fetch(url: Url) -> Result<Response, FetchError> {
    http::get(url)
}

// expands to

fn fetch(url: Url) -> Result<Response, FetchError> {
    let _ = ::fluxgate::track::type_of::<::fluxgate::CallNotPermitted>;
    let _ = __private::words::matches;
    let _ = ::fluxgate::track::type_of::<::fluxgate::CallNotPermitted>;
    let _ = __private::words::ok;
    let _ = __private::words::success;
    let _ = __private::words::custom;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_call = match __private::Call::enter({
        static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
            .standard(::core::concat!(::core::module_path!(), "::", "fetch"));
        &__FLUXGATE_BREAKER.breaker
    }) {
        ::core::result::Result::Ok(__fluxgate_call) => __fluxgate_call,
        ::core::result::Result::Err(__fluxgate_refusal) => {
            return __private::Returned::refused(
                __fluxgate_refusal,
                <__private::CallNotPermitted as __private::Becomes<_, _>>::become_error,
            );
        }
    };
    let __fluxgate_returned = __private::run(
        __fluxgate_output,
        || -> _ { http::get(url) },
    );
    return __private::Call::finish(
        __fluxgate_call,
        __fluxgate_returned,
        |__fluxgate_returned, __fluxgate_breaker| match __private::Returned::as_result(
            __private::Output::new(),
            __fluxgate_returned,
        ) {
            ::core::result::Result::Ok(__fluxgate_value) => {
                if (match ::core::option::Option::Some(__fluxgate_value) {
                    ::core::option::Option::Some(Response { status: 500.., .. }) => true,
                    _ => false,
                }) {
                    __private::Outcome::Failure
                } else {
                    __private::Outcome::Success
                }
            }
            ::core::result::Result::Err(__fluxgate_error) => {
                __private::evidence(
                    if __private::ask(
                        false,
                        || __private::Custom::<
                            _,
                            _,
                        >::claims(__fluxgate_error, is_not_found),
                    ) {
                        __private::Outcome::Success
                    } else {
                        if __private::ask(
                            true,
                            || {
                                (((match ::core::option::Option::Some(__fluxgate_error) {
                                    ::core::option::Option::Some(
                                        Down { .. } | Status(500..),
                                    ) if __private::holds(|| !draining()) => true,
                                    _ => false,
                                }))
                                    && (!((__private::Sources::of(__fluxgate_error)
                                        .has::<io::Error>(__fluxgate_error)))))
                            },
                        ) {
                            __private::Outcome::Failure
                        } else {
                            __private::Outcome::Ignored
                        }
                    },
                    __fluxgate_error,
                    __fluxgate_breaker,
                    __private::ErrorType::of(__fluxgate_error).evidence(),
                )
            }
        },
    );
}
