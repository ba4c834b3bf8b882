//! Settings made at run time, shared by breakers that differ only in their names.
//!
//! A program that makes many breakers, one for each tenant or host, makes them alike, and settings take most of a breaker's memory. So a
//! thread remembers the settings that it made last.

use std::cell::Cell;
use std::mem;

use fluxgate_rules::{Permit, Rule, Schedule, by_hand};

use super::Settings;
use super::config_error::ConfigError;
use super::name::Name;
use crate::sync::{Arc, thread_local};

/// Where a breaker's settings are stored.
#[derive(Clone, Debug)]
pub(crate) enum SettingsRef {
    Static(&'static Settings),
    Shared(Arc<NamedSettings>),
}

impl SettingsRef {
    /// Valid settings of a breaker that is made at run time.
    #[cfg(any(feature = "keyed", test))]
    pub(crate) fn shared(settings: Settings) -> Self {
        Self::Shared(Arc::new(NamedSettings::new(settings)))
    }

    /// Settings of a breaker that is made at run time, once they are checked.
    pub(crate) fn checked(settings: Settings, has_clock: bool) -> Result<Self, ConfigError> {
        NamedSettings::checked(settings, has_clock).map(|named| Self::Shared(Arc::new(named)))
    }

    #[inline]
    pub(crate) fn get(&self) -> &Settings {
        match self {
            Self::Static(settings) => settings,
            Self::Shared(named) => &named.settings,
        }
    }

    #[inline]
    pub(crate) fn name(&self) -> &Name {
        match self {
            Self::Static(settings) => &settings.name,
            Self::Shared(named) => &named.name,
        }
    }
}

/// The settings of a breaker that was made at run time.
#[derive(Debug)]
pub(crate) struct NamedSettings {
    pub(crate) name: Name,
    pub(crate) settings: Arc<Settings>,
}

/// How many settings a thread remembers, for programs that make several kinds of breakers in turns.
const KINDS: usize = 4;

thread_local! {
    /// The latest first.
    static LATEST: Cell<[Option<Arc<Settings>>; KINDS]> = const { Cell::new([const { None }; KINDS]) };
}

impl NamedSettings {
    /// From valid settings. The name is moved out of them.
    #[cfg(any(feature = "keyed", test))]
    pub(crate) fn new(settings: Settings) -> Self {
        let (name, settings) = without_name(settings);
        Self { name, settings: remembered(&settings).unwrap_or_else(|| remember(settings)) }
    }

