//! The ranges of values that settings accept.

use core::time::Duration;

use crate::model::ratio::Ratio;

/// The most nodes in a rule: conditions, and the `&`- and `|`-groups that join them.
pub const MAX_NODES: usize = 64;

/// The most distinct thresholds among the `slow_rate` conditions of one rule.
pub const MAX_THRESHOLDS: usize = 4;

/// The most calls a count window can hold.
pub const MAX_WINDOW_SIZE: usize = 1_000_000;

/// The most buckets in a time window.
pub const MAX_BUCKETS: usize = 1_000;

/// The shortest bucket of a time window.
pub const MIN_BUCKET: Duration = Duration::from_micros(1);

/// The most calls in a trial.
pub const MAX_TRIAL: u32 = 1_000_000;

/// The most keys in one family with breakers of their own.
pub const MAX_KEYS: usize = 1_000_000;

/// The default limit on such keys.
pub const DEFAULT_KEYS: usize = 10_000;

/// How long an unused key's breaker is kept by default.
pub const DEFAULT_IDLE: Duration = Duration::from_secs(60 * 60);

/// The smallest share of calls that a permit may admit to a trial.
pub const MIN_SHARE: Ratio = Ratio::from_parts_per_billion(10_000_000);

/// The shortest threshold for a slow call.
pub const MIN_THRESHOLD: Duration = Duration::from_micros(1);

/// The shortest time after which a trial may be treated as hung.
pub const MIN_TIMEOUT: Duration = Duration::from_millis(1);

/// The default time after which a trial is treated as hung.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// Whether a duration is above 0 and at most 584 years, the most that nanoseconds in 64 bits can hold.
pub const fn is_duration(duration: Duration) -> bool {
    let nanos = duration.as_nanos();
    nanos > 0 && nanos <= u64::MAX as u128
}

/// Whether a condition may use this threshold for slow calls.
pub const fn is_threshold(duration: Duration) -> bool {
    is_duration(duration) && duration.as_nanos() >= MIN_THRESHOLD.as_nanos()
}

/// Whether a trial may be treated as hung after this time.
pub const fn is_timeout(duration: Duration) -> bool {
    is_duration(duration) && duration.as_nanos() >= MIN_TIMEOUT.as_nanos()
}

/// Whether a count window may hold this many calls.
pub const fn is_window_size(calls: usize) -> bool {
    calls > 0 && calls <= MAX_WINDOW_SIZE
}

/// Whether a condition may ask for this many concurrent calls. A call counts itself, so 1 would always hold.
pub const fn is_concurrency(calls: u32) -> bool {
    calls >= 2
}

/// Whether a family may have this many breakers.
pub const fn is_key_count(keys: usize) -> bool {
    keys > 0 && keys <= MAX_KEYS
}

/// Whether a time window may have this many buckets.
pub const fn is_bucket_count(buckets: usize) -> bool {
    buckets > 0 && buckets <= MAX_BUCKETS
}

/// Whether a backoff may grow by this factor.
pub const fn is_multiplier(multiplier: f64) -> bool {
    multiplier >= 1.0 && multiplier.is_finite()
}
