//! What is written to the log.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use fluxgate_tests::logged::Logged;
use tracing::field::{Field, Visit};

/// One of Fluxgate's events.
#[derive(Default, Debug)]
pub(crate) struct Line {
    pub(crate) breaker: String,
    pub(crate) message: String,
    /// From one state to another, if it is a transition.
    pub(crate) states: Option<(String, String)>,
    pub(crate) reason: String,
}

static LINES: Mutex<Vec<Line>> = Mutex::new(Vec::new());

/// Writes the log of all threads.
pub(crate) fn subscribe() {
    let write = |event: &tracing::Event<'_>| {
        let mut line = Line::default();
        event.record(&mut line);
        LINES.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    };
    tracing::subscriber::set_global_default(Logged(write)).expect("there is no other");
}

/// What has been written since the last time.
pub(crate) fn take() -> Vec<Line> {
    std::mem::take(&mut *LINES.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let place = match field.name() {
            "breaker" => &mut self.breaker,
            "message" => &mut self.message,
            "reason" => &mut self.reason,
            "from" => &mut self.states.get_or_insert_default().0,
            "to" => &mut self.states.get_or_insert_default().1,
            _ => return,
        };
        value.clone_into(place);
    }
}
