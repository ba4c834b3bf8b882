//! Settings from outside the program, for breakers by their names, existing and future.

use crate::configuration::Settings;
use crate::configuration::changes::Changes;
use crate::configuration::config_error::ConfigError;
use crate::configuration::name::Name;
use crate::configuration::pattern::Pattern;
use crate::engine::breaker::Breaker;
use crate::engine::reconfigure;
use crate::engine::registry::REGISTRY;
#[cfg(feature = "tracing")]
use crate::events::tracing::emit_unfit;
use crate::sync::{Arc, RwLock};

/// Changes for the breakers of a pattern.
pub(crate) struct Prescribed {
    pub(crate) pattern: Pattern,
    pub(crate) changes: Changes,
}

impl Prescribed {
    /// Whether it is for the breaker of this name, or for its family.
    pub(crate) fn is_for(&self, name: &Name) -> bool {
        self.pattern.matches(name) || name.family().is_some_and(|family| self.pattern.matches(family))
    }
}

/// All entries. Where several are for one breaker, later ones are more specific.
pub(crate) struct Prescription {
    entries: Vec<Prescribed>,
}

/// The current prescription, and the breakers made since then that it did not fit.
struct Standing {
    prescription: Option<Arc<Prescription>>,
    unfit: Vec<(Name, ConfigError)>,
}

static STANDING: RwLock<Standing> = RwLock::new(Standing { prescription: None, unfit: Vec::new() });

/// How many breakers are remembered that their settings do not fit: there may be one for each customer.
const MOST_UNFIT: usize = 256;

impl Prescription {
    pub(crate) fn new(mut entries: Vec<Prescribed>) -> Self {
        entries.sort_by(|one, other| one.pattern.cmp(&other.pattern));
        Self { entries }
    }

    pub(crate) fn entries(&self) -> &[Prescribed] {
        &self.entries
    }

    /// The entries for a breaker, the most specific one last.
    pub(crate) fn of<'a>(&'a self, name: &'a Name) -> impl DoubleEndedIterator<Item = &'a Prescribed> {
        self.entries.iter().filter(move |entry| entry.is_for(name))
    }

    /// All changes for a breaker.
    fn changes(&self, name: &Name) -> Changes {
        self.of(name).fold(Changes::new(), |general, entry| entry.changes.clone().over(&general))
    }

    /// What would be wrong with the settings of a breaker.
    pub(crate) fn check(&self, breaker: &Breaker) -> Result<(), ConfigError> {
        let own = breaker.own_settings();
        let own = own.as_deref().unwrap_or(breaker.settings.get());
        self.changes(breaker.name()).of(own).check(breaker.has_clock())
    }
}

/// Replaces what was prescribed before. Returns the names of the breakers whose settings changed.
pub(crate) fn prescribe(prescription: Prescription) -> Vec<String> {
    let prescription = Arc::new(prescription);
    let before = {
        let mut standing = STANDING.write();
        standing.unfit.clear();
        standing.prescription.replace(prescription.clone())
    };
    let concerns = |name: &Name| {
        let before = before.as_ref().is_some_and(|before| before.of(name).next().is_some());
        before || prescription.of(name).next().is_some()
    };
    let live = REGISTRY.live();
    let changed = live.iter().filter(|breaker| concerns(breaker.name()) && follow(breaker, true));
    changed.map(|breaker| breaker.name().as_str().to_owned()).collect()
}

/// The breakers that were made after the prescription, and whose own settings it does not fit: they keep these.
pub(crate) fn unfit() -> Vec<(Name, ConfigError)> {
    STANDING.read().unfit.clone()
}

/// Gives a breaker that has just been put into use what is prescribed for it. For the breaker of a key, this is not news: otherwise, whoever
/// chooses the keys could flood logs and listeners.
pub(super) fn begin(breaker: &Breaker) {
    let is_prescribed =
        || standing().is_some_and(|prescription| prescription.of(breaker.name()).next().is_some());
    if !breaker.origin.is_hidden() && is_prescribed() {
        follow(breaker, breaker.name().family().is_none());
    }
}

/// Applies what is prescribed to the program's own settings of a breaker. Returns whether its settings changed.
fn follow(breaker: &Breaker, is_news: bool) -> bool {
    let mut is_changed = false;
    loop {
        let prescription = standing();
        let changes = prescription.as_ref().map(|prescription| prescription.changes(breaker.name()));
        let prescribed = |own: &Settings| changes.clone().unwrap_or_default().of(own);
        let result = reconfigure::prescribe(breaker, is_news, prescribed);
        is_changed |= matches!(result, Ok(true));
        // Another thread may have prescribed something else meanwhile, before this breaker took the older settings. The last one prevails.
        if prescription.as_ref().map(Arc::as_ptr) != standing().as_ref().map(Arc::as_ptr) {
            continue;
        }
        if let Err(error) = result
            && list_unfit(breaker.name(), &error)
        {
            #[cfg(feature = "tracing")]
            emit_unfit(breaker.name(), &error);
        }
        return is_changed;
    }
}

/// Remembers that the settings do not fit the breaker. Returns whether that is new: a key may come and go many times.
fn list_unfit(breaker: &Name, error: &ConfigError) -> bool {
    let unfit = &mut STANDING.write().unfit;
    let is_new = unfit.len() < MOST_UNFIT && unfit.iter().all(|(name, _)| name != breaker);
    if is_new {
        unfit.push((breaker.clone(), error.clone()));
    }
    is_new
}

fn standing() -> Option<Arc<Prescription>> {
    STANDING.read().prescription.clone()
}
