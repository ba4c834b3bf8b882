//! Which file belongs to which layer, and what is wrong with the arrows between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::arrows::{Arrow, Arrows, arrows};
use crate::sources::Module;

/// A layer: its name, its files and folders, and the layers it may import in addition to itself.
pub(crate) type Layer = (&'static str, &'static str, &'static str);

const ROOT: &str = "lib.rs";

/// The mistakes, one line each. File names are prefixed with `folder`.
pub(crate) fn mistakes(layers: &[Layer], folder: &str, modules: &[Module]) -> Vec<String> {
    let files: BTreeSet<_> =
        modules.iter().map(|module| module.file.as_str()).filter(|&file| file != ROOT).collect();
    let homes: BTreeMap<_, _> =
        files.iter().filter_map(|&file| Some((file, layer_of(layers, file)?))).collect();
    let homeless = files.iter().filter(|file| !homes.contains_key(*file));
    let mut mistakes: Vec<_> =
        homeless.map(|file| format!("{folder}{file} belongs to no layer: give it one")).collect();

    let arrows = arrows(modules);
    let mut beside = BTreeMap::<&str, BTreeSet<&str>>::new();
    for ((from, to), arrow) in &arrows {
        let Some((layer, _, below)) = homes.get(from.as_str()) else { continue };
        let target = homes.get(to.as_str());
        match target {
            Some((name, ..)) if name == layer => {
                // A type's own layer may call what is added to it there.
                if let Arrow::Import(..) = arrow {
                    beside.entry(from).or_default().insert(to);
                }
            }
            Some((name, ..)) if below.split_whitespace().any(|lower| lower == *name) => {}
            None if to != ROOT => {}
            _ => {
                let name = target.map_or("the crate's root", |(name, ..)| name);
                mistakes.push(format!("{folder}{from}:{arrow}: {layer} may not import {name}"));
            }
        }
    }
    mistakes.extend(circles(&beside).iter().map(|circle| drawn(circle, folder, &arrows)));
    mistakes
}

fn layer_of(layers: &[Layer], file: &str) -> Option<Layer> {
    let module = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let is_in =
        |place: &str| module.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    layers.iter().copied().find(|(_, places, _)| places.split_whitespace().any(is_in))
}

/// The shortest circles; no two share a file.
fn circles<'a>(beside: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let mut circles: Vec<_> = beside.keys().filter_map(|&file| shortest_circle(file, beside)).collect();
    circles.sort_by_key(Vec::len);
    let mut seen = BTreeSet::new();
    circles.retain(|circle| {
        let is_new = circle.iter().all(|file| !seen.contains(file));
        seen.extend(circle.iter().copied().filter(|_| is_new));
        is_new
    });
    circles
}

/// The files on the shortest way from a file back to itself.
fn shortest_circle<'a>(
    start: &'a str,
    beside: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> Option<Vec<&'a str>> {
    let mut ways = VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for &next in way.last().and_then(|last| beside.get(last)).into_iter().flatten() {
            if next == start {
                return Some(way);
            }
            if seen.insert(next) {
                ways.push_back(way.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}

/// ``a.rs:1 imports crate::b, b.rs:2 imports crate::a: a circle``
fn drawn(circle: &[&str], folder: &str, arrows: &Arrows) -> String {
    let next = circle.iter().cycle().skip(1);
    let steps = circle
        .iter()
        .zip(next)
        .map(|(&from, &to)| format!("{folder}{from}:{}", arrows[&(from.to_owned(), to.to_owned())]));
    format!("{}: a circle", steps.collect::<Vec<_>>().join(", "))
}
