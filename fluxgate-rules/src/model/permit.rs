//! Which calls a half-open breaker admits.

use core::fmt;
use core::time::Duration;

use crate::model::duration::Spelled;
use crate::model::ratio::Ratio;

/// Which calls a half-open breaker admits.
///
/// Built by the functions of the module `permit`; prints as the attribute would spell it, and can be parsed from that.
#[derive(Clone, Copy, Debug)]
pub enum Permit {
    /// All of them.
    #[doc(hidden)]
    All,
    /// This share, chosen at random call by call.
    #[doc(hidden)]
    Random(Ratio),
    /// A share that grows linearly.
    #[doc(hidden)]
    RampUp {
        /// The initial share.
        from: Ratio,
        /// The final share.
        to: Ratio,
        /// How long the share keeps growing.
        duration: Duration,
    },
    /// The calls that a user function admits, given how long the breaker has been half-open.
    #[doc(hidden)]
    Custom {
        /// How the setting spells the function.
        path: &'static str,
        /// The function.
        admits: fn(in_half_open: Duration) -> bool,
    },
}

impl Permit {
    /// All of them.
    #[doc(hidden)]
    pub const fn all() -> Self {
        Self::All
    }

    /// This share, chosen at random call by call.
    #[doc(hidden)]
    pub const fn random(share: f64) -> Self {
        Self::Random(Ratio::new(share))
    }

    /// A share that grows linearly.
    #[doc(hidden)]
    pub const fn ramp_up(from: f64, to: f64, duration: Duration) -> Self {
        Self::RampUp { from: Ratio::new(from), to: Ratio::new(to), duration }
    }

    /// Those that a function admits; `path` is how the setting spells it.
    #[doc(hidden)]
    pub const fn custom(path: &'static str, admits: fn(in_half_open: Duration) -> bool) -> Self {
        Self::Custom { path, admits }
    }
}

/// Functions are compared by address, not by the path that spells them.
impl PartialEq for Permit {
    fn eq(&self, other: &Self) -> bool {
        match *self {
            Self::All => matches!(other, Self::All),
            Self::Random(share) => matches!(*other, Self::Random(others) if others == share),
            Self::RampUp { from, to, duration } => {
                matches!(*other, Self::RampUp { from: a, to: b, duration: c } if (a, b, c) == (from, to, duration))
            }
            Self::Custom { admits, .. } => {
                matches!(*other, Self::Custom { admits: others, .. } if core::ptr::fn_addr_eq(others, admits))
            }
        }
    }
}

/// As the attribute would spell it.
impl fmt::Display for Permit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::All => formatter.write_str("all"),
            Self::Random(share) => write!(formatter, "random({share})"),
            Self::RampUp { from, to, duration } => {
                write!(formatter, "ramp_up({from}, {to}, {})", Spelled(duration))
            }
            Self::Custom { path, .. } => write!(formatter, "custom({path})"),
        }
    }
}
