//! A service of ten shards that fails for a minute, wholly or in part.

use std::time::Duration;

use crate::design::Outage;

/// How many shards there are.
pub const SHARDS: u32 = 10;
/// The failing one, if only one fails.
pub const FAILING: u32 = 3;
/// When it starts to fail.
pub const BEGIN: Duration = Duration::from_secs(2);
/// When it is healthy again.
pub const END: Duration = Duration::from_secs(62);

pub const HEALTHY: Duration = Duration::from_millis(20);
const SLOW: Duration = Duration::from_secs(2);

/// The result of a call.
#[derive(Clone, Copy)]
pub struct Answer {
    pub is_success: bool,
    pub takes: Duration,
}

impl Answer {
    /// Whether the call is useless: failed or too late.
    pub fn is_bad(self) -> bool {
        !self.is_success || self.takes > HEALTHY
    }
}

/// The result of a call sent to a shard at this time.
pub fn answer(outage: Outage, shard: u32, now: Duration) -> Answer {
    let is_away = (BEGIN..END).contains(&now);
    let well = Answer { is_success: true, takes: HEALTHY };
    match outage {
        _ if !is_away => well,
        Outage::Wholly => Answer { is_success: false, ..well },
        Outage::Partly if shard == FAILING => Answer { is_success: false, ..well },
        Outage::Slowly => Answer { takes: SLOW, ..well },
        Outage::Partly => well,
    }
}
