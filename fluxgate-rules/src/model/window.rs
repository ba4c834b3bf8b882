//! Which recent calls a breaker remembers.

use core::fmt;
use core::time::Duration;

use crate::model::duration::Spelled;
use crate::model::metrics::nanos;

/// Which recent calls a breaker remembers: a fixed number, or those within a period.
///
/// Built by the functions `count` and `time` of the module `window`; prints as the attribute would spell it, and can be parsed from that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// By number or by age.
    #[doc(hidden)]
    pub extent: Extent,
    /// How many buckets a time window has, if set.
    #[doc(hidden)]
    pub buckets: Option<usize>,
}

/// By number or by age.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// The last calls, up to this many.
    Count(usize),
    /// The calls within the last period of this length.
    Time(Duration),
}

impl Window {
    /// The default window of a breaker.
    #[doc(hidden)]
    pub const STANDARD: Self = Self::count(100);

    /// The last `size` calls.
    #[doc(hidden)]
    pub const fn count(size: usize) -> Self {
        Self { extent: Extent::Count(size), buckets: None }
    }

    /// The calls of the last `duration`.
    #[doc(hidden)]
    pub const fn time(duration: Duration) -> Self {
        Self { extent: Extent::Time(duration), buckets: None }
    }

    /// Sets how many buckets a time window is divided into, from 1 to 1000, each at least 1 us long. A call is
    /// forgotten together with its bucket: with `b` buckets, up to one `b`-th of the duration early.
    #[must_use]
    pub const fn buckets(mut self, buckets: usize) -> Self {
        self.buckets = Some(buckets);
        self
    }

    /// The most calls the window can hold.
    #[doc(hidden)]
    pub const fn size(&self) -> usize {
        match self.extent {
            Extent::Count(size) => size,
            Extent::Time(_) => usize::MAX,
        }
    }

    /// The number of buckets of a time window. Unless set: one per second, but at least 10 and at most 60.
    #[doc(hidden)]
    pub const fn bucket_count(&self) -> usize {
        match (self.buckets, self.extent) {
            (Some(buckets), _) => buckets,
            (None, Extent::Count(_)) => 0,
            (None, Extent::Time(duration)) => match duration.as_secs() {
                0..10 => 10,
                seconds @ 10..=60 => seconds as usize,
                _ => 60,
            },
        }
    }

    /// The length of a time window's bucket, in nanoseconds.
    #[doc(hidden)]
    pub const fn bucket_nanos(&self) -> u64 {
        match self.extent {
            Extent::Count(_) => 0,
            Extent::Time(duration) => nanos(duration) / self.bucket_count() as u64,
        }
    }
}

/// As the attribute would spell it.
impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.extent {
            Extent::Count(size) => write!(formatter, "count({size}")?,
            Extent::Time(duration) => write!(formatter, "time({}", Spelled(duration))?,
        }
        if let Some(buckets) = self.buckets {
            write!(formatter, ", buckets = {buckets}")?;
        }
        formatter.write_str(")")
    }
}
