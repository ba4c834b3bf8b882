//! Which recent calls are remembered.
//!
//! ```
//! use fluxgate::window;
//! use std::time::Duration;
//!
//! let latest_calls = window::count(100);
//! let latest_minute = window::time(Duration::from_secs(60));
//! let coarser = window::time(Duration::from_secs(60)).buckets(6);
//! assert_eq!(coarser.to_string(), "time(1m, buckets = 6)");
//! ```

use std::time::Duration;

pub use fluxgate_rules::Window;

/// The last `size` calls, from 1 to 1,000,000.
pub const fn count(size: usize) -> Window {
    Window::count(size)
}

/// The calls of the last `duration`.
///
/// The window is divided into one bucket per whole second, but at least 10 and at most 60; [`buckets`](Window::buckets) sets another
/// number. Their length is rounded down to nanoseconds. Buckets are aligned to the clock's zero, and a call is forgotten together with its
/// bucket, so up to a bucket's length early, and never late.
pub const fn time(duration: Duration) -> Window {
    Window::time(duration)
}
