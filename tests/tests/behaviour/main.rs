//! What a breaker does, through its public surface, on a manual clock. One file for each behaviour.
//!
//! `Regression:` names a fault that a test would have found: one that Fluxgate had, or, with `elsewhere`, one of other libraries.
#![allow(clippy::unchecked_time_subtraction)]

#[cfg(feature = "tokio")]
mod anything;
mod arguments;
mod asynchronous;
mod between_polls;
mod cancellation;
mod clocks;
mod closed;
mod configuration;
mod count_window;
mod counted_calls;
mod due;
#[cfg(feature = "tracing")]
mod events;
mod failing_for;
#[cfg(feature = "chaos")]
mod faults;
mod hostile;
mod hung_probes;
mod in_flight;
mod isolate;
mod isolation_elsewhere;
mod late_outcomes;
mod listeners;
mod manual_states;
mod names;
mod nested;
mod open;
mod opened_by_command;
mod owned_calls;
mod panics;
mod ramp;
#[cfg(feature = "tokio")]
mod ready;
mod reconfigured;
mod recorded;
mod reentrant;
mod refusal;
mod registry;
mod reopening;
mod requested_pauses;
mod restored;
mod rules;
#[cfg(feature = "serde")]
mod serialize;
mod snapshot;
mod tasks;
mod testing;
mod threads;
mod time_window;
#[cfg(feature = "tokio")]
mod timeouts;
mod totals;
mod trial;
