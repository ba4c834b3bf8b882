//! Shares from 0 to 1, stored as integers.

use core::fmt;
use core::num::NonZeroU64;

const WHOLE: i64 = 1_000_000_000;

/// The bit by which the order of signed numbers differs from that of unsigned ones.
const SIGN: u64 = 1 << 63;

/// A share of calls in parts per billion, so that 7 of 100 is exactly 7% and 1 of 10 exactly 0.1.
///
/// It can also hold an invalid share (50.0, a negative number, `NaN`) for a checker to report: see
/// [`is_valid`](Self::is_valid).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// In the same order as the parts, and never 0, so that an `Option<Ratio>` is no larger.
pub struct Ratio(NonZeroU64);

impl Ratio {
    /// All calls.
    pub const ONE: Self = Self::from_parts_per_billion(WHOLE);

    /// Not a share.
    pub const NAN: Self = Self(NonZeroU64::MIN);

    /// The lowest share that can be stored, which stands for all lower ones.
    const LEAST: Self = Self::from_parts_per_billion(i64::MIN + 2);

    /// The highest share that can be stored, which stands for all higher ones.
    const GREATEST: Self = Self::from_parts_per_billion(i64::MAX);

    /// Rounds to the nearest part per billion.
    pub const fn new(share: f64) -> Self {
        if share.is_nan() {
            return Self::NAN;
        }
        let half = if share < 0.0 { -0.5 } else { 0.5 };
        let parts = (share * WHOLE as f64 + half) as i64;
        if parts < Self::LEAST.parts_per_billion() {
            return Self::LEAST;
        }
        Self::from_parts_per_billion(parts)
    }

    /// From parts per billion.
    pub const fn from_parts_per_billion(parts: i64) -> Self {
        match NonZeroU64::new(parts.cast_unsigned() ^ SIGN) {
            Some(shifted) => Self(shifted),
            None => Self::NAN,
        }
    }

    /// In parts per billion.
    pub const fn parts_per_billion(self) -> i64 {
        (self.0.get() ^ SIGN).cast_signed()
    }

    /// As a floating-point number: 0.5 for a half.
    pub const fn as_f64(self) -> f64 {
        if self.0.get() == Self::NAN.0.get() {
            f64::NAN
        } else {
            self.parts_per_billion() as f64 / WHOLE as f64
        }
    }

    /// Whether this is a valid share for a condition: above 0 and at most 1.
    pub const fn is_valid(self) -> bool {
        let parts = self.parts_per_billion();
        parts > 0 && parts <= WHOLE
    }

    /// Whether this is a valid share for a condition that asks for more than it: above 0 and below 1.
    pub const fn is_exceedable(self) -> bool {
        let parts = self.parts_per_billion();
        parts > 0 && parts < WHOLE
    }

    /// Whether this is a valid confidence: from a half, no better than a coin toss, to below 1.
    pub const fn is_confidence(self) -> bool {
        let parts = self.parts_per_billion();
        parts >= WHOLE / 2 && parts < WHOLE
    }

    /// Whether this is a valid share for jitter: from 0 to below 1.
    pub const fn is_part(self) -> bool {
        let parts = self.parts_per_billion();
        parts >= 0 && parts < WHOLE
    }

    /// In parts per billion, with 0 for a negative share.
    const fn parts(self) -> u64 {
        let parts = self.parts_per_billion();
        if parts < 0 { 0 } else { parts as u64 }
    }

    /// The least part of `whole` that is at least this share.
    pub const fn least_part(self, whole: u64) -> u64 {
        let parts = self.parts();
        if let Some(product) = whole.checked_mul(parts) {
            return product.div_ceil(WHOLE as u64);
        }
        let part = (whole as u128 * parts as u128).div_ceil(WHOLE as u128);
        if part > u64::MAX as u128 { u64::MAX } else { part as u64 }
    }

