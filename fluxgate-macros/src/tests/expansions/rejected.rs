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
        |returned| {
            #[allow(unreachable_code, unreachable_patterns)]
            let outcome = {
                #[allow(unused_imports)]
                use __private::Whatever as _;
                let probe = __private::Probe::of(returned);
                if (match returned {
                    None => true,
                    _ => false,
                }) {
                    __private::Outcome::Failure
                } else {
                    if probe.is_err(returned) {
                        __private::Outcome::Ignored
                    } else {
                        __private::Outcome::Success
                    }
                }
            };
            outcome
        },
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
