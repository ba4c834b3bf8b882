//! Moments in logs, as nanoseconds since 1970.

use std::fmt;

/// A moment, in nanoseconds since the beginning of 1970, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment(pub u64);

const SECOND: u64 = 1_000_000_000;
const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

impl Moment {
    /// Reads `10/Oct/2026:13:55:36 +0200`, `2026-10-10T13:55:36.123Z`, or seconds, milli-, micro- or nanoseconds since 1970.
    pub fn read(text: &[u8]) -> Option<Self> {
        match text {
            [_, _, b'/', ..] => Self::read_common(text),
            [_, _, _, _, b'-', ..] => Self::read_iso(text),
            _ => Self::read_number(text),
        }
    }

    fn read_common(text: &[u8]) -> Option<Self> {
        let month = text.get(3..6)?;
        let month = MONTHS.iter().position(|known| *known == month)? as u64 + 1;
        let (day, year) = (number(text.get(..2)?)?, number(text.get(7..11)?)?);
        let time = time_of_day(text.get(12..20)?)?;
        let offset = text.get(21..).map_or(Some(0), offset)?;
        Self::of(days(year, month, day)?, time, 0, offset)
    }

    fn read_iso(text: &[u8]) -> Option<Self> {
        let (year, month, day) =
            (number(text.get(..4)?)?, number(text.get(5..7)?)?, number(text.get(8..10)?)?);
        let time = time_of_day(text.get(11..19)?)?;
        let rest = text.get(19..)?;
        let (fraction, rest) = match rest {
            [b'.' | b',', digits @ ..] => {
                let end = digits.iter().position(|digit| !digit.is_ascii_digit()).unwrap_or(digits.len());
                (nanos(&digits[..end])?, &digits[end..])
            }
            rest => (0, rest),
        };
        Self::of(days(year, month, day)?, time, fraction, offset(rest.trim_ascii())?)
    }

    fn read_number(text: &[u8]) -> Option<Self> {
        let (whole, fraction) = match text.iter().position(|byte| *byte == b'.') {
            Some(point) => (&text[..point], nanos(&text[point + 1..])?),
            None => (text, 0),
        };
        let unit = match whole.len() {
            0..=11 => SECOND,
            12..=14 => 1_000_000,
            15..=17 => 1_000,
            _ => 1,
        };
        let fraction = if unit == SECOND { fraction } else { 0 };
        Some(Self(number(whole)?.checked_mul(unit)?.checked_add(fraction)?))
    }

    fn of(days: u64, seconds: u64, nanos: u64, offset: i64) -> Option<Self> {
        let seconds = (days * 86_400 + seconds).checked_add_signed(-offset)?;
        Some(Self(seconds.checked_mul(SECOND)?.checked_add(nanos)?))
    }

    /// How many nanoseconds it comes after another; 0 if it does not.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Formatted like `2026-10-10 13:55:36`.
impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / SECOND;
        let (days, seconds) = (seconds / 86_400, seconds % 86_400);
        // Years begin in March here, so that the leap day comes last.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted / 146_097, shifted % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let (month, turn) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = era * 400 + year + turn;
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(formatter, "{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02}")
    }
}

/// The number these digits represent.
pub fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        digit.is_ascii_digit().then(|| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')))?
    })
}

/// Digits after a point, in billionths.
pub fn nanos(digits: &[u8]) -> Option<u64> {
    let digits = &digits[..digits.len().min(9)];
    if digits.is_empty() {
        return Some(0);
    }
    Some(number(digits)? * 10_u64.pow(9 - digits.len() as u32))
}

/// Days since the start of 1970.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_era = year % 400;
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some((year / 400 * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year).saturating_sub(719_468))
}

/// Seconds since midnight: `13:55:36`.
fn time_of_day(text: &[u8]) -> Option<u64> {
    let [hours @ .., b':', m1, m2, b':', s1, s2] = text else { return None };
    let (hours, minutes, seconds) = (number(hours)?, number(&[*m1, *m2])?, number(&[*s1, *s2])?);
    // A leap second is written as 60.
    (hours < 24 && minutes < 60 && seconds <= 60).then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// Seconds east of Greenwich: `+0200`, `-07:00`, `Z`.
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [a, b, b':', c, d] | [a, b, c, d] => (number(&[*a, *b])?, number(&[*c, *d])?),
        [a, b] => (number(&[*a, *b])?, 0),
        _ => return None,
    };
    Some(sign * (hours * 3_600 + minutes * 60).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn moments_are_read_in_all_their_forms() {
        let same = [
            "10/Oct/2026:13:55:36 +0000",
            "10/Oct/2026:15:55:36 +0200",
            "10/Oct/2026:06:55:36 -0700",
            "2026-10-10T13:55:36Z",
            "2026-10-10 13:55:36",
            "2026-10-10T15:55:36.000+02:00",
            "1791640536",
            "1791640536.000",
            "1791640536000",
            "1791640536000000",
        ];
        for text in same {
            let moment = Moment::read(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(moment.to_string(), "2026-10-10 13:55:36", "{text}");
        }
        assert_eq!(Moment::read(b"0.25"), Some(Moment(250_000_000)));
        for text in ["2000-02-29 00:00:00", "1970-01-01 00:00:00", "2100-03-01 23:59:59"] {
            assert_eq!(Moment::read(text.as_bytes()).unwrap().to_string(), text);
        }
        for text in
            ["", "x", "10/Foo/2026:13:55:36 +0000", "2026-13-10T13:55:36Z", "2026-10-10", "10/Oct/2026:13:55"]
        {
            assert_eq!(Moment::read(text.as_bytes()), None, "{text}");
        }
    }
}
