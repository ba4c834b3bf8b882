#[circuit_breaker(track = returned(None), rejected = |refusal| log(refusal))]
fn look_up(id: u64) -> Option<Customer> {
    directory::find(id)
}

// expands to

fn look_up(id: u64) -> Option<Customer> {
    static __FLUXGATE_BREAKER: __private::Breaker = __private::Breaker::new(
        {
            const SETTINGS: &__private::Settings = &settings;
            SETTINGS
        },
        &__FLUXGATE_BREAKER,
    );
    match __private::call(
        &__FLUXGATE_BREAKER,
        || -> Option<Customer> { directory::find(id) },
        |returned, breaker| __private::evidence(
            if (match returned {
                None => true,
                _ => false,
            }) {
                __private::Outcome::Failure
            } else {
                if __private::Probe::of(returned).error(returned).is_some() {
                    __private::Outcome::Ignored
                } else {
                    __private::Outcome::Success
                }
            },
            || {
                __private::Probe::of(returned)
                    .error(returned)
                    .is_some_and(|error| {
                        __private::Sources::of(error).is_refusal_by(breaker)
                    })
            },
        ),
    ) {
        ::core::result::Result::Ok(admitted) => admitted,
        ::core::result::Result::Err(refusal) => {
            return __private::Refusal::into_error(
                refusal,
                |told| __private::handle::<
                    _,
                    Option<Customer>,
                >(told, |refusal| log(refusal)),
            );
        }
    }
}
