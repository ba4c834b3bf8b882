//! Durations as rules spell them: `250us`, `500ms`, `1.5s`, `2m`, `1h`.

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

#[cfg(test)]
mod tests {
    use super::Spelled;
    use core::time::Duration;

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
