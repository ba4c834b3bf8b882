//! Durations as rules spell them (`250us`, `1.5s`, `90m`), and as people say them (`1h 30m`).

use core::fmt;
use core::time::Duration;

/// The units, largest first, with their nanoseconds.
pub const UNITS: [(&str, u64); 5] =
    [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];

/// Prints a duration so that it parses back unchanged: in the largest unit that divides it, or else with decimals in
/// seconds, milliseconds or microseconds.
pub struct Spelled(pub Duration);

impl fmt::Display for Spelled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        if nanos == 0 {
            return formatter.write_str("0s");
        }
        // Hours and minutes take no decimals: `90s`, not `1.5m`.
        let (unit, size) = UNITS
            .into_iter()
            .map(|(unit, size)| (unit, u128::from(size)))
            .find(|&(unit, size)| nanos >= size && (unit.ends_with('s') || nanos.is_multiple_of(size)))
            .unwrap_or(("us", 1_000));
        let (whole, rest) = (nanos / size, nanos % size);
        if rest == 0 {
            return write!(formatter, "{whole}{unit}");
        }
        let width = size.ilog10() as usize;
        let digits = format!("{rest:0width$}");
        write!(formatter, "{whole}.{}{unit}", digits.trim_end_matches('0'))
    }
}

/// Prints a duration for people to read, rounded down to what matters to them: its two largest units from a minute on (`1h 30m`,
/// `2d 3h`), and three digits below that (`1.23s`).
pub struct Spoken(pub Duration);

/// From a minute on, the units that people use, each with the next smaller one, in seconds.
const SPOKEN: [(&str, u64, &str, u64); 3] =
    [("d", 86_400, "h", 3_600), ("h", 3_600, "m", 60), ("m", 60, "s", 1)];

impl Spoken {
    /// A time to wait, which is never understated: rounded up to what is printed, and to whole seconds, or milliseconds below one second.
    pub fn wait(left: Duration) -> Self {
        let whole = if left.as_secs() == 0 { 1_000_000 } else { 1_000_000_000 };
        let step = u128::from(Self(left).step().max(whole));
        let nanos = left.as_nanos().div_ceil(step) * step;
        Self(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }

    /// What is printed: never more than the duration.
    pub fn rounded(&self) -> Duration {
        let (nanos, step) = (self.0.as_nanos(), u128::from(self.step()));
        let rounded = nanos / step * step;
        Duration::new((rounded / 1_000_000_000) as u64, (rounded % 1_000_000_000) as u32)
    }

    /// The nanoseconds of the last digit that is printed.
    fn step(&self) -> u64 {
        match spoken(self.0) {
            Some((.., smaller)) => smaller * 1_000_000_000,
            // Less than a minute.
            None => third_digit(self.0.as_nanos() as u64),
        }
    }
}

/// What the third digit of a number counts: tens for 1234.
pub fn third_digit(number: u64) -> u64 {
    10_u64.pow(number.max(1).ilog10().saturating_sub(2))
}

fn spoken(duration: Duration) -> Option<(&'static str, u64, &'static str, u64)> {
    SPOKEN.into_iter().find(|&(_, seconds, ..)| duration.as_secs() >= seconds)
}

impl fmt::Display for Spoken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((unit, large, smaller_unit, smaller)) = spoken(self.0) else {
            return Spelled(self.rounded()).fmt(formatter);
        };
        let seconds = self.0.as_secs();
        write!(formatter, "{}{unit}", seconds / large)?;
        match seconds % large / smaller {
            0 => Ok(()),
            rest => write!(formatter, " {rest}{smaller_unit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Spelled, Spoken};
    use core::time::Duration;

    #[test]
    fn people_read_two_units() {
        for (millis, text) in [
            (0, "0s"),
            (5_678, "5.67s"),
            (59_999, "59.9s"),
            (60_000, "1m"),
            (90_999, "1m 30s"),
            (3_599_999, "59m 59s"),
            (3_600_000, "1h"),
            (5_400_000, "1h 30m"),
            (86_399_999, "23h 59m"),
            (86_400_000, "1d"),
            (90_061_000, "1d 1h"),
            (34_560_000_000, "400d"),
        ] {
            assert_eq!(Spoken(Duration::from_millis(millis)).to_string(), text);
        }
        assert_eq!(Spoken(Duration::from_nanos(145_213)).to_string(), "145us");
        assert_eq!(Spoken(Duration::MAX).to_string(), "213503982334601d 7h");
    }

    #[test]
    fn time_left_is_never_understated() {
        for (left, shown) in [
            (0, 0),
            (1, 1),
            (999, 999),
            (1_000, 1_000),
            (1_001, 2_000),
            (41_200, 42_000),
            (59_999, 60_000),
            (3_599_001, 3_600_000),
            (3_600_001, 3_660_000),
            (86_399_001, 86_400_000),
            (86_400_001, 90_000_000),
        ] {
            assert_eq!(Spoken::wait(Duration::from_millis(left)).0, Duration::from_millis(shown));
        }
        assert_eq!(Spoken::wait(Duration::from_nanos(1)).0, Duration::from_millis(1));
        assert_eq!(Spoken::wait(Duration::MAX).0, Duration::from_nanos(u64::MAX));
    }

    #[test]
    fn prints_the_natural_unit() {
        for (nanos, text) in [
            (0, "0s"),
            (1, "0.001us"),
            (250_000, "250us"),
            (1_500_000, "1.5ms"),
            (500_000_000, "500ms"),
            (1_500_000_000, "1.5s"),
            (90_000_000_000, "90s"),
            (120_000_000_000, "2m"),
            (3_600_000_000_000, "1h"),
        ] {
            assert_eq!(Spelled(Duration::from_nanos(nanos)).to_string(), text);
        }
    }
}
