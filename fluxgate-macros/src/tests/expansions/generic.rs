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
    let __fluxgate_call = match __private::Call::enter({
        static __FLUXGATE_BREAKER: __private::StaticBreaker = __FLUXGATE_BREAKER
            .of(settings);
        &__FLUXGATE_BREAKER.breaker
    }) {
        ::core::result::Result::Ok(__fluxgate_call) => __fluxgate_call,
        ::core::result::Result::Err(__fluxgate_refusal) => {
            return <Result<
                _,
                T::Error,
            > as __private::Returned>::refused(
                __fluxgate_refusal,
                |__fluxgate_refusal| <T::Error as ::core::convert::From<
                    __private::CallNotPermitted,
                >>::from(__fluxgate_refusal),
            );
        }
    };
    let __fluxgate_returned = __private::run(
        __private::Output::<Result<_, T::Error>>::new(),
        || -> Result<_, T::Error> { send(orders) },
    );
    return <Result<
        _,
        T::Error,
    > as __private::Returned>::settle(
        __private::Output::new(),
        <Result<
            _,
            T::Error,
        > as __private::Returned>::errors(
                __private::Output::new(),
                __private::Output::of(&__fluxgate_returned),
            )
            .evidence(),
        __fluxgate_returned,
        __fluxgate_call,
    );
}
