#[circuit_breaker(fallback = async |error| cached(id, error).await)]
async fn look_up(id: u64) -> Result<Customer, DirectoryError> {
    directory::find(id).await
}

// expands to

async fn look_up(id: u64) -> Result<Customer, DirectoryError> {
    let _ = __private::words::fallback;
    let __fluxgate_output = __private::Output::new();
    if false {
        return __private::never(__fluxgate_output);
    }
    let __fluxgate_returned = '_failed: {
        let __fluxgate_call = match __private::Admitted::enter(|| {
            static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
                .standard(::core::concat!(::core::module_path!(), "::", "look_up"));
            &__FLUXGATE_BREAKER.breaker
        }) {
            ::core::result::Result::Ok(__fluxgate_call) => __fluxgate_call,
            ::core::result::Result::Err(__fluxgate_refusal) => {
                let __fluxgate_error = __private::Returned::refused_error(
                    __fluxgate_refusal,
                    <__private::CallNotPermitted as __private::Becomes<
                        _,
                        _,
                    >>::become_error,
                );
                break '_failed __fluxgate_error;
            }
        };
        __private::Returned::split(
            __private::Output::new(),
            __private::guarded(
                    __fluxgate_call,
                    async move {
                        if false {
                            return __private::never(__fluxgate_output);
                        }
                        '__fluxgate_body: { directory::find(id).await }
                    },
                    __private::Returned::errors(__fluxgate_output, __fluxgate_output)
                        .evidence(),
                )
                .await,
        )
    };
    return match __fluxgate_returned {
        ::core::result::Result::Ok(__fluxgate_returned) => __fluxgate_returned,
        ::core::result::Result::Err(__fluxgate_error) => {
            __private::handle(
                    __private::Output::new(),
                    __fluxgate_error,
                    async |error| cached(id, error).await,
                )
                .await
        }
    };
}
