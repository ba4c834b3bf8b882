//! The baseline: the call alone, and the call with the cheapest write to shared memory.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Subject, failing, healthy, ok, ready, work, work_async};

pub(super) fn subjects() -> Vec<Subject> {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let counted = |input| {
        CALLS.fetch_add(1, Ordering::Relaxed);
        ok(work(input))
    };
    let counted_async = |input| {
        ok(ready(async {
            CALLS.fetch_add(1, Ordering::Relaxed);
            work_async(input).await
        }))
    };
    vec![
        Subject {
            name: "bare call",
            configuration: "no breaker",
            healthy: healthy(|input| ok(work(input))),
            healthy_async: healthy(|input| ok(ready(work_async(input)))),
            failing: failing(|input| ok(work(input))),
            refused: None,
        },
        Subject {
            name: "one `fetch_add`",
            configuration: "no breaker; one relaxed atomic addition to a static beside each call",
            healthy: healthy(counted),
            healthy_async: healthy(counted_async),
            failing: failing(counted),
            refused: None,
        },
    ]
}
