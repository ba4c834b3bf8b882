//! A listener that records what it hears.

use core::fmt;
use std::sync::Arc;

use crate::events::listener::Listener;
use crate::events::transition::Transition;
use crate::state::State;
use crate::sync::RwLock;

/// A listener that records what it hears. Clones share their records.
///
/// ```
/// use fluxgate::State::{Closed, HalfOpen, Open};
/// use fluxgate::testing::Recorder;
/// use fluxgate::{CircuitBreaker, Reason, trip};
///
/// let recorder = Recorder::new();
/// let breaker = CircuitBreaker::builder("payments")
///     .trip(trip::failure_streak(2))
///     .listener(recorder.clone())
///     .build()?;
/// for _ in 0..2 {
///     breaker.call(|| Err::<(), _>("down")).unwrap_err();
/// }
/// breaker.half_open();
/// recorder.assert_states([Closed, Open, HalfOpen]);
/// assert_eq!(recorder.transitions()[1].reason, Reason::RetryDue);
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Recorder(Arc<RwLock<Vec<Transition>>>);

impl Recorder {
    /// A recorder that has recorded nothing.
    pub fn new() -> Self {
        Self(Arc::new(RwLock::new(Vec::new())))
    }

    /// What it has recorded, in order.
    pub fn transitions(&self) -> Vec<Transition> {
        self.0.read().clone()
    }

    /// Returns what it has recorded, and forgets it.
    pub fn take(&self) -> Vec<Transition> {
        std::mem::take(&mut *self.0.write())
    }

    /// Asserts which states the breaker has gone through, beginning with the state before the first transition. A recorder that has
    /// recorded nothing has no states.
    ///
    /// # Panics
    /// If the breaker has gone through other states; the message lists all transitions with their reasons.
    #[track_caller]
    pub fn assert_states<const N: usize>(&self, expected: [State; N]) {
        let transitions = self.transitions();
        let first = transitions.first().map(|transition| transition.from);
        let states: Vec<State> =
            first.into_iter().chain(transitions.iter().map(|transition| transition.to)).collect();
        let mut heard: Vec<String> = transitions.iter().map(ToString::to_string).collect();
        if heard.is_empty() {
            heard.push("nothing".to_owned());
        }
        assert!(
            states == expected,
            "expected the states {}, but heard\n  {}",
            path(&expected),
            heard.join("\n  ")
        );
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Recorder").field(&self.transitions()).finish()
    }
}

impl Listener for Recorder {
    fn on_transition(&self, transition: &Transition) {
        self.0.write().push(transition.clone());
    }
}

fn path(states: &[State]) -> String {
    let states: Vec<String> = states.iter().map(ToString::to_string).collect();
    states.join(" -> ")
}
