//! The time that a breaker and its model share.

use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{Builder, Clock};

pub trait Time {
    fn now(&self) -> Duration;

    fn advance(&self, duration: Duration);

    /// Makes it the time of the breaker to be built.
    fn set(&self, builder: Builder) -> Builder;
}

impl Time for ManualClock {
    fn now(&self) -> Duration {
        Clock::now(self)
    }

    fn advance(&self, duration: Duration) {
        self.advance(duration);
    }

    fn set(&self, builder: Builder) -> Builder {
        builder.clock(self.clone())
    }
}

#[cfg(feature = "tokio")]
pub use self::paused::by_the_clock_of_the_process;

/// Under tokio, the clock of the process can be paused. Unlike a clock that it was given, a breaker reads it only if it needs to.
#[cfg(feature = "tokio")]
mod paused {
    use std::time::Duration;

    use fluxgate::{Builder, CircuitBreaker};
    use tokio::runtime::{self, Runtime};
    use tokio::time::{Instant, advance};

    use super::Time;
    use crate::fixture::Heard;

    struct Paused<'a> {
        runtime: &'a Runtime,
        began: Instant,
        /// What the clock of the process showed then.
        showed: Duration,
    }

    /// Does this by the clock of the process, paused.
    pub fn by_the_clock_of_the_process<R>(work: impl FnOnce(&dyn Time) -> R) -> R {
        let runtime = runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.expect("a runtime");
        let _entered = runtime.enter();
        let heard = Heard::default();
        CircuitBreaker::builder("asked").listener(heard.listener()).build().expect("valid").trip();
        work(&Paused { runtime: &runtime, began: Instant::now(), showed: heard.last().at })
    }

    impl Time for Paused<'_> {
        fn now(&self) -> Duration {
            self.showed + self.began.elapsed()
        }

        fn advance(&self, duration: Duration) {
            self.runtime.block_on(advance(duration));
        }

        fn set(&self, builder: Builder) -> Builder {
            builder
        }
    }
}
