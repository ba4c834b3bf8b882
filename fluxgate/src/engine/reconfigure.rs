//! New settings for a breaker in use.

use fluxgate_rules::Rule;

use super::breaker::{Breaker, needs};
use super::counting;
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
use crate::configuration::config_error::ConfigError;
use crate::events::cause::Figures;
use crate::events::transition::Reason;
use crate::state::State;
use crate::sync::{Arc, Ordering};

/// Changes both the program's own settings of the breaker and those in force, if the latter are then valid. Returns whether those in
/// force have changed.
pub(crate) fn change(
    breaker: &Breaker,
    changed: impl Fn(&Settings) -> Settings,
) -> Result<bool, ConfigError> {
    replace(breaker, true, |own, present| (Some(changed(own)), changed(present)))
}

/// Puts into force what is prescribed from outside, on the basis of the program's own settings, if that is valid. Tells listeners if it
/// is news. Returns whether the settings in force have changed.
#[cfg(feature = "serde")]
pub(crate) fn prescribe(
    breaker: &Breaker,
    is_news: bool,
    prescribed: impl Fn(&Settings) -> Settings,
) -> Result<bool, ConfigError> {
    replace(breaker, is_news, |own, _| (None, prescribed(own)))
}

/// Replaces the settings in force and, if `replaced` returns them, the program's own.
fn replace(
    breaker: &Breaker,
    is_news: bool,
    replaced: impl Fn(&Settings, &Settings) -> (Option<Settings>, Settings),
) -> Result<bool, ConfigError> {
    let has_clock = breaker.has_clock();
    loop {
        let (present, before) = (breaker.settings(), breaker.own_settings());
        let own = before.as_deref().unwrap_or(breaker.settings.get());
        let (changed, settings) = replaced(own, &present);
        settings.check(has_clock)?;
        let settings = Arc::new(settings);
        let after = match changed.filter(|changed| changed != own) {
            None => before.clone(),
            // Changes that fit only what is prescribed are kept together with that, so that it can be withdrawn.
            Some(changed) if changed == *settings || changed.check(has_clock).is_err() => {
                Some(settings.clone())
            }
            Some(changed) => Some(Arc::new(changed)),
        };
        let differs = *settings != *present;
        if !differs && is_same(before.as_ref(), after.as_ref()) {
            return Ok(false);
        }
        let now = breaker.now();
        let guard = breaker.lock();
        // Nothing was locked meanwhile, so another thread may have changed the settings: then start again, so that no change is
        // lost.
        if !std::ptr::eq(&raw const *breaker.settings(), &raw const *present)
            || !is_same(breaker.own_settings().as_ref(), before.as_ref())
        {
            continue;
        }
        if differs {
            reconfigure(guard, settings, after, is_news, now);
        } else {
            breaker.replace_own_settings(after);
        }
        return Ok(differs);
    }
}

fn is_same(one: Option<&Arc<Settings>>, other: Option<&Arc<Settings>>) -> bool {
    one.map(Arc::as_ptr) == other.map(Arc::as_ptr)
}

/// Puts these settings into force, which have been checked, and keeps the program's own. The breaker's name, its state, and how long
/// it is open stay as they are; only an endless pause is over if the new retry has an end.
///
/// If the rule or the window changes, a new generation begins: outcomes of earlier calls are late, and a trial starts over. The
/// memory is kept if the new settings would remember the same of the same calls, and is judged by the new rule at once.
fn reconfigure(
    mut guard: Guard<'_>,
    settings: Arc<Settings>,
    own: Option<Arc<Settings>>,
    is_news: bool,
    now: u64,
) {
    let breaker = guard.breaker;
    let old = breaker.settings();
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
    breaker.replace_own_settings(own);
    if renews {
        guard.end_generation();
        match &mut guard.memory {
            Some(memory) if keeps_memory => memory.forget_headroom(),
            memory => *memory = None,
        }
        // As evidence, running calls are part of what is remembered.
        if guard.word.state().records() || !keeps_memory {
            guard.running = Running::NONE;
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
    if is_news {
        transition::announce(&mut guard, state, &Change::to(state, Reason::Reconfigured, now), metrics);
    }
    if renews && keeps_memory {
        judge(guard, now);
    } else {
        drop(guard);
    }
    transition::deliver(breaker);
}

/// Resets what belongs to a generation.
fn renew(guard: &mut Guard<'_>, figures: Figures) {
    let breaker = guard.breaker;
    match &mut guard.period {
        Period::Trial(trial) => {
            *trial = Trial::new(breaker.trial(), trial.pause_ended);
            if let Some(memory) = &mut guard.memory {
                memory.clear();
            }
        }
        Period::MetricsOnly(crossings, highest) => {
            let settings = breaker.settings();
            (*crossings, *highest) = (Crossings::default(), Highest::of(settings.rule.nodes()));
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
        counting::prepare(breaker, slow_from);
    }
    breaker.slow_from.store(if counts { 0 } else { slow_from }, Ordering::Release);
    guard.publish(next.recording(needs, counts));
}

/// Judges what is remembered by the new rule, which may already hold.
fn judge(mut guard: Guard<'_>, now: u64) {
    if guard.memory.is_none() {
        return;
    }
    let occasion = match &mut guard.period {
        Period::Closed => Occasion::Closed,
        Period::Ramp(_) => Occasion::Ramp,
        Period::MetricsOnly(crossings, _) => Occasion::MetricsOnly(crossings.next()),
        _ => return,
    };
    let metrics = guard.metrics(now);
    let step = evaluation::evaluate(guard.breaker.settings().rule.nodes(), occasion, &metrics, None);
    // The end of a ramp is noticed by calls. A verdict that was given a number has to be taken.
    if matches!(step, Step::Trip(_) | Step::Ask) || matches!(occasion, Occasion::MetricsOnly(_)) {
        follow(guard, occasion, step, now);
    }
}