    /// From settings that are still to be checked.
    pub(crate) fn checked(settings: Settings, has_clock: bool) -> Result<Self, ConfigError> {
        let (name, settings) = without_name(settings);
        let remembered = remembered(&settings);
        // Remembered settings are valid, but perhaps only for a breaker with a clock of its own.
        if remembered.is_none() || name.is_empty() || !has_clock {
            settings.check_after(by_hand::name(&name), has_clock)?;
        }
        Ok(Self { name, settings: remembered.unwrap_or_else(|| remember(settings)) })
    }
}

fn without_name(mut settings: Settings) -> (Name, Settings) {
    let name = mem::replace(&mut settings.name, Name::NONE);
    (name, settings)
}

/// Equal settings that this thread has made before.
fn remembered(settings: &Settings) -> Option<Arc<Settings>> {
    let mut latest = LATEST.try_with(Cell::take).ok()?;
    let place = latest.iter().flatten().position(|known| **known == *settings);
    if let Some(place) = place {
        latest[..=place].rotate_right(1);
    }
    let found = place.and(latest[0].clone());
    let _ = LATEST.try_with(|kept| kept.set(latest));
    found
}

/// Remembers these settings in place of the least recently made ones.
fn remember(settings: Settings) -> Arc<Settings> {
    let is_shareable = !has_function(&settings);
    let settings = Arc::new(settings);
    if is_shareable {
        let _ = LATEST.try_with(|kept| {
            let mut latest = kept.take();
            latest.rotate_right(1);
            latest[0] = Some(settings.clone());
            kept.set(latest);
        });
    }
    settings
}

/// Whether they contain a user's function: such settings may be equal and yet print differently.
fn has_function(settings: &Settings) -> bool {
    Rule::asks_custom(settings.rule.nodes())
        || matches!(settings.retry.schedule, Schedule::Custom { .. })
        || matches!(settings.permit, Permit::Custom { .. })
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use std::time::Duration;

    use super::{Arc, Name, NamedSettings, Settings};
    use crate::{permit, retry, trip};

    fn settings(name: &'static str, calls: u32) -> Settings {
        Settings { max_half_open_calls: calls.wrapping_add(1), ..Settings::standard(Name::from_static(name)) }
    }

    fn are_shared(one: &Settings, other: &Settings) -> bool {
        let [one, other] = [one, other].map(|settings| NamedSettings::new(settings.clone()));
        Arc::ptr_eq(&one.settings, &other.settings)
    }

    #[test]
    fn breakers_that_differ_by_name_share_their_settings() {
        let [one, other] = ["one", "other"].map(|name| NamedSettings::new(settings(name, 7)));
        assert!(Arc::ptr_eq(&one.settings, &other.settings));
        assert_eq!((one.name.as_str(), other.name.as_str()), ("one", "other"));
        assert_eq!(one.settings.max_half_open_calls, 8);
    }

    #[test]
    fn breakers_that_differ_by_anything_else_share_nothing() {
        let plain = settings("plain", 7);
        let others = [
            settings("plain", 8),
            Settings { rule: trip::failures(3), ..plain.clone() },
            Settings { retry: retry::never(), ..plain.clone() },
            Settings { permit: permit::all(), ..plain.clone() },
            Settings { half_open_timeout: Duration::from_secs(61), ..plain.clone() },
            Settings { count_calls: true, ..plain.clone() },
            Settings { time_limit: Settings::limit(Duration::from_secs(2)), ..plain.clone() },
        ];
        for other in others {
            assert!(!are_shared(&plain, &other) && are_shared(&plain, &plain.clone()), "{other:?}");
        }
    }

    #[test]
    fn settings_are_checked_also_if_equal_ones_are_remembered() {
        let right = |name| NamedSettings::checked(settings(name, 7), true);
        assert!(right("right").is_ok() && right("").is_err() && right("right again").is_ok());
        let error = NamedSettings::checked(settings("clockless", 7), false).unwrap_err();
        assert!(error.to_string().contains("needs a clock"), "{error}");
        let wrong = || NamedSettings::checked(settings("wrong", u32::MAX), true);
        assert!(wrong().is_err() && wrong().is_err(), "what is wrong is not remembered");
    }

    /// Two functions may have the same address, but different names.
    #[test]
    fn settings_with_functions_are_not_shared() {
        let plain = settings("plain", 7);
        assert!(are_shared(&plain, &plain));
        for own in [
            Settings { rule: trip::min(1) & trip::custom(|_| true), ..plain.clone() },
            Settings { retry: retry::custom(|_| Duration::from_secs(1)), ..plain.clone() },
            Settings { permit: permit::custom(|_| true), ..plain.clone() },
        ] {
            assert!(!are_shared(&own, &own), "{own:?}");
        }
    }

    #[test]
    fn a_thread_remembers_the_latest_settings_until_it_ends() {
        let made = std::thread::spawn(|| {
            let made =
                [0, 1, 2, 0, 3, 4, 0, 5].map(|nth| NamedSettings::new(settings("one of many", nth)).settings);
            assert!(Arc::ptr_eq(&made[0], &made[3]) && Arc::ptr_eq(&made[0], &made[6]));
            assert_eq!(made.each_ref().map(Arc::strong_count), [4, 1, 1, 4, 2, 2, 4, 2]);
            made
        });
        let made = made.join().expect("no assertion fails");
        assert_eq!(made.each_ref().map(Arc::strong_count), [3, 1, 1, 3, 1, 1, 3, 1]);
    }
}
