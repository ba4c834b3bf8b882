//! From transitions to messages, one thread per incident.

use std::collections::BTreeMap;
use std::time::Duration;

use fluxgate::{State, Transition};

/// The current incidents, by breaker name. An incident lasts from when a breaker starts to refuse calls until it
/// admits all of them again.
#[derive(Default)]
pub struct Incidents(BTreeMap<String, Incident>);

struct Incident {
    /// By the breaker's clock.
    began: Duration,
    /// Slack's name for the thread; `None` if its first message did not arrive.
    thread: Option<String>,
}

/// A message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    pub text: String,
    /// The thread that it belongs to, or a new one.
    pub thread: Option<String>,
    /// Whether it appears in the channel, too.
    pub broadcast: bool,
}

impl Incidents {
    /// The message about a transition, if any.
    pub fn message(&mut self, transition: &Transition) -> Option<Message> {
        let name = transition.breaker.as_str();
        match (refuses(transition.from), refuses(transition.to)) {
            (refused, true) => {
                if !refused {
                    // The end of the last incident was lost, or belongs to another breaker of this name. Nobody reads its thread now.
                    self.0.remove(name);
                }
                let begin = || Incident { began: transition.at, thread: None };
                let incident = self.0.entry(name.to_owned()).or_insert_with(begin);
                let thread = incident.thread.clone();
                Some(Message { text: text(transition, None), thread, broadcast: false })
            }
            (true, false) => {
                let incident = self.0.remove(name);
                let lasted = incident.as_ref().map(|incident| transition.at.saturating_sub(incident.began));
                let thread = incident.and_then(|incident| incident.thread);
                // Whoever saw the incident begin should see its end without opening the thread.
                let broadcast = thread.is_some();
                Some(Message { text: text(transition, lasted), thread, broadcast })
            }
            // Metrics-only: it would have opened.
            (false, false) if transition.from == transition.to => {
                Some(Message { text: text(transition, None), thread: None, broadcast: false })
            }
            (false, false) => None,
        }
    }

    /// Notes that a message about this breaker started a thread.
    pub fn begin_thread(&mut self, breaker: &str, thread: String) {
        if let Some(incident) = self.0.get_mut(breaker) {
            incident.thread.get_or_insert(thread);
        }
    }
}

fn refuses(state: State) -> bool {
    matches!(state, State::Open | State::HalfOpen | State::ForcedOpen)
}

fn text(transition: &Transition, lasted: Option<Duration>) -> String {
    let name = escaped(&transition.breaker);
    let reason = escaped(&transition.reason.to_string());
    let lasted = lasted.map_or(String::new(), |lasted| format!(" after {}", spelled(lasted)));
    match (transition.from, transition.to) {
        (State::HalfOpen, State::Open) => {
            format!("🔴 {name} opened again: {reason}. {}", attempt(transition))
        }
        (from, to) if from == to => format!("⚪ {name} only reports, and would have opened: {reason}."),
        (_, State::Open) => format!("🔴 {name} opened: {reason}. {}", attempt(transition)),
        (_, State::HalfOpen) => format!("🟡 {name} tries again: it lets a few calls through."),
        (_, State::ForcedOpen) => format!("⛔ {name} was {reason}. It refuses all calls until a command."),
        (_, State::Closed) => format!("🟢 {name} admits all calls again{lasted}: {reason}."),
        (_, to) => format!(
            "⚪ {name} is {to} now ({reason}). It admits all calls again{lasted}, and protects nothing."
        ),
    }
}

fn attempt(transition: &Transition) -> String {
    match transition.retry_after {
        Some(wait) => format!("Next attempt in {}.", spelled(wait)),
        None => "It does not try again by itself.".to_owned(),
    }
}

/// Escapes what Slack would interpret, such as a mention of everyone.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Rounded up to seconds: `2m 5s`.
fn spelled(duration: Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (hours, minutes, _) => format!("{hours}h {minutes}m"),
    }
}
