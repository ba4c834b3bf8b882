//! Settings from files or the environment, read by any loader and changed while the program runs, with the feature `serde`.
//!
//! [`Settings`] maps names of breakers to settings, in the words of the attribute:
//!
//! ```toml
//! [payments]
//! trip = "min(20) & failure_rate(50%)"
//! retry = "backoff(10s, max = 5m)"
//!
//! ["shop::*"]
//! max_half_open_calls = 3
//! ```
//!
//! `serde` reads it from TOML, YAML, JSON or the environment, directly or through `config` or `figment`. [`apply`] checks everything, and
//! changes all breakers or none. Settings that are not mentioned are the program's own: those that the breaker was made with, or that
//! [`reconfigure`](crate::CircuitBreaker::reconfigure) has given it. If a line is removed from the file, the breaker gets its own
//! setting back. If `reconfigure` changes a setting that the file mentions, its value is in force until settings are applied again.
//!
//! A [`Settings`] may also be a part of the program's configuration, under any name:
//!
//! ```
//! use fluxgate::settings::Settings;
//!
//! #[derive(serde::Deserialize)]
//! struct Configuration {
//!     port: u16,
//!     breakers: Settings, // in TOML, `[breakers.payments]`
//! }
//!
//! let text = r#"{ "port": 8080, "breakers": { "payments": { "retry": "cooldown(10s)" } } }"#;
//! let configuration: Configuration = serde_json::from_str(text)?;
//! assert_eq!(configuration.port, 8080);
//! fluxgate::settings::apply(&configuration.breakers)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A family of breakers, from `Keyed` or `key` in the attribute, has one name: settings for `hosts` apply to all of its breakers, existing
//! and future, and settings for `hosts{a.example.org}` or `hosts{*.org}` to some.
//!
//! In a name, `*` stands for any text. If several names match a breaker, the most specific one decides each setting: the breaker's own
//! name, or else the name that spells out most of it. Of two that spell out equally much, a name without `*` decides, or else the one that
//! comes later in alphabetical order.
//!
//! In the environment, names are in capitals: loaders turn them into small letters, and some leave out a name with `::`. Only a breaker whose
//! name has small letters, digits and `_` can be set there, as `payments` by `APP_BREAKERS__PAYMENTS__TRIP`, with `__` between the levels.
//!
//! A rule may have comments, as in Rust: `// a comment`.
//!
//! The settings are `window`, `trip`, `retry`, `permit`, `max_half_open_calls`, `half_open_timeout`, `on_panic`, `on_cancel` and
//! `count_calls`. A file cannot name constants or functions.
//!
//! ```
//! use fluxgate::settings::{self, Settings};
//! use fluxgate::{CircuitBreaker, trip};
//!
//! let breaker = CircuitBreaker::builder("ledger").build()?;
//! let read: Settings = serde_json::from_str(r#"{ "ledger": { "trip": "failure_streak(3)" } }"#)?;
//! let applied = settings::apply(&read)?;
//! assert_eq!(applied.changed, ["ledger"]);
//! assert_eq!(breaker.snapshot().rule, "failure_streak(3)");
//!
//! let wrong: Settings = serde_json::from_str(r#"{ "ledger": { "trip": "min(10) & failure_rat(0.5)" } }"#)?;
//! assert_eq!(
//!     settings::apply(&wrong).unwrap_err().to_string(),
//!     "ledger.trip: unknown condition `failure_rat`; did you mean `failure_rate`?
//!   | min(10) & failure_rat(0.5)
//!   |           ^^^^^^^^^^^"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use core::fmt;
use core::marker::PhantomData;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fluxgate_rules::Window;
use fluxgate_rules::argument_names::named;
use fluxgate_rules::by_name::unknown_settings;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::configuration;
use crate::configuration::changes::Changes;
use crate::configuration::config_error::{ConfigError, ConfigProblem};
use crate::configuration::name::Name;
use crate::configuration::pattern::Pattern;
use crate::handle::prescription::{self, Prescribed, Prescription};
use crate::handle::registry::real;

/// Settings for breakers by their names: see the [module](self). Numbers and truth values need not be strings. A breaker or a setting that
/// appears twice is an error, in every format.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Settings(BTreeMap<String, BTreeMap<String, SettingText>>);

/// A value, as text.
#[derive(Clone, PartialEq, Eq, Debug)]
struct SettingText(String);

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Distinct(breakers) = Distinct::<Distinct<SettingText>>::deserialize(deserializer)?;
        Ok(Self(breakers.into_iter().map(|(name, Distinct(settings))| (name, settings)).collect()))
    }
}

/// A map in which no key may be repeated: of repeated keys, JSON and others would keep the last, and lose the rest silently.
struct Distinct<V>(BTreeMap<String, V>);

/// A type of values in a map.
trait MapValue {
    /// What errors call the map.
    const MAP: &str;
}

impl MapValue for SettingText {
    const MAP: &str = "the settings of the breaker with this name";
}

impl<V> MapValue for Distinct<V> {
    const MAP: &str = "breakers by name, each with its settings";
}

