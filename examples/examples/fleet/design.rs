//! What to simulate.

use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{Builder, CircuitBreaker, permit, retry, trip, window};

use crate::service::SHARDS;

/// How the service fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outage {
    Wholly,
    /// One shard of ten.
    Partly,
    /// It answers, but after two seconds.
    Slowly,
}

/// What each breaker guards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keys {
    Service,
    Shard,
}

/// Who decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Breakers {
    /// Every instance has its own breakers.
    Own,
    /// One breaker for all, which each call consults and reports to, with this delay each way.
    Shared(Duration),
    /// No breaker: every call is sent.
    None,
}

/// A fleet, and what happens to it.
#[derive(Clone, Debug)]
pub struct Design {
    pub outage: Outage,
    pub instances: u32,
    pub breakers: Breakers,
    pub keys: Keys,
    /// The random variation of the pause between breakers.
    pub jitter: f64,
    /// The share of calls that must fail, and the size of the window.
    pub failure_rate: f64,
    pub window: usize,
}

impl Design {
    /// A fleet of this size with the recommended settings, in an outage of the whole service.
    pub fn of(instances: u32) -> Self {
        Self {
            outage: Outage::Wholly,
            instances,
            breakers: Breakers::Own,
            keys: Keys::Service,
            jitter: 0.2,
            failure_rate: 0.5,
            window: 100,
        }
    }

    /// How many breakers there are.
    pub fn count(&self) -> u32 {
        let owners = if self.breakers == Breakers::Own { self.instances } else { 1 };
        owners * self.shards()
    }

    /// How many of them have to open.
    pub fn affected(&self) -> u64 {
        let is_of_one_shard = self.outage == Outage::Partly && self.keys == Keys::Shard;
        u64::from(if is_of_one_shard { self.count() / SHARDS } else { self.count() })
    }

    /// The breaker that an instance's call to a shard goes through.
    pub fn index(&self, instance: u32, shard: u32) -> usize {
        let owner = if self.breakers == Breakers::Own { instance } else { 0 };
        let shard = if self.keys == Keys::Shard { shard } else { 0 };
        (owner * self.shards() + shard) as usize
    }

    /// The delay of a message to or from the breaker.
    pub fn delay(&self) -> Duration {
        match self.breakers {
            Breakers::Shared(delay) => delay,
            Breakers::Own | Breakers::None => Duration::ZERO,
        }
    }

    fn shards(&self) -> u32 {
        if self.keys == Keys::Shard { SHARDS } else { 1 }
    }

    pub fn builder(&self, clock: &ManualClock) -> Builder {
        let slow = trip::slow_rate(0.5, Duration::from_secs(1));
        CircuitBreaker::builder("fleet")
            .window(window::count(self.window))
            .trip(trip::min(10) & (trip::failure_rate(self.failure_rate) | slow))
            .retry(retry::cooldown(Duration::from_secs(10)).jitter(self.jitter))
            .permit(permit::ramp_up(0.1, 1.0, Duration::from_secs(20)))
            .clock(clock.clone())
    }
}
