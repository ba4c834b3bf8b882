//! The ranges of values that settings may have.

use core::time::Duration;

use crate::model::ratio::Ratio;

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

/// How many calls a trial may take.
pub const MAX_TRIAL: u32 = 1_000_000;

/// How many keys of one family may have breakers of their own.
pub const MAX_KEYS: usize = 1_000_000;

/// How many have if the settings do not say.
pub const DEFAULT_KEYS: usize = 10_000;

/// For how long a key's breaker is kept without being used if the settings do not say.
pub const DEFAULT_IDLE: Duration = Duration::from_secs(60 * 60);

/// The smallest share of calls that a permit may admit to a trial.
pub const MIN_SHARE: Ratio = Ratio::from_parts_per_billion(10_000_000);

/// The shortest call that a condition may take for slow.
pub const MIN_THRESHOLD: Duration = Duration::from_micros(1);

/// The shortest time after which a trial may be taken for hung.
pub const MIN_TIMEOUT: Duration = Duration::from_millis(1);

/// After what time a trial is taken for hung if the settings do not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// Whether a duration is longer than 0 and at most the 584 years that fit into nanoseconds.
pub const fn is_duration(duration: Duration) -> bool {
    let nanos = duration.as_nanos();
    nanos > 0 && nanos <= u64::MAX as u128
}

/// Whether a condition may take calls for slow that take so long.
pub const fn is_threshold(duration: Duration) -> bool {
    is_duration(duration) && duration.as_nanos() >= MIN_THRESHOLD.as_nanos()
}

/// Whether a trial may be taken for hung after so long.
pub const fn is_timeout(duration: Duration) -> bool {
    is_duration(duration) && duration.as_nanos() >= MIN_TIMEOUT.as_nanos()
}

/// Whether a count window may remember so many calls.
pub const fn is_window_size(calls: usize) -> bool {
    calls > 0 && calls <= MAX_WINDOW_SIZE
}

/// Whether a condition may ask for so many calls at once. One runs whenever one is made.
pub const fn is_concurrency(calls: u32) -> bool {
    calls >= 2
}

/// Whether so many keys may have breakers of their own.
pub const fn is_key_count(keys: usize) -> bool {
    keys > 0 && keys <= MAX_KEYS
}

/// Whether a time window may have so many buckets.
pub const fn is_bucket_count(buckets: usize) -> bool {
    buckets > 0 && buckets <= MAX_BUCKETS
}

/// Whether a backoff may grow by this factor.
pub const fn is_multiplier(multiplier: f64) -> bool {
    multiplier >= 1.0 && multiplier.is_finite()
}
