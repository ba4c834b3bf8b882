//! The ranges of values that settings may have.

use core::time::Duration;

/// How many nodes a rule may have: conditions, and the `&`- and `|`-groups that join them.
pub const MAX_NODES: usize = 64;

/// How many different thresholds the `slow_rate` conditions of one rule may name.
pub const MAX_THRESHOLDS: usize = 4;

/// How many calls a count window may remember.
pub const MAX_WINDOW_SIZE: usize = 1_000_000;

/// How many buckets a time window may have.
pub const MAX_BUCKETS: usize = 1_000;

/// The shortest bucket of a time window.
pub const MIN_BUCKET: Duration = Duration::from_micros(1);

/// Whether a duration is longer than 0 and at most the 584 years that fit into nanoseconds.
pub const fn is_duration(duration: Duration) -> bool {
    let nanos = duration.as_nanos();
    nanos > 0 && nanos <= u64::MAX as u128
}

/// Whether a count window may remember so many calls.
pub const fn is_window_size(calls: usize) -> bool {
    calls > 0 && calls <= MAX_WINDOW_SIZE
}

/// Whether a time window may have so many buckets.
pub const fn is_bucket_count(buckets: usize) -> bool {
    buckets > 0 && buckets <= MAX_BUCKETS
}

/// Whether a backoff may grow by this factor.
pub const fn is_multiplier(multiplier: f64) -> bool {
    multiplier >= 1.0 && multiplier.is_finite()
}
