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
    let _ = ::fluxgate::trip::failure_streak;
    <Result<
        _,
        T::Error,
    > as __private::Returned>::settle(
        __private::call(
            {
                static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
                    {
                        const __FLUXGATE_SETTINGS: &__private::Settings = &settings;
                        __FLUXGATE_SETTINGS
                    },
                    &__FLUXGATE_BREAKER,
                );
                &__FLUXGATE_BREAKER
            },
            || -> Result<_, T::Error> { send(orders) },
            |__fluxgate_returned, __fluxgate_breaker| <Result<
                _,
                T::Error,
            > as __private::Returned>::outcome(
                __fluxgate_returned,
                |__fluxgate_error| {
                    __private::Sources::of(__fluxgate_error)
                        .is_refusal_by(__fluxgate_breaker)
                },
            ),
        ),
        <__private::CallNotPermitted as __private::Becomes<_>>::become_error,
    )
}
