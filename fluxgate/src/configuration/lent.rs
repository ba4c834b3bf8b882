//! Settings that errors hold, to name a breaker that may be gone by then.

use std::cell::Cell;
use std::mem;

use super::Settings;
use super::name::Name;
use super::named::{NamedSettings, SettingsRef};
use crate::sync::{Arc, thread_local};

/// Settings that live at least as long as this.
///
/// Taking and releasing a reference to them takes two locked instructions, longer than all the rest of a refusal. But most errors are gone
/// by the time their thread meets the next one of the same breaker. So the reference is not released: the thread keeps it for that error.
#[derive(Clone)]
pub(crate) struct LentSettings(SettingsRef);

/// How many references a thread keeps: one for each of the breakers that refuse calls in turns.
const KEPT: usize = 4;

thread_local! {
    static KEPT_BY_THREAD: [Cell<Option<Arc<NamedSettings>>>; KEPT] = const { [const { Cell::new(None) }; KEPT] };
}

impl LentSettings {
    #[inline]
    pub(crate) fn of_static(settings: &'static Settings) -> Self {
        Self(SettingsRef::Static(settings))
    }

    #[inline]
    pub(crate) fn of_shared(settings: &Arc<NamedSettings>) -> Self {
        let kept = KEPT_BY_THREAD.try_with(|kept| kept[place(settings)].take()).ok().flatten();
        let own = kept.filter(|kept| Arc::ptr_eq(kept, settings));
        Self(SettingsRef::Shared(own.unwrap_or_else(|| settings.clone())))
    }

    #[inline]
    pub(crate) fn get(&self) -> &Settings {
        self.0.get()
    }

    #[inline]
    pub(crate) fn name(&self) -> &Name {
        self.0.name()
    }
}

impl Drop for LentSettings {
    #[inline]
    fn drop(&mut self) {
        if let SettingsRef::Shared(_) = &self.0
            && let SettingsRef::Shared(settings) =
                mem::replace(&mut self.0, SettingsRef::Static(Settings::STANDARD))
        {
            keep(settings);
        }
    }
}

#[inline(never)]
fn keep(settings: Arc<NamedSettings>) {
    // The breaker is gone, so nobody needs them any more.
    if Arc::strong_count(&settings) == 1 {
        return;
    }
    let _ = KEPT_BY_THREAD.try_with(|kept| kept[place(&settings)].set(Some(settings)));
}

#[inline]
fn place(settings: &Arc<NamedSettings>) -> usize {
    Arc::as_ptr(settings).addr() / 16 % KEPT
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use super::{Arc, KEPT, LentSettings, Name, NamedSettings, Settings};

    fn settings(name: &'static str) -> Arc<NamedSettings> {
        Arc::new(NamedSettings::new(Settings::standard(Name::from_static(name))))
    }

    #[test]
    fn a_thread_lends_what_it_was_given_back() {
        let settings = settings("payments");
        let lent = LentSettings::of_shared(&settings);
        assert_eq!((Arc::strong_count(&settings), lent.name().as_str()), (2, "payments"));
        drop(lent);
        assert_eq!(Arc::strong_count(&settings), 2, "it is kept");
        let lent = [(); 3].map(|()| LentSettings::of_shared(&settings));
        assert_eq!(Arc::strong_count(&settings), 4, "it is lent once");
        drop(lent);
        assert_eq!(Arc::strong_count(&settings), 2, "one is kept");
    }

    #[test]
    fn a_thread_keeps_little_and_nothing_of_what_is_gone() {
        let all = std::thread::spawn(|| {
            let all: Vec<_> = (0..100).map(|_| settings("one of many")).collect();
            for settings in &all {
                drop(LentSettings::of_shared(settings));
            }
            let kept = all.iter().filter(|settings| Arc::strong_count(settings) > 1).count();
            assert!((1..=KEPT).contains(&kept), "{kept}");

            let gone = settings("gone");
            let (lent, weak) = (LentSettings::of_shared(&gone), Arc::downgrade(&gone));
            drop(gone);
            assert_eq!(lent.name().as_str(), "gone");
            drop(lent);
            assert_eq!(weak.strong_count(), 0);
            all
        })
        .join()
        .expect("no assertion fails");
        for settings in &all {
            assert_eq!(Arc::strong_count(settings), 1, "the thread is gone");
        }
    }
}
