//! One collection of all breakers for all instruments of an export.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fluxgate::{Collected, Collector};

/// An export asks the callback of each instrument once, one after another. So the figures are collected for the first of them, and the
/// others get the same ones: they belong together, and each breaker is read only once.
#[derive(Clone)]
pub(crate) struct Export(Arc<Shared>);

struct Shared {
    collector: Collector,
    latest: Mutex<Collection>,
}

struct Collection {
    figures: Arc<[Collected]>,
    at: Instant,
    /// A bit for each instrument that got these figures. If one of them asks again, that is another export.
    got: u32,
    instruments: u32,
}

/// What an instrument asks for the figures.
pub(crate) struct Instrument {
    export: Export,
    bit: u32,
}

/// The oldest figures to use: if one of several readers leaves out instruments, another could otherwise get those of its last export.
const OLDEST: Duration = Duration::from_secs(1);

impl Export {
    pub(crate) fn new(collector: Collector) -> Self {
        let latest = Collection { figures: Arc::new([]), at: Instant::now(), got: u32::MAX, instruments: 0 };
        Self(Arc::new(Shared { collector, latest: Mutex::new(latest) }))
    }

    pub(crate) fn instrument(&self) -> Instrument {
        let mut latest = self.0.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let bit = 1 << latest.instruments;
        latest.instruments += 1;
        Instrument { export: self.clone(), bit }
    }
}

impl Instrument {
    pub(crate) fn figures(&self) -> Arc<[Collected]> {
        let Shared { collector, latest } = &*self.export.0;
        let mut latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.got & self.bit != 0 || latest.at.elapsed() > OLDEST {
            latest.figures = collector.collect().into();
            latest.at = Instant::now();
            latest.got = 0;
        }
        latest.got |= self.bit;
        latest.figures.clone()
    }
}
