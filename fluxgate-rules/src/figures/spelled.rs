//! Figures in human-readable form, with the digits that matter.

use core::fmt;

/// Anything rarer counts as never.
const NEVER: f64 = 1e-13;

/// A chance: `25%`, or if that would be a small number, `1 in 4,100`.
pub(crate) struct Chance(pub(crate) f64);

impl fmt::Display for Chance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.0 {
            chance if chance < NEVER => "never".to_owned(),
            chance if chance < 0.0095 => format!("1 in {}", Count(1.0 / chance)),
            chance if chance < 0.0995 => format!("{:.1}%", chance * 100.0),
            chance if chance < 0.995 => format!("{:.0}%", chance * 100.0),
            chance if chance < 0.9995 => format!("{:.1}%", chance * 100.0),
            chance if chance < 1.0 - 1e-9 => ">99.9%".to_owned(),
            _ => "100%".to_owned(),
        };
        formatter.pad(&text)
    }
}

/// A chance for use in a sentence: `1 in 5`.
pub(crate) struct Odds(pub(crate) f64);

impl fmt::Display for Odds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            chance if chance > 0.9995 => formatter.write_str("every"),
            chance if chance > 0.4 => write!(formatter, "{:.0} in 100", chance * 100.0),
            chance => write!(formatter, "1 in {}", Count((1.0 / chance).round())),
        }
    }
}

/// A mean number of calls: `5.2`, `4,100`; `never` if it is infinite or practically so.
pub(crate) struct Count(pub(crate) f64);

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(f64, &str); 3] = [(1e12, " trillion"), (1e9, " billion"), (1e6, " million")];
        let count = self.0;
        if count > 1.0 / NEVER {
            return formatter.pad("never");
        }
        let great = UNITS.into_iter().find(|(unit, _)| count >= unit * 0.9995);
        let (unit, name) = great.unwrap_or((1.0, ""));
        let text = if count / unit < 9.95 {
            let text = format!("{:.1}", count / unit);
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        } else {
            // Rounds to two digits.
            let last = 10_f64.powf((count / unit).log10().floor() - 1.0);
            grouped(((count / unit / last).round() * last) as u64)
        };
        formatter.pad(&format!("{text}{name}"))
    }
}

/// `1000000` as `1,000,000`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A mean time, in seconds: `40ms`, `1.5s`, `12m`, `3 days`.
pub(crate) struct Seconds(pub(crate) f64);

impl fmt::Display for Seconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(f64, f64, &str); 6] = [
            (1.0, 0.001, "ms"),
            (120.0, 1.0, "s"),
            (7_200.0, 60.0, "m"),
            (172_800.0, 3_600.0, "h"),
            (63_072_000.0, 86_400.0, " days"),
            (3.1536e11, 31_536_000.0, " years"),
        ];
        match UNITS.into_iter().find(|(end, ..)| self.0 < *end) {
            Some((_, unit, name)) => formatter.pad(&format!("{}{name}", Count(self.0 / unit))),
            None => formatter.pad("never"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Chance, Count, Odds, Seconds, grouped};

    #[test]
    fn figures_have_the_digits_that_matter() {
        let chances =
            [0.0, 1e-14, 2.5e-12, 1.0 / 4_123.0, 0.009, 0.0123, 0.25, 0.5, 0.991, 0.9991, 0.9999, 1.0];
        assert_eq!(
            chances.map(|chance| Chance(chance).to_string()),
            [
                "never",
                "never",
                "1 in 400 billion",
                "1 in 4,100",
                "1 in 110",
                "1.2%",
                "25%",
                "50%",
                "99%",
                "99.9%",
                ">99.9%",
                "100%"
            ]
        );
        assert_eq!(
            [1.0, 5.24, 9.96, 41.3, 4_123.0, 999_999.0, 1e13, f64::INFINITY]
                .map(|count| Count(count).to_string()),
            ["1", "5.2", "10", "41", "4,100", "1 million", "10 trillion", "never"]
        );
        assert_eq!(
            [0.04, 1.5, 90.0, 720.0, 259_200.0, 1e9, 1e12].map(|seconds| Seconds(seconds).to_string()),
            ["40ms", "1.5s", "90s", "12m", "3 days", "32 years", "never"]
        );
        assert_eq!(
            [0.21, 0.5, 0.000_25, 0.9999].map(|chance| Odds(chance).to_string()),
            ["1 in 5", "50 in 100", "1 in 4,000", "every"]
        );
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
