//! The error of guarded functions.

use fluxgate::CallNotPermitted;

/// Why a call of a guarded function failed.
#[derive(Debug, PartialEq)]
pub enum Failure {
    Down,
    NotPermitted(CallNotPermitted),
}

impl From<CallNotPermitted> for Failure {
    fn from(refusal: CallNotPermitted) -> Self {
        Self::NotPermitted(refusal)
    }
}

impl Failure {
    /// The refusal. Panics if the call failed for another reason.
    pub fn refusal(self) -> CallNotPermitted {
        match self {
            Self::Down => panic!("the call was admitted"),
            Self::NotPermitted(refusal) => refusal,
        }
    }
}
