//! Reading HTTP responses, with the feature `http`.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use crate::clock::wall_clock;

/// With the feature `http`: how long a response asks to be left alone, by its `Retry-After`, in seconds or as a date.
///
/// A date is compared with the response's own `Date`, so that the clocks of the two machines may differ; without one, with this machine's
/// clock. A date in the past asks for no time at all. `None` if there is no such header, or it cannot be read.
///
/// ```
/// use fluxgate::http::retry_after;
/// use http::HeaderMap;
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(retry_after(&headers), None);
/// headers.insert("retry-after", "120".parse()?);
/// assert_eq!(retry_after(&headers), Some(Duration::from_secs(120)));
/// headers.insert("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT".parse()?);
/// headers.insert("date", "Fri, 31 Dec 1999 23:59:29 GMT".parse()?);
/// assert_eq!(retry_after(&headers), Some(Duration::from_secs(30)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Use it in functions for `retry = from_error(..)` in the attribute, and for [`failure_for`](crate::Call::failure_for). The tower layer
/// for HTTP and the reqwest middleware call it themselves.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that does not fit is longer than any pause that is granted.
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let now = date(headers).or_else(wall_clock)?;
    Some(until.duration_since(now).unwrap_or_default())
}

/// When the response was made, according to its `Date`.
fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?.trim()).ok()
}
