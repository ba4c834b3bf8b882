#[circuit_breaker(retry = from_error(ApiError::retry_after, otherwise = backoff(10s)))]
fn fetch(url: Url) -> Result<Response, ApiError> {
    http::get(url)
}

// expands to

fn fetch(url: Url) -> Result<Response, ApiError> {
    let _ = ::fluxgate::retry::never;
    let _ = __private::words::from_error;
    let _ = __private::words::otherwise;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_call = match __private::Call::enter({
        static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
            .of(settings);
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
    return __private::Returned::settle_with_request(
        __private::Output::new(),
        __private::Returned::errors(
                __private::Output::new(),
                __private::Output::of(&__fluxgate_returned),
            )
            .evidence(),
        __fluxgate_returned,
        __fluxgate_call,
        |__fluxgate_error| __private::FromError::<
            _,
            _,
        >::requests(__fluxgate_error, ApiError::retry_after),
    );
}
