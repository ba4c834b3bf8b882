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
    current: Mutex<Current>,
}

struct Current {
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

/// If one of several readers leaves out instruments, another could otherwise get figures from the last export of that one.
const OLDEST: Duration = Duration::from_secs(1);

impl Export {
    pub(crate) fn new(collector: Collector) -> Self {
        let current = Current { figures: Arc::new([]), at: Instant::now(), got: u32::MAX, instruments: 0 };
        Self(Arc::new(Shared { collector, current: Mutex::new(current) }))
    }

    pub(crate) fn instrument(&self) -> Instrument {
        let mut current = self.0.current.lock().unwrap_or_else(PoisonError::into_inner);
        let bit = 1 << current.instruments;
        current.instruments += 1;
        Instrument { export: self.clone(), bit }
    }
}

impl Instrument {
    pub(crate) fn figures(&self) -> Arc<[Collected]> {
        let Shared { collector, current } = &*self.export.0;
        let mut current = current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.got & self.bit != 0 || current.at.elapsed() > OLDEST {
            current.figures = collector.collect().into();
            current.at = Instant::now();
            current.got = 0;
        }
        current.got |= self.bit;
        current.figures.clone()
    }
}
