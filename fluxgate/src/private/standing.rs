//! What stands in the `static` of a guarded function.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use crate::configuration::Settings;
use crate::configuration::method_name::MethodName;
use crate::configuration::name::Name;
use crate::engine::breaker::Breaker;
use crate::sync::const_unless_model;

/// A breaker, and what it refers to: its settings, and the name of a method. In one `static`, since each item of an expansion takes the
/// compiler's time. It names itself: `static B: StaticBreaker = B.standard("payments")`. The breaker is in front, and seldom written to is
/// what follows it.
#[repr(C)]
#[must_use]
pub struct StaticBreaker<N: 'static = ()> {
    pub breaker: Breaker,
    settings: Settings,
    pub name: N,
}

// These make what `self` will be, so it cannot be read yet. As a receiver, it is borrowed once. As an argument it would be borrowed anew,
// and of whatever a `static` borrows, the compiler looks through the type.

impl StaticBreaker {
    const_unless_model! {
        /// With the standard settings.
        pub const fn standard(&'static self, name: &'static str) -> Self {
            let settings = Settings::standard(Name::from_static(name));
            Self { breaker: Breaker::standard_of_static(&self.settings, &self.breaker), settings, name: () }
        }
    }

    const_unless_model! {
        pub const fn of(&'static self, settings: Settings) -> Self {
            let breaker = Breaker::of_static(&self.settings, &settings, &self.breaker);
            Self { breaker, settings, name: () }
        }
    }
}

impl StaticBreaker<MethodName> {
    const_unless_model! {
        /// With the standard settings.
        pub const fn standard_of_method(&'static self, name: MethodName) -> Self {
            let settings = Settings::standard(Name::of_method(&self.name));
            Self { breaker: Breaker::standard_of_static(&self.settings, &self.breaker), settings, name }
        }
    }

    const_unless_model! {
        /// `settings` have `self.name`.
        pub const fn of_method(&'static self, name: MethodName, settings: Settings) -> Self {
            let breaker = Breaker::of_static(&self.settings, &settings, &self.breaker);
            Self { breaker, settings, name }
        }
    }
}
