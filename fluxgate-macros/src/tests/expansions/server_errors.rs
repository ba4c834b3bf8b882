#[circuit_breaker(breaker = BACKEND, track = server_errors)]
fn fetch(url: Url) -> Result<Response, FetchError> {
    http::get(url)
}

// expands to

fn fetch(url: Url) -> Result<Response, FetchError> {
    let _ = __private::words::breaker;
    let _ = ::fluxgate::track::type_of::<::fluxgate::CallNotPermitted>;
    let _ = __private::words::server_errors;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_breaker: &'static __private::CircuitBreaker = &BACKEND;
    let __fluxgate_call = match __private::Call::enter(
        __private::CircuitBreaker::breaker(__fluxgate_breaker),
    ) {
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
        |__fluxgate_returned, __fluxgate_breaker| {
            let __fluxgate_server_failed = __private::server_failed(
                __private::Returned::as_result(
                    __private::Output::new(),
                    __fluxgate_returned,
                ),
                |__fluxgate_value| {
                    use __private::{
                        FoundStatus as _, IsServerError as _, OneStatus as _,
                        WithoutStatus as _,
                    };
                    let __fluxgate_inner = __private::Inner::of(__fluxgate_value)
                        .get(__fluxgate_value);
                    let __fluxgate_inner = __fluxgate_inner
                        .map(|__fluxgate_inner| {
                            __private::Asked::of(__fluxgate_inner).get(__fluxgate_inner)
                        });
                    __private::Found(
                            __fluxgate_inner
                                .and_then(|__fluxgate_inner| {
                                    __private::Status(__fluxgate_inner.status()).get()
                                }),
                        )
                        .ask(|__fluxgate_status| __fluxgate_status.is_server_error())
                },
                |__fluxgate_error| {
                    use __private::{
                        FoundStatus as _, IsServerError as _, OneStatus as _,
                        WithoutStatus as _,
                    };
                    let __fluxgate_inner = __private::Inner::of(__fluxgate_error)
                        .get(__fluxgate_error);
                    let __fluxgate_inner = __fluxgate_inner
                        .map(|__fluxgate_inner| {
                            __private::Asked::of(__fluxgate_inner).get(__fluxgate_inner)
                        });
                    __private::Found(
                            __fluxgate_inner
                                .and_then(|__fluxgate_inner| {
                                    __private::Status(__fluxgate_inner.status()).get()
                                }),
                        )
                        .ask(|__fluxgate_status| __fluxgate_status.is_server_error())
                },
            );
            match __private::Returned::as_result(
                __private::Output::new(),
                __fluxgate_returned,
            ) {
                ::core::result::Result::Ok(__fluxgate_value) => {
                    if __fluxgate_server_failed {
                        __private::Outcome::Failure
                    } else {
                        __private::Outcome::Success
                    }
                }
                ::core::result::Result::Err(__fluxgate_error) => {
                    __private::evidence(
                        if __fluxgate_server_failed {
                            __private::Outcome::Failure
                        } else {
                            if __fluxgate_server_failed {
                                __private::Outcome::Ignored
                            } else {
                                __private::Outcome::Success
                            }
                        },
                        __fluxgate_error,
                        __fluxgate_breaker,
                        __private::ErrorType::of(__fluxgate_error).evidence(),
                    )
                }
            }
        },
    );
}
