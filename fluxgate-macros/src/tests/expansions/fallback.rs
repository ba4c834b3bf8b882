#[circuit_breaker(fallback = async |error| cached(id, error).await)]
async fn look_up(id: u64) -> Result<Customer, DirectoryError> {
    directory::find(id).await
}

// expands to

async fn look_up(id: u64) -> Result<Customer, DirectoryError> {
    let _ = __private::words::fallback;
    match (match __private::Call::enter({
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
            <Result<
                Customer,
                DirectoryError,
            > as __private::Returned>::split(
                __private::Guarded::new(
                        __fluxgate_call,
                        async move {
                            if false {
                                return __private::never::<
                                    Result<Customer, DirectoryError>,
                                >();
                            }
                            let _ = &id;
                            '_body: { directory::find(id).await }
                        },
                        |__fluxgate_returned, __fluxgate_breaker| <Result<
                            Customer,
                            DirectoryError,
                        > as __private::Returned>::outcome(
                            __fluxgate_returned,
                            |__fluxgate_error| {
                                __private::Sources::of(__fluxgate_error)
                                    .is_refusal_by(__fluxgate_breaker)
                            },
                        ),
                    )
                    .await,
            )
        }
        ::core::result::Result::Err(__fluxgate_refusal) => {
            <Result<
                Customer,
                DirectoryError,
            > as __private::Returned>::refused(
                __fluxgate_refusal,
                <__private::CallNotPermitted as __private::Becomes<_>>::become_error,
            )
        }
    }) {
        ::core::result::Result::Ok(__fluxgate_returned) => __fluxgate_returned,
        ::core::result::Result::Err(__fluxgate_error) => {
            __private::handle::<
                _,
                _,
            >(__fluxgate_error, async |error| cached(id, error).await)
                .await
        }
    }
}
