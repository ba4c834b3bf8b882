//! What a breaker does, through its public surface, on a manual clock. One file for each behaviour.

mod closed;
mod configuration;
mod count_window;
mod hostile;
mod late_outcomes;
mod listeners;
mod manual_states;
mod open;
mod panics;
mod ramp;
mod refusal;
mod reopening;
mod rules;
mod snapshot;
mod threads;
mod time_window;
mod trial;
