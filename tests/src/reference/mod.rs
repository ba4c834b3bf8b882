//! A naive model of a breaker: single-threaded, slow, and written from the description of its behaviour alone.
//!
//! It keeps every call it ever counted and recomputes everything from them at each step. It shares neither code nor
//! data structures with the breaker; only the vocabulary (`State`, `Outcome`) and the functions that build a rule, so
//! that one generated rule can be given to both.

mod breaker;
mod family;
mod interface;
mod rule;
mod settings;
mod trial;

pub use breaker::Reference;
pub use family::Family;
pub use interface::{Call, Ending, Event, Life, Mark, Progress, Refusal, Wait, Why};
pub use rule::{Evidence, Predicate, Record, Rule};
pub use settings::{Change, Permit, Retry, Settings, Window};
pub use trial::Trial;
