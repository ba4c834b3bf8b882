#[circuit_breaker(trip = failure_streak(5))]
fn charge<T, const N: usize>(orders: [T; N]) -> Result<impl Iterator<Item = Receipt>, T::Error>
where
    T: Order,
{
    send(orders)
}

// expands to

fn charge<T, const N: usize>(
    orders: [T; N],
) -> Result<impl Iterator<Item = Receipt>, T::Error>
where
    T: Order,
{
    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const SETTINGS: &__private::Settings = &settings;
            SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    match __private::call(
        &__FLUXGATE_BREAKER,
        || -> Result<_, T::Error> { send(orders) },
        |returned, breaker| <Result<
            _,
            T::Error,
        > as __private::Returned>::outcome(
            returned,
            |error| __private::Sources::of(error).is_refusal_by(breaker),
        ),
    ) {
        ::core::result::Result::Ok(admitted) => admitted,
        ::core::result::Result::Err(refusal) => {
            return __private::Refusal::into_error(
                refusal,
                |told| <Result<
                    _,
                    T::Error,
                > as __private::Returned>::from_error(
                    <__private::CallNotPermitted as __private::Becomes<
                        _,
                    >>::become_error(told),
                ),
            );
        }
    }
}
