//! What is written to the log.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// An event of Fluxgate's.
#[derive(Default, Debug)]
pub(crate) struct Line {
    pub(crate) breaker: String,
    pub(crate) message: String,
    /// From one state to another, if it is a transition.
    pub(crate) states: Option<(String, String)>,
    pub(crate) reason: String,
}

static LINES: Mutex<Vec<Line>> = Mutex::new(Vec::new());

struct Writer;

/// Writes the log of all threads.
pub(crate) fn subscribe() {
    tracing::subscriber::set_global_default(Writer).expect("there is no other");
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

impl Subscriber for Writer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "fluxgate"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        LINES.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
