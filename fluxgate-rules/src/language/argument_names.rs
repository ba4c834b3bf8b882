//! The names of the attribute's arguments, and what each argument concerns.

/// What an argument concerns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Concern {
    /// The settings of a breaker.
    Settings,
    /// The handling of one function's calls.
    Calls,
    /// Which breaker to use.
    Location,
    /// The keys of breakers.
    Keys,
    /// Where Fluxgate is.
    Crate,
}

/// An argument that a macro may take.
#[derive(Debug)]
pub struct ArgumentName {
    /// The name.
    pub text: &'static str,
    /// What it concerns.
    pub concern: Concern,
    /// A value that it could have.
    pub example: &'static str,
}

const fn name(text: &'static str, concern: Concern, example: &'static str) -> ArgumentName {
    ArgumentName { text, concern, example }
}

/// Every argument, in the order in which messages list them.
pub static NAMES: [ArgumentName; 24] = [
    name("name", Concern::Settings, "\"payments\""),
    name("window", Concern::Settings, "count(100)"),
    name("trip", Concern::Settings, "min(10) & failure_rate(0.5)"),
    name("normal", Concern::Settings, "5%"),
    name("outage", Concern::Settings, "80%"),
    name("track", Concern::Calls, "all"),
    name("success", Concern::Calls, "matches(NotFound)"),
    name("ignore", Concern::Calls, "ok(Cached(_))"),
    name("retry", Concern::Settings, "cooldown(60s)"),
    name("permit", Concern::Settings, "ramp_up(0.1, 1.0, 60s)"),
    name("max_half_open_calls", Concern::Settings, "10"),
    name("half_open_timeout", Concern::Settings, "5m"),
    name("rejected", Concern::Calls, "|refused| Err(refused.into())"),
    name("fallback", Concern::Calls, "|error| Err(error)"),
    name("timeout", Concern::Calls, "2s"),
    name("on_panic", Concern::Settings, "failure"),
    name("on_cancel", Concern::Settings, "ignore"),
    name("count_calls", Concern::Settings, "true"),
    name("breaker", Concern::Location, "PAYMENTS"),
    name("handle", Concern::Location, "PAYMENTS"),
    name("key", Concern::Keys, "host"),
    name("max_keys", Concern::Keys, "10_000"),
    name("key_idle", Concern::Keys, "1h"),
    name("crate", Concern::Crate, "::fluxgate"),
];

/// The argument of this name.
pub fn named(text: &str) -> Option<&'static ArgumentName> {
    NAMES.iter().find(|name| text == name.text)
}