    /// Whether `part` of `whole` is at least this share. 0 of 0 is.
    pub const fn is_reached_by(self, part: u64, whole: u64) -> bool {
        let parts = self.parts() as u128;
        // Neither product overflows: both factors have at most 64 bits.
        part as u128 * WHOLE as u128 >= whole as u128 * parts
    }
}

/// As a rule spells it: `0.5`, `1.0`, `0.075`.
impl fmt::Display for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NAN => return formatter.write_str("NaN"),
            Self::LEAST => return formatter.write_str("-inf"),
            Self::GREATEST => return formatter.write_str("inf"),
            _ => {}
        }
        let parts = self.parts_per_billion();
        let sign = if parts < 0 { "-" } else { "" };
        let parts = parts.unsigned_abs();
        let (whole, rest) = (parts / WHOLE as u64, parts % WHOLE as u64);
        let digits = format!("{rest:09}");
        let digits = digits.trim_end_matches('0');
        write!(formatter, "{sign}{whole}.{}", if digits.is_empty() { "0" } else { digits })
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A share as a percentage: `5%`, `0.1%`.
#[derive(Clone, Copy)]
pub struct Percent(pub Ratio);

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In exact decimals; multiplying by 100 would lose them.
        let percent =
            Ratio::from_parts_per_billion(self.0.parts_per_billion().saturating_mul(100)).to_string();
        formatter.pad(&format!("{}%", percent.strip_suffix(".0").unwrap_or(&percent)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Percent, Ratio};

    #[test]
    fn decimal_shares_are_exact() {
        assert!(Ratio::new(0.07).is_reached_by(7, 100));
        assert!(Ratio::new(0.1).is_reached_by(1, 10));
        assert!(!Ratio::new(0.1).is_reached_by(1, 11));
        assert!(Ratio::new(1.0).is_reached_by(u64::MAX, u64::MAX));
        assert!(!Ratio::new(1.0).is_reached_by(u64::MAX - 1, u64::MAX));
        // Anything reaches a negative share.
        assert!(Ratio::new(-0.5).is_reached_by(0, u64::MAX));
    }

    #[test]
    fn the_least_part_is_exact_however_large_the_whole() {
        for whole in [0, 1, 9, 10, 11, 1 << 40, u64::MAX - 1, u64::MAX] {
            for share in [1e-9, 0.07, 0.1, 0.5, 0.999_999_999, 1.0] {
                let share = Ratio::new(share);
                let least = share.least_part(whole);
                assert!(share.is_reached_by(least, whole), "{share} of {whole}: {least}");
                assert!(least == 0 || !share.is_reached_by(least - 1, whole), "{share} of {whole}: {least}");
            }
        }
        assert_eq!(Ratio::new(1.5).least_part(u64::MAX), u64::MAX);
    }

    #[test]
    fn prints_as_written() {
        for (share, text) in
            [(0.5, "0.5"), (1.0, "1.0"), (0.075, "0.075"), (50.0, "50.0"), (-0.5, "-0.5"), (0.0, "0.0")]
        {
            assert_eq!(Ratio::new(share).to_string(), text);
            assert_eq!(format!("{:?}", Ratio::new(share)), text);
            assert_eq!(Ratio::new(share).as_f64().to_bits(), share.to_bits());
        }
        let of_extremes =
            [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(|share| Ratio::new(share).to_string());
        assert_eq!(of_extremes, ["NaN", "inf", "-inf"]);
        assert!(Ratio::new(f64::NAN).as_f64().is_nan());
    }

    #[test]
    fn prints_as_a_percentage() {
        assert_eq!(
            [0.05, 0.001, 1.0, 0.075, 0.3333].map(|share| Percent(Ratio::new(share)).to_string()),
            ["5%", "0.1%", "100%", "7.5%", "33.33%"]
        );
    }

    #[test]
    fn only_shares_are_valid() {
        assert!(Ratio::new(1e-9).is_valid());
        assert!(Ratio::new(1.0).is_valid());
        for share in [0.0, 1e-10, 1.000_000_001, 50.0, -0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!Ratio::new(share).is_valid(), "{share}");
        }
    }
}
