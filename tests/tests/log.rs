//! If nobody subscribes to `tracing`, its feature `log` forwards events to the crate `log`. The logger belongs to
//! the process, so this test has a process of its own.

use std::sync::Mutex;

use fluxgate::{CircuitBreaker, State, trip};
use log::{Level, LevelFilter, Log, Metadata, Record};

/// Records what is logged under one target.
struct Logger(Mutex<Vec<(Level, String)>>);

static LOGGER: Logger = Logger(Mutex::new(Vec::new()));

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "fluxgate"
    }

    fn log(&self, record: &Record<'_>) {
        // A logger may inspect breakers without breaking them.
        assert!(fluxgate::breakers().all(|breaker| breaker.state() != State::Disabled));
        if self.enabled(record.metadata()) {
            self.0.lock().expect("not poisoned").push((record.level(), record.args().to_string()));
        }
    }

    fn flush(&self) {}
}

fn logged(work: impl FnOnce()) -> Vec<(Level, String)> {
    work();
    std::mem::take(&mut *LOGGER.0.lock().expect("not poisoned"))
}

#[test]
fn transitions_reach_log_if_nobody_subscribes() {
    let breaker = CircuitBreaker::builder("logged").trip(trip::failure_streak(2)).build().expect("valid");
    // Once before there is a logger, once after.
    breaker.force_open();
    breaker.reset();
    log::set_logger(&LOGGER).expect("there is no other");
    log::set_max_level(LevelFilter::Info);
    let events = logged(|| {
        for _ in 0..2 {
            breaker.acquire().expect("closed").failure();
        }
        breaker.reset();
    });
    let [(Level::Warn, opening), (Level::Info, closing)] = &events[..] else { panic!("{events:?}") };
    assert!(opening.starts_with("circuit breaker is open"), "{opening}");
    for figure in ["breaker=\"logged\"", "2 failed in a row (2 >= 2)", "retry_after=60"] {
        assert!(opening.contains(figure), "{opening}");
    }
    assert!(closing.starts_with("circuit breaker is closed"), "{closing}");

    log::set_max_level(LevelFilter::Warn);
    let quieter = logged(|| {
        breaker.force_open();
        breaker.reset();
    });
    assert_eq!(quieter, [], "their level is lower");
}
