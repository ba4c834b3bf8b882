//! New settings for a breaker in use.

use fluxgate_rules::Rule;

use super::breaker::{Breaker, needs};
use super::crossings::Crossings;
use super::evaluation::{self, Occasion, Step};
use super::guard::Guard;
use super::highest::Highest;
use super::locked::Period;
use super::open;
use super::running::Running;
use super::transition::{self, Change, Pause};
use super::trial::Trial;
use super::verdict::follow;
use super::word::StateWord;
use crate::clock::NEVER;
use crate::configuration::Settings;
use crate::configuration::error::ConfigError;
use crate::events::cause::Figures;
use crate::events::transition::Reason;
use crate::state::State;
use crate::sync::Ordering;

/// Replaces the breaker's settings with what `changed` makes of them, if that is valid. Returns whether they differ.
pub(crate) fn change(
    breaker: &Breaker,
    changed: impl Fn(&Settings) -> Settings,
) -> Result<bool, ConfigError> {
    loop {
        let present = breaker.settings();
        let settings = changed(&present);
        settings.check(breaker.has_clock())?;
        // Nothing was locked meanwhile, so another thread may have changed the settings: then start again, so that no change is
        // lost.
        if settings == *present {
            return Ok(false);
        }
        if reconfigure(breaker, &present, settings) {
            return Ok(true);
        }
    }
}

/// Gives the breaker these settings, which have been checked, or returns `false` if `present` are no longer its settings. Its name,
/// its state, and how long it is open stay as they are; only an endless pause is over if the new retry has an end.
///
/// If the rule or the window changes, a new generation begins: outcomes of earlier calls are late, and a trial starts over. The
/// memory is kept if the new settings would remember the same of the same calls, and is judged by the new rule at once.
fn reconfigure(breaker: &Breaker, present: &Settings, settings: Settings) -> bool {
    let now = breaker.now();
    let mut guard = breaker.lock();
    let old = breaker.settings();
    if !std::ptr::eq(&raw const *old, present) {
        return false;
    }
    let renews = old.rule != settings.rule || old.window != settings.window;
    let keeps_memory = old.window == settings.window
        && Rule::measures(old.rule.nodes()) == Rule::measures(settings.rule.nodes());
    let figures = breaker.figures(guard.word).of_rule(old.rule.nodes(), settings.rule.nodes());
    let begins_to_retry = open::is_never_retried(&old) && !open::is_never_retried(&settings);
    drop(old);

    guard.begin_change();
    guard.close_stripes();
    let metrics = guard.metrics(now);
    breaker.replace_settings(settings);
    if renews {
        guard.end_generation();
        match &mut guard.memory {
            Some(memory) if keeps_memory => memory.forget_headroom(),
            memory => *memory = None,
        }
        renew(&mut guard, figures);
    }
    // An endless pause would outlast the retry that drew it.
    let is_endless = breaker.deadline.load(Ordering::Relaxed) == NEVER;
    if begins_to_retry && is_endless && guard.word.state() == State::Open {
        open::set_pause(&mut guard, Pause::For(0), now);
    }
    let next = if renews { guard.word.next(guard.word.state()) } else { guard.word };
    end_change(&mut guard, next);

    let state = next.state();
    transition::announce(&mut guard, state, &Change::to(state, Reason::Reconfigured, now), metrics);
    if renews && keeps_memory {
        judge(guard, now);
    } else {
        drop(guard);
    }
    transition::deliver(breaker);
    true
}

/// Resets what belongs to a generation.
fn renew(guard: &mut Guard<'_>, figures: Figures) {
    let breaker = guard.breaker;
    guard.running = Running::NONE;
    match &mut guard.period {
        Period::Trial(trial) => {
            *trial = Trial::new(breaker.trial(), trial.pause_ended);
            if let Some(memory) = &mut guard.memory {
                memory.clear();
            }
        }
        Period::MetricsOnly(crossings, highest) => {
            (*crossings, *highest) = (Crossings::default(), Highest::default());
        }
        Period::Closed | Period::Ramp(_) | Period::Asking(_) | Period::Unrecorded => {}
    }
    breaker.set_figures(figures);
}

/// Publishes the word of the generation in which the new settings are in force, and what else depends on them.
fn end_change(guard: &mut Guard<'_>, next: StateWord) {
    let breaker = guard.breaker;
    let settings = breaker.settings();
    let measures = breaker.measures();
    let needs = needs(&settings, &measures, breaker.reads_users_clock());
    let counts = guard.word.is_counted() || settings.count_calls;
    let slow_from = measures.slow_from();
    drop(settings);
    if counts {
        breaker.watch().calls();
    }
    if let Some(watch) = breaker.existing_watch() {
        watch.set_slow_from(slow_from);
    }
    breaker.slow_from.store(if counts { 0 } else { slow_from }, Ordering::Release);
    guard.publish(next.recording(needs, counts));
}

/// Judges what is remembered by the new rule, which may already hold.
fn judge(mut guard: Guard<'_>, now: u64) {
    let occasion = match &guard.period {
        Period::Closed => Occasion::Closed,
        Period::Ramp(_) => Occasion::Ramp,
        _ => return,
    };
    let metrics = guard.metrics(now);
    let step = evaluation::evaluate(guard.breaker.settings().rule.nodes(), occasion, &metrics, None);
    if guard.memory.is_some() && matches!(step, Step::Trip(_) | Step::Ask) {
        follow(guard, occasion, step, now);
    }
}
