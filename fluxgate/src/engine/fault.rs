//! Faults injected into a breaker.
//!
//! A bit of the state word marks a fault, so breakers without one pay nothing. Injecting is not a change of state: calls admitted
//! before still count, and a transition or a reset leaves the fault in place.

#[cfg(feature = "tokio")]
use std::time::Duration;

use fluxgate_rules::metrics::nanos;

use super::answer::Admission;
use super::breaker::Breaker;
use super::guard::Guard;
use super::injected::Injected;
use super::recording;
use super::word::StateWord;
use crate::configuration::fault::Fault;
#[cfg(feature = "tracing")]
use crate::events::tracing::emit_fault;
use crate::state::{Outcome, State};
use crate::sync::Ordering;

/// Injects a fault, which has been checked, replacing any other.
pub(crate) fn inject(breaker: &Breaker, fault: Fault) {
    let until = breaker.now().saturating_add(nanos(fault.lasts));
    set(&mut breaker.lock(), Some(Injected { fault, until }));
    announce(breaker, Some(&fault));
}

/// Removes the fault, if there is one.
pub(crate) fn clear(breaker: &Breaker) {
    let guard = breaker.lock();
    if guard.fault.is_some() {
        end(guard);
    }
}

/// The fault in force at `now`, with how long it will still last.
pub(crate) fn present(guard: &Guard<'_>, now: u64) -> Option<Fault> {
    guard.fault.as_ref().and_then(|injected| injected.present(now))
}

/// Admits a call of a breaker with a fault, under `word`: the fault strikes it or not. The call began at `start`.
#[cold]
#[inline(never)]
pub(super) fn strike(breaker: &Breaker, word: StateWord, start: u64) -> Admission {
    // Whoever disabled the breaker wants it out of the way altogether.
    if word.state() == State::Disabled {
        return Admission::admitted(word, start);
    }
    let now = breaker.now();
    let guard = breaker.lock();
    let fault = present(&guard, now);
    if fault.is_none() && guard.fault.is_some() {
        end(guard);
    } else {
        drop(guard);
    }
    let Some(Fault { failing, delaying, .. }) = fault else { return Admission::admitted(word, start) };
    let drawn = breaker.draw(now).unit();
    if drawn < failing {
        recording::record_undated(breaker, word, start, Outcome::Failure);
        return Admission::failed(word);
    }
    Admission::admitted(if drawn < failing + delaying { word.struck() } else { word }, start)
}

/// How long a struck call is delayed.
#[cfg(feature = "tokio")]
pub(crate) fn delay(breaker: &Breaker) -> Duration {
    breaker.lock().fault.as_ref().map_or(Duration::ZERO, |injected| injected.fault.delay)
}

fn end(mut guard: Guard<'_>) {
    let breaker = guard.breaker;
    set(&mut guard, None);
    drop(guard);
    announce(breaker, None);
}

#[cfg_attr(not(feature = "tracing"), expect(unused_variables, reason = "only `tracing` hears of it"))]
fn announce(breaker: &Breaker, fault: Option<&Fault>) {
    #[cfg(feature = "tracing")]
    emit_fault(breaker.name(), fault);
}

fn set(guard: &mut Guard<'_>, fault: Option<Injected>) {
    let breaker = guard.breaker;
    guard.revoke_grants();
    if fault.is_some() {
        breaker.state.fetch_or(StateWord::FAULTY, Ordering::Release);
    } else {
        breaker.state.fetch_and(!StateWord::FAULTY, Ordering::Release);
    }
    guard.fault = fault.map(Box::new);
}
