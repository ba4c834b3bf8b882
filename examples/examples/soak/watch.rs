//! Listens to a breaker and checks what it hears.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use fluxgate::{Reason, State, Transition};

#[derive(Default)]
pub(crate) struct Watch {
    last: Mutex<Option<State>>,
    inside: AtomicBool,
    transitions: AtomicU64,
    faults: Mutex<Vec<String>>,
}

impl Watch {
    pub(crate) fn listener(self: &Arc<Self>) -> impl Fn(&Transition) + Send + Sync + 'static {
        let watch = self.clone();
        move |transition| watch.hear(transition)
    }

    fn hear(&self, transition: &Transition) {
        if self.inside.swap(true, Ordering::AcqRel) {
            self.fault("two transitions were delivered at a time".to_owned());
        }
        let last = self.last.lock().unwrap().replace(transition.to);
        // A listener that cannot keep up misses some, and learns how many.
        if transition.missed == 0 && last.unwrap_or(State::Closed) != transition.from {
            self.fault(format!("after {last:?}: {transition}"));
        }
        if !legal(transition) {
            self.fault(format!("not legal: {transition}"));
        }
        self.transitions.fetch_add(1, Ordering::Relaxed);
        self.inside.store(false, Ordering::Release);

        // Listeners may call back and panic.
        match fastrand::u32(..100) {
            0 => drop(fluxgate::find(&transition.breaker).map(|breaker| breaker.snapshot())),
            1 => drop(fluxgate::find(&transition.breaker).map(|breaker| breaker.reset())),
            2 => panic!("on purpose"),
            _ => {}
        }
    }

    pub(crate) fn fault(&self, fault: String) {
        let mut faults = self.faults.lock().unwrap();
        if faults.len() < 10 {
            faults.push(fault);
        }
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        std::mem::take(&mut self.faults.lock().unwrap())
    }

    pub(crate) fn transitions(&self) -> u64 {
        self.transitions.load(Ordering::Relaxed)
    }
}

fn legal(transition: &Transition) -> bool {
    use State::{Closed, Disabled, ForcedOpen, HalfOpen, MetricsOnly, Open};
    match (transition.from, transition.to, &transition.reason) {
        (Closed | HalfOpen, Open, Reason::Tripped(_))
        | (MetricsOnly, MetricsOnly, Reason::Tripped(_))
        | (HalfOpen, Open, Reason::HalfOpenTimeout)
        | (Open, HalfOpen, Reason::RetryDue)
        | (HalfOpen, Closed, Reason::TrialPassed | Reason::RampEnded) => true,
        (from, to, Reason::Reset) => from != to && to == Closed,
        (from, to, Reason::ForceOpen) => from != to && to == ForcedOpen,
        (from, to, Reason::Disable) => from != to && to == Disabled,
        (from, to, Reason::MetricsOnly) => from != to && to == MetricsOnly,
        _ => false,
    }
}
