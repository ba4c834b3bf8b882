//! Types that share a name.

use std::collections::BTreeMap;

use crate::sources::Module;

/// The names that types in different files share, each with its places. A file may define a type several times, under different `cfg`s.
/// A place begins with the folder of its crate.
pub(crate) fn shared(crates: &[(String, Vec<Module>)]) -> BTreeMap<String, Vec<String>> {
    let mut places = BTreeMap::<_, BTreeMap<_, _>>::new();
    for (folder, modules) in crates {
        for module in modules {
            for (name, line) in &module.types {
                let file = format!("{folder}{}", module.file);
                places.entry(name.clone()).or_default().entry(file).or_insert(*line);
            }
        }
    }
    places.retain(|_, places| places.len() > 1);
    let spelled = |places: BTreeMap<String, usize>| {
        places.into_iter().map(|(file, line)| format!("{file}:{line}")).collect()
    };
    places.into_iter().map(|(name, places)| (name, spelled(places))).collect()
}
