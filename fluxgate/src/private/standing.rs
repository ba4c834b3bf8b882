//! What stands in the `static` of a guarded function.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use crate::configuration::Settings;
use crate::configuration::method_name::MethodName;
use crate::configuration::name::Name;
use crate::engine::breaker::Breaker;
use crate::sync::const_unless_model;

/// A breaker, and what it refers to: its settings, and the name of a method. In one `static`, since each item of an expansion takes the
/// compiler's time. It names itself: `static B: StaticBreaker = StaticBreaker::standard("payments", &B)`. The breaker is in front, and seldom
/// written to is what follows it.
#[repr(C)]
pub struct StaticBreaker<N: 'static = ()> {
    pub breaker: Breaker,
    settings: Settings,
    pub name: N,
}

impl StaticBreaker {
    const_unless_model! {
        /// With the standard settings.
        pub const fn standard(name: &'static str, itself: &'static Self) -> Self {
            let settings = Settings::standard(Name::from_static(name));
            Self { breaker: Breaker::standard_of_static(&itself.settings, &itself.breaker), settings, name: () }
        }
    }

    const_unless_model! {
        pub const fn new(settings: Settings, itself: &'static Self) -> Self {
            let breaker = Breaker::of_static(&itself.settings, &settings, &itself.breaker);
            Self { breaker, settings, name: () }
        }
    }
}

impl StaticBreaker<MethodName> {
    const_unless_model! {
        /// With the standard settings.
        pub const fn standard_of_method(name: MethodName, itself: &'static Self) -> Self {
            let settings = Settings::standard(Name::of_method(&itself.name));
            Self { breaker: Breaker::standard_of_static(&itself.settings, &itself.breaker), settings, name }
        }
    }

    const_unless_model! {
        /// `settings` have `itself.name`.
        pub const fn of_method(name: MethodName, settings: Settings, itself: &'static Self) -> Self {
            let breaker = Breaker::of_static(&itself.settings, &settings, &itself.breaker);
            Self { breaker, settings, name }
        }
    }
}
