//! The contents of the `static` of a guarded function.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

use crate::configuration::Settings;
use crate::configuration::method_name::MethodName;
use crate::configuration::name::Name;
use crate::engine::breaker::Breaker;
use crate::sync::const_unless_model;

/// A breaker and what it refers to: its settings, and the name of a method. They share one `static`, since each item of an expansion takes
/// compile time. Its initializer names the `static` itself: `static B: StaticBreaker = B.standard("payments")`. The breaker comes first;
/// what follows it is seldom written to.
#[repr(C)]
#[must_use]
pub struct StaticBreaker<N: 'static = ()> {
    pub breaker: Breaker,
    settings: Settings,
    pub name: N,
}

// These functions make what `self` will be, so it cannot be read yet. It is a receiver, which is borrowed once; an argument would be
// borrowed anew each time, and the compiler looks through the type of whatever a `static` borrows.

impl StaticBreaker {
    const_unless_model! {
        /// With the default settings.
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
        /// With the default settings.
        pub const fn standard_of_method(&'static self, name: MethodName) -> Self {
            let settings = Settings::standard(Name::of_method(&self.name));
            Self { breaker: Breaker::standard_of_static(&self.settings, &self.breaker), settings, name }
        }
    }

    const_unless_model! {
        /// The name in `settings` is `self.name`.
        pub const fn of_method(&'static self, name: MethodName, settings: Settings) -> Self {
            let breaker = Breaker::of_static(&self.settings, &settings, &self.breaker);
            Self { breaker, settings, name }
        }
    }
}
