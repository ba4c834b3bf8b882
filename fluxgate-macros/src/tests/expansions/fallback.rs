#[circuit_breaker(fallback = async |error| cached(id, error).await)]
async fn look_up(id: u64) -> Result<Customer, DirectoryError> {
    directory::find(id).await
}

// expands to

async fn look_up(id: u64) -> Result<Customer, DirectoryError> {
    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const SETTINGS: &__private::Settings = &settings;
            SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    let error = 'call: {
        let call = match __private::Call::enter(&__FLUXGATE_BREAKER) {
            ::core::result::Result::Ok(admitted) => admitted,
            ::core::result::Result::Err(refusal) => {
                break 'call __private::Refusal::into_error(
                    refusal,
                    |told| <__private::CallNotPermitted as __private::Becomes<
                        _,
                    >>::become_error(told),
                );
            }
        };
        match <Result<
            Customer,
            DirectoryError,
        > as __private::Returned>::split(
            __private::Guarded::new(
                    call,
                    async move {
                        #[allow(unreachable_code, clippy::all, clippy::pedantic)]
                        if false {
                            let returned: Result<Customer, DirectoryError> = loop {};
                            return returned;
                        }
                        #[allow(clippy::all, clippy::pedantic)]
                        {
                            let _ = (&id,);
                        }
                        '_body: { directory::find(id).await }
                    },
                    |returned, breaker| <Result<
                        Customer,
                        DirectoryError,
                    > as __private::Returned>::outcome(
                        returned,
                        |error| __private::Sources::of(error).is_refusal_by(breaker),
                    ),
                )
                .await,
        ) {
            ::core::result::Result::Ok(returned) => return returned,
            ::core::result::Result::Err(error) => error,
        }
    };
    __private::handle::<_, _>(error, async |error| cached(id, error).await).await
}
