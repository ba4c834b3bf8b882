#[circuit_breaker(
    track = matches(Down | Status(500..) if !draining()) & !type_of(io::Error) | ok(Response { status: 500.., .. }),
    success = custom(is_not_found),
)]
fn fetch(url: Url) -> Result<Response, FetchError> {
    http::get(url)
}

// expands to

fn fetch(url: Url) -> Result<Response, FetchError> {
    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const SETTINGS: &__private::Settings = &settings;
            SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    match __private::call(
        &__FLUXGATE_BREAKER,
        || -> Result<Response, FetchError> { http::get(url) },
        |returned, breaker| match <Result<
            Response,
            FetchError,
        > as __private::Returned>::as_result(returned) {
            ::core::result::Result::Ok(value) => {
                if (match value {
                    Response { status: 500.., .. } => true,
                    _ => false,
                }) {
                    __private::Outcome::Failure
                } else {
                    __private::Outcome::Success
                }
            }
            ::core::result::Result::Err(error) => {
                __private::evidence(
                    if __private::ask(false, || __private::custom(error, is_not_found)) {
                        __private::Outcome::Success
                    } else {
                        if __private::ask(
                            true,
                            || {
                                (((match error {
                                    Down | Status(500..) if !draining() => true,
                                    _ => false,
                                }))
                                    && (!((__private::Sources::of(error).has::<io::Error>()))))
                            },
                        ) {
                            __private::Outcome::Failure
                        } else {
                            __private::Outcome::Ignored
                        }
                    },
                    || __private::Sources::of(error).is_refusal_by(breaker),
                )
            }
        },
    ) {
        ::core::result::Result::Ok(admitted) => admitted,
        ::core::result::Result::Err(refusal) => {
            return __private::Refusal::into_error(
                refusal,
                |told| <Result<
                    Response,
                    FetchError,
                > as __private::Returned>::from_error(
                    <__private::CallNotPermitted as __private::Becomes<
                        _,
                    >>::become_error(told),
                ),
            );
        }
    }
}
