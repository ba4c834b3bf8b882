//! Commands for a breaker.

use fluxgate::CircuitBreaker;

/// What the dashboard can tell a breaker to do.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Command {
    Reset,
    ForceOpen,
    Disable,
    MetricsOnly,
}

impl Command {
    pub(crate) const ALL: [Self; 4] = [Self::Reset, Self::ForceOpen, Self::Disable, Self::MetricsOnly];

    /// As it is written in an address: the method's name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::ForceOpen => "force_open",
            Self::Disable => "disable",
            Self::MetricsOnly => "metrics_only",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.as_str() == name)
    }

    pub(crate) fn carry_out(self, breaker: &CircuitBreaker) {
        match self {
            Self::Reset => breaker.reset(),
            Self::ForceOpen => breaker.force_open(),
            Self::Disable => breaker.disable(),
            Self::MetricsOnly => breaker.metrics_only(),
        }
    }
}