impl<'de, V: MapValue + Deserialize<'de>> Deserialize<'de> for Distinct<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);

        impl<'de, V: MapValue + Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Distinct<V>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(V::MAP)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Distinct<V>, A::Error> {
                let mut map = BTreeMap::new();
                while let Some(key) = entries.next_key::<String>()? {
                    if map.contains_key(&key) {
                        return Err(Error::custom(format_args!("`{}` appears twice", printable(&key))));
                    }
                    map.insert(key, entries.next_value()?);
                }
                Ok(Distinct(map))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<'de> Deserialize<'de> for SettingText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;

        impl<'de> Visitor<'de> for Scalar {
            type Value = SettingText;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter
                    .write_str("a setting as a string, such as \"cooldown(60s)\", a number, or a truth value")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<SettingText, E> {
                Ok(SettingText(text.to_owned()))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<SettingText, E> {
                Ok(SettingText(value.to_string()))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<SettingText, E> {
                Ok(SettingText(number.to_string()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<SettingText, E> {
                Ok(SettingText(number.to_string()))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<SettingText, E> {
                Ok(SettingText(number.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<SettingText, A::Error> {
                Err(Error::custom(
                    "a setting is a string, such as \"count(100)\", and has no settings of its own; in TOML, a breaker's name with a dot in \
                     it needs quotes; a table of all breakers within a larger file is read as that part of it",
                ))
            }
        }

        deserializer.deserialize_any(Scalar)
    }
}

impl Settings {
    /// No settings: all breakers have the program's own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one setting of the breakers with this name, in the words of the attribute: `set("payments", "retry", "cooldown(10s)")`.
    pub fn set(&mut self, breaker: impl Into<String>, setting: impl Into<String>, value: impl Into<String>) {
        self.0.entry(breaker.into()).or_default().insert(setting.into(), SettingText(value.into()));
    }
}

/// The effect of settings that were [applied](apply).
#[derive(Clone, PartialEq, Eq, Default, Debug)]
#[non_exhaustive]
pub struct Applied {
    /// The names of the breakers whose settings changed, in alphabetical order.
    pub changed: Vec<String>,
    /// The names in the settings that match no breaker in use: misspelt, or not used yet.
    pub unmatched: Vec<String>,
}

/// Everything that is wrong with settings. It prints a paragraph for each problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingsError(Vec<SettingsProblem>);

impl SettingsError {
    /// The problems, at least one.
    pub fn problems(&self) -> &[SettingsProblem] {
        &self.0
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, problem) in self.0.iter().enumerate() {
            write!(formatter, "{}{problem}", if nth > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}

/// One thing that is wrong with settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingsProblem {
    key: String,
    breaker: Option<String>,
    /// How many more breakers have the same problem.
    others: usize,
    problem: ConfigProblem,
}

impl SettingsProblem {
    /// A problem for every breaker, whatever its other settings.
    fn of_all(key: String, problem: ConfigProblem) -> Self {
        Self { key, breaker: None, others: 0, problem }
    }

    /// Where it is: `payments.trip`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The breaker for which it is wrong, if it could be right for another. If there are several, the first of them by name.
    pub fn breaker(&self) -> Option<&str> {
        self.breaker.as_deref()
    }

    /// What is wrong.
    pub fn problem(&self) -> &ConfigProblem {
        &self.problem
    }
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, breaker, others, problem } = self;
        // A key may contain anything, like a name.
        write!(formatter, "{}", printable(key))?;
        match breaker {
            Some(breaker) if breaker != key => {
                write!(formatter, " (for `{}`", printable(breaker))?;
                match others {
                    0 => write!(formatter, "): {problem}"),
                    1 => write!(formatter, " and 1 other): {problem}"),
                    _ => write!(formatter, " and {others} others): {problem}"),
                }
            }
            _ => write!(formatter, ": {problem}"),
        }
    }
}

/// The text as it prints: without characters that a terminal would act on.
fn printable(text: &str) -> Name {
    Name::from(Cow::Owned(text.to_owned()))
}

/// Applies these settings to all breakers, and remembers them for future ones. They replace those applied before. This applies to the whole
/// process: the doubles of a test that is isolated keep the program's own settings.
///
/// # Errors
/// Everything that is wrong. Then nothing is changed.
pub fn apply(settings: &Settings) -> Result<Applied, SettingsError> {
    let mut problems = Vec::new();
    // Patterns with settings that cannot be used: what is missing there would be taken for the program's own.
    let mut wrong = BTreeSet::new();
    let entries = settings.0.iter().map(|(name, settings)| {
        let mut changes = Changes::new();
        let mut found = Vec::new();
        for (setting, SettingText(text)) in settings {
            if let Err(error) = changes.read(setting, text) {
                found.extend(error.problems().iter().map(|problem| (setting.as_str(), problem.clone())));
            }
        }
        found.extend(unknown(settings));
        found.sort_by_key(|(setting, _)| *setting);
        for (setting, problem) in found {
            problems.push(SettingsProblem::of_all(format!("{name}.{setting}"), problem));
            wrong.insert(name.as_str());
        }
        Prescribed { pattern: Pattern::new(name), changes }
    });
    let prescription = Prescription::new(entries.collect());
    problems.extend(misfits(&prescription, wrong));
    if !problems.is_empty() {
        return Err(SettingsError(problems));
    }
    let is_unmatched = |entry: &&Prescribed| !real().any(|breaker| entry.is_for(breaker.breaker().name()));
    let unmatched = prescription.entries().iter().filter(is_unmatched);
    let unmatched = unmatched.map(|entry| entry.pattern.as_str().to_owned()).collect();
    let mut changed = prescription::prescribe(prescription);
    // The registry lists breakers in no order.
    changed.sort_unstable();
    Ok(Applied { changed, unmatched })
}

/// The breakers that settings did not fit when they were first used, after the settings were applied, each with what is wrong. They keep
/// their own settings.
pub fn unfit() -> Vec<(String, ConfigError)> {
    prescription::unfit().into_iter().map(|(name, error)| (name.as_str().to_owned(), error)).collect()
}

/// What is wrong with settings whose names are unknown, each with its name.
fn unknown(settings: &BTreeMap<String, SettingText>) -> Vec<(&str, ConfigProblem)> {
    let names: Vec<_> = Changes::NAMES.iter().map(|name| format!("`{name}`")).collect();
    let list = format!("expected one of {}", names.join(", "));
    let (fixed, others): (Vec<_>, Vec<_>) = settings
        .iter()
        .map(|(setting, SettingText(text))| (setting.as_str(), text.as_str()))
        .partition(|(setting, _)| named(setting).is_some() && !Changes::NAMES.contains(setting));
    let fixed = fixed.into_iter().map(|(setting, _)| {
        (
            setting,
            format!("`{setting}` is compiled into the program, so it cannot be changed from outside"),
            None,
        )
    });
    let unknown = unknown_settings(&others, Changes::NAMES).into_iter().map(|(at, problem)| {
        let setting = others[at].0;
        (setting, format!("unknown setting `{}`", printable(setting)), problem)
    });
    fixed
        .chain(unknown)
        .map(|(setting, message, problem)| {
            (setting, problem.unwrap_or_else(|| ConfigProblem::new("", message).with_help(&*list)))
        })
        .collect()
}

/// The problems of settings with the breakers in use, and of settings that fit no breaker at all. What depends on a pattern that is known
/// to be `wrong` is not judged.
fn misfits<'a>(prescription: &'a Prescription, mut wrong: BTreeSet<&'a str>) -> Vec<SettingsProblem> {
    let mut problems: Vec<SettingsProblem> = Vec::new();
    for entry in prescription.entries() {
        let pattern = entry.pattern.as_str();
        if !wrong.contains(pattern)
            && let Err(error) = entry.changes.of(&lenient(&entry.changes)).check(true)
        {
            let of_all = |problem: &ConfigProblem| {
                let (key, problem) = placed(entry, problem);
                SettingsProblem::of_all(key, problem)
            };
            problems.extend(error.problems().iter().map(of_all));
            wrong.insert(pattern);
        }
    }
    let mut all: Vec<_> = real().collect();
    all.sort_by(|one, other| one.name().cmp(other.name()));
    for breaker in all {
        if prescription.of(breaker.breaker().name()).any(|entry| wrong.contains(entry.pattern.as_str())) {
            continue;
        }
        let Err(error) = prescription.check(breaker.breaker()) else { continue };
        for problem in error.problems() {
            // Blame the most specific entry that has this setting, or else the most specific one.
            let of = || prescription.of(breaker.breaker().name()).rev();
            let entry = of().find(|entry| entry.changes.has(problem.setting())).or_else(|| of().next());
            let Some(entry) = entry else { continue };
            let (key, problem) = placed(entry, problem);
            // A family may have thousands of breakers.
            match problems
                .iter_mut()
                .find(|known| known.breaker.is_some() && known.key == key && known.problem == problem)
            {
                Some(known) => known.others += 1,
                None => problems.push(SettingsProblem {
                    key,
                    breaker: Some(breaker.name().to_owned()),
                    others: 0,
                    problem,
                }),
            }
        }
    }
    problems
}

/// The key that a problem is at, and the problem, without the setting's name if that is in the key.
fn placed(entry: &Prescribed, problem: &ConfigProblem) -> (String, ConfigProblem) {
    let (name, setting) = (entry.pattern.as_str(), problem.setting());
    if entry.changes.has(setting) {
        (format!("{name}.{setting}"), problem.clone().unnamed())
    } else {
        (name.to_owned(), problem.clone())
    }
}

/// The settings of a breaker that these changes fit, if they fit any.
fn lenient(changes: &Changes) -> configuration::Settings {
    let standard = configuration::Settings::standard(Name::from_static("any"));
    let mut most = Changes::new().half_open_timeout(Duration::from_nanos(u64::MAX));
    if changes.has("trip") {
        most = most.window(Window::time(Duration::from_secs(60)));
    }
    most.of(&standard)
}
