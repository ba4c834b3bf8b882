//! One line of a log, read.

use std::time::Duration;

use crate::moment::{Moment, nanos, number};

/// What a log says about one call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'a> {
    pub at: Moment,
    pub failed: bool,
    pub duration: Duration,
    /// Host and path, if the log has them.
    pub host: &'a [u8],
    pub path: &'a [u8],
}

/// Which statuses are failures: `5xx`, `429`, `500-504`.
pub struct Failing(Vec<(u64, u64)>);

impl Failing {
    pub fn read(text: &str) -> Result<Self, String> {
        let range = |part: &str| match part.trim() {
            part if part.len() == 3 && part.ends_with("xx") => {
                let hundreds = part[..1].parse::<u64>().ok()? * 100;
                Some((hundreds, hundreds + 99))
            }
            part => {
                let (first, last) = part.split_once('-').unwrap_or((part, part));
                Some((first.parse().ok()?, last.parse().ok()?))
            }
        };
        let ranges: Option<Vec<_>> = text.split(',').map(range).collect();
        ranges.map(Self).ok_or_else(|| {
            format!("`{text}` is not a list of statuses: write `5xx`, `429` or `500-504`, with commas")
        })
    }

    pub fn contains(&self, status: u64) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&status))
    }
}

/// A field that a log may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Time,
    Status,
    Outcome,
    /// In units of this many nanoseconds.
    Duration(u64),
    Host,
    Path,
}

/// The field names that the user gives, in addition to the usual ones.
#[derive(Default)]
pub struct Names(pub Vec<(String, Field)>);

impl Names {
    /// The field of this name.
    pub fn field(&self, name: &[u8]) -> Option<Field> {
        let given = self.0.iter().find(|(given, _)| given.as_bytes() == name);
        given.map_or_else(|| usual(name), |(_, field)| Some(*field))
    }
}

/// The unit at the end of a name, as in `elapsed_ms`.
pub fn unit_of(name: &[u8]) -> u64 {
    let is = |end: &[u8]| name.len() > end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end);
    match () {
        () if is(b"_ms") || is(b"millis") => 1_000_000,
        () if is(b"_us") || is(b"micros") => 1_000,
        () if is(b"_ns") || is(b"nanos") => 1,
        () => 1_000_000_000,
    }
}

fn usual(name: &[u8]) -> Option<Field> {
    Some(match name {
        b"time" | b"timestamp" | b"ts" | b"@timestamp" | b"time_iso8601" | b"time_local" | b"msec"
        | b"date" | b"datetime" => Field::Time,
        b"status" | b"status_code" | b"code" | b"http_status" | b"response_code" | b"response_status" => {
            Field::Status
        }
        b"outcome" | b"result" | b"success" | b"ok" => Field::Outcome,
        b"host" | b"upstream" | b"server" | b"server_name" | b"vhost" | b"upstream_addr" | b"service" => {
            Field::Host
        }
        b"path" | b"uri" | b"url" | b"request_uri" | b"route" | b"endpoint" => Field::Path,
        b"request_time" | b"duration" | b"latency" | b"elapsed" | b"response_time" | b"took"
        | b"duration_ms" | b"latency_ms" | b"elapsed_ms" | b"response_time_ms" | b"duration_us"
        | b"latency_us" | b"elapsed_us" | b"duration_ns" | b"latency_ns" | b"elapsed_ns" => {
            Field::Duration(unit_of(name))
        }
        _ => return None,
    })
}

/// The fields of a line so far.
#[derive(Default)]
pub struct Fields<'a> {
    at: Option<&'a [u8]>,
    status: Option<&'a [u8]>,
    outcome: Option<&'a [u8]>,
    duration: Option<(&'a [u8], u64)>,
    host: &'a [u8],
    path: &'a [u8],
}

impl<'a> Fields<'a> {
    pub fn set(&mut self, field: Field, value: &'a [u8]) {
        match field {
            Field::Time => self.at = Some(value),
            Field::Status => self.status = Some(value),
            Field::Outcome => self.outcome = Some(value),
            Field::Duration(unit) => self.duration = Some((value, unit)),
            Field::Host => self.host = value,
            Field::Path => self.path = value.split(|byte| *byte == b'?').next().unwrap_or(value),
        }
    }

    /// The whole record, or what is wrong with it.
    pub fn record(self, failing: &Failing) -> Result<Record<'a>, &'static str> {
        let at = Moment::read(self.at.ok_or("no time")?).ok_or("a time that cannot be read")?;
        let failed = match (self.outcome, self.status) {
            (Some(outcome), _) => failed(outcome).ok_or("an outcome that is neither success nor failure")?,
            (None, Some(status)) => failing.contains(number(status).ok_or("a status that is not a number")?),
            (None, None) => return Err("no status"),
        };
        let duration = match self.duration {
            // nginx writes a dash for none.
            None | Some((b"-" | b"", _)) => Duration::ZERO,
            Some((text, unit)) => duration(text, unit).ok_or("a duration that cannot be read")?,
        };
        Ok(Record { at, failed, duration, host: self.host, path: self.path })
    }
}

fn failed(outcome: &[u8]) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| outcome.eq_ignore_ascii_case(word.as_bytes()));
    if is(&["ok", "success", "succeeded", "true", "1", "pass"]) {
        Some(false)
    } else if is(&["error", "err", "fail", "failed", "failure", "false", "0", "timeout", "exception"]) {
        Some(true)
    } else {
        None
    }
}

/// A number in this unit, or one with its own unit.
pub fn duration(text: &[u8], unit: u64) -> Option<Duration> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(text.len());
    let (digits, own) = text.split_at(end);
    let unit = match own.trim_ascii() {
        b"" => unit,
        b"s" => 1_000_000_000,
        b"ms" => 1_000_000,
        b"us" => 1_000,
        b"ns" => 1,
        _ => return None,
    };
    let (whole, fraction) = match digits.iter().position(|byte| *byte == b'.') {
        Some(point) => (&digits[..point], nanos(&digits[point + 1..])?),
        None => (digits, 0),
    };
    let whole = if whole.is_empty() && fraction > 0 { 0 } else { number(whole)? };
    let fraction = u128::from(fraction) * u128::from(unit) / 1_000_000_000;
    let nanos = u128::from(whole) * u128::from(unit) + fraction;
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::{Failing, duration};
    use std::time::Duration;

    #[test]
    fn failing_statuses_are_named_one_by_one_or_as_ranges() {
        let failing = Failing::read("5xx, 429,598-601").unwrap();
        let failed: Vec<_> =
            [404, 429, 499, 500, 599, 600, 602].map(|status| failing.contains(status)).into();
        assert_eq!(failed, [false, true, false, true, true, true, false]);
        assert!(Failing::read("bad").is_err());
    }

    #[test]
    fn durations_have_units() {
        for (text, unit, expected) in [
            ("0.123", 1_000_000_000, 123_000_000),
            ("12", 1_000_000, 12_000_000),
            ("1.5", 1_000, 1_500),
            ("12ms", 1_000_000_000, 12_000_000),
            ("3 s", 1, 3_000_000_000),
        ] {
            assert_eq!(duration(text.as_bytes(), unit), Some(Duration::from_nanos(expected)), "{text}");
        }
        assert!(["", "x", "1 week"].iter().all(|text| duration(text.as_bytes(), 1).is_none()));
    }
}
