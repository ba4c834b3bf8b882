//! What a listener wants to hear.

/// What a listener hears in addition to what all listeners hear: changes of state, and the reports of a breaker that only reports.
///
/// ```
/// use fluxgate::Interests;
///
/// let interests = Interests::transitions().resets().refusals();
/// assert_ne!(interests, Interests::all());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interests {
    resets: bool,
    refusals: bool,
    calls: CallInterest,
}

/// The breakers whose calls are heard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum CallInterest {
    None,
    Counted,
    All,
}

impl Interests {
    /// Only transitions; the default.
    pub const fn transitions() -> Self {
        Self { resets: false, refusals: false, calls: CallInterest::None }
    }

    /// Everything. See [`calls`](Self::calls) for what that costs.
    pub const fn all() -> Self {
        Self::transitions().resets().refusals().calls()
    }

    /// Also what changes a breaker within its state: a reset of a closed breaker, or being
    /// [reconfigured](crate::CircuitBreaker::reconfigure). It comes as a [`Transition`](crate::Transition) from that state to itself.
    #[must_use]
    pub const fn resets(self) -> Self {
        Self { resets: true, ..self }
    }

    /// Also each refused call.
    #[must_use]
    pub const fn refusals(self) -> Self {
        Self { refusals: true, ..self }
    }

    /// Also the end of each call, unless it was admitted while the breaker was disabled, or was part of [another
    /// call](crate::docs::recovery#the-trial) of a half-open breaker. For this, the breaker [counts its
    /// calls](crate::CircuitBreaker::count_calls): healthy calls then read the clock twice, and write.
    #[must_use]
    pub const fn calls(self) -> Self {
        Self { calls: CallInterest::All, ..self }
    }

    /// Also the end of each call of a breaker that counts its calls anyway.
    #[must_use]
    pub const fn counted_calls(self) -> Self {
        match self.calls {
            CallInterest::None => Self { calls: CallInterest::Counted, ..self },
            CallInterest::Counted | CallInterest::All => self,
        }
    }

    pub(crate) fn has_resets(self) -> bool {
        self.resets
    }

    pub(crate) fn has_refusals(self) -> bool {
        self.refusals
    }

    /// Whether calls of any breakers are heard.
    pub(crate) fn has_calls(self) -> bool {
        self.calls != CallInterest::None
    }

    /// Whether breakers have to count their calls for this.
    pub(crate) fn has_all_calls(self) -> bool {
        self.calls == CallInterest::All
    }
}

impl Default for Interests {
    fn default() -> Self {
        Self::transitions()
    }
}
