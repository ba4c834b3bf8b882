//! From each mention to the file that defines it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use crate::sources::{Kind, Meaning, Mention, Module};

/// What makes one file depend on another.
pub(crate) type Arrows = BTreeMap<(String, String), Arrow>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Arrow {
    /// A mention of a module, with its line.
    Import(usize, String),
    /// A call of a type's function that is defined in another file than the type.
    Call(usize, String, String),
}

impl fmt::Display for Arrow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Import(line, module) => write!(formatter, "{line} imports {module}"),
            Self::Call(line, function, module) => write!(formatter, "{line} calls `{function}` of {module}"),
        }
    }
}

/// The first arrow between each two files of a crate.
pub(crate) fn arrows(modules: &[Module]) -> Arrows {
    let mut arrows = Arrows::new();
    let mut draw = |from: &Module, to: &Module, arrow: Arrow| {
        if from.file != to.file {
            let first = arrows.entry((from.file.clone(), to.file.clone())).or_insert_with(|| arrow.clone());
            *first = arrow.min(first.clone());
        }
    };
    let added = AddedMethods::of(modules);
    for (index, module) in modules.iter().enumerate() {
        for mention in &module.mentions {
            if mention.kind == Kind::Method {
                for to in added.called_by(mention, |of| targets(modules, index, of)) {
                    let to = &modules[to];
                    let name = mention.path.last().cloned().unwrap_or_default();
                    draw(module, to, Arrow::Call(mention.line, name, spelled(to)));
                }
                continue;
            }
            for target in targets(modules, index, &mention.path) {
                let to = &modules[target.module()];
                // Only imports name a bare module; in code, the same name means something else.
                let is_something_else = mention.kind == Kind::Code && matches!(target, Target::Module(_));
                // A file that re-exports what its submodules define is their facade, and does not depend on them.
                let is_face = mention.kind == Kind::ReExport && to.path.starts_with(&module.path);
                if !is_something_else && !is_face {
                    draw(module, to, Arrow::Import(mention.line, spelled(to)));
                }
            }
        }
    }
    arrows
}

/// Functions of types that are defined in another file than the type.
struct AddedMethods<'a> {
    /// By name: the types, and the functions' modules.
    homes: HashMap<&'a str, Vec<(Target, usize)>>,
    /// How many functions of types have a name.
    counts: HashMap<&'a str, usize>,
}

impl<'a> AddedMethods<'a> {
    fn of(modules: &'a [Module]) -> Self {
        let mut added = Self { homes: HashMap::new(), counts: HashMap::new() };
        for (index, module) in modules.iter().enumerate() {
            for method in &module.methods {
                *added.counts.entry(&method.name).or_default() += 1;
                let types = method.of.iter().flat_map(|of| targets(modules, index, of));
                let elsewhere = types.filter(|home| modules[home.module()].file != module.file);
                added.homes.entry(&method.name).or_default().extend(elsewhere.map(|home| (home, index)));
            }
        }
        added
    }

    /// The modules of the functions that a call may mean. If its type is unknown, only a name that no other function has identifies one.
    fn called_by(&self, call: &Mention, meaning: impl Fn(&[String]) -> BTreeSet<Target>) -> Vec<usize> {
        let Some((name, of)) = call.path.split_last() else { return Vec::new() };
        let homes = self.homes.get(name.as_str()).into_iter().flatten();
        if of.is_empty() {
            homes.filter(|_| self.counts[name.as_str()] == 1).map(|&(_, module)| module).collect()
        } else {
            let types = meaning(of);
            homes.filter(|(home, _)| types.contains(home)).map(|&(_, module)| module).collect()
        }
    }
}

fn spelled(module: &Module) -> String {
    ["crate"].into_iter().chain(module.path.iter().map(String::as_str)).collect::<Vec<_>>().join("::")
}

/// What a path means to code in a module; `None` if it leads out of the crate.
fn targets(modules: &[Module], module: usize, path: &[String]) -> BTreeSet<Target> {
    Names { modules, asked: HashSet::new() }.of_path(module, path)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// Something that the module defines.
    Item(usize),
    Module(usize),
}

impl Target {
    fn module(self) -> usize {
        match self {
            Self::Item(module) | Self::Module(module) => module,
        }
    }
}

struct Names<'a> {
    modules: &'a [Module],
    /// Imports being followed: an import may have the same name as what it imports.
    asked: HashSet<(usize, String)>,
}

impl Names<'_> {
    fn of_path(&mut self, module: usize, path: &[String]) -> BTreeSet<Target> {
        let mut start = module;
        let mut names = path.iter().peekable();
        let mut is_relative = true;
        while let Some(name) = names.next_if(|name| ["crate", "self", "super"].contains(&name.as_str())) {
            is_relative = false;
            match name.as_str() {
                "crate" => start = 0,
                "super" => start = self.modules[start].parent,
                _ => {}
            }
        }
        let mut targets = BTreeSet::from([Target::Module(start)]);
        for name in names {
            let is_missing_elsewhere = std::mem::replace(&mut is_relative, false);
            // If a module and something else share the name, the one with members is the module.
            let modules: Vec<_> =
                targets.iter().copied().filter(|target| matches!(target, Target::Module(_))).collect();
            if modules.is_empty() {
                break;
            }
            targets.clear();
            for module in modules.into_iter().map(Target::module) {
                let found = self.of_name(module, name);
                if found.is_empty() && !is_missing_elsewhere {
                    // It must exist, generated by a macro.
                    targets.insert(Target::Item(module));
                }
                targets.extend(found);
            }
        }
        targets
    }

    fn of_name(&mut self, module: usize, name: &str) -> BTreeSet<Target> {
        let is_first = self.asked.insert((module, name.to_owned()));
        let here = &self.modules[module];
        let mut targets = BTreeSet::new();
        for meaning in
            [&here.names, &here.local_names].into_iter().filter_map(|names| names.get(name)).flatten()
        {
            match meaning {
                Meaning::Defined => _ = targets.insert(Target::Item(module)),
                Meaning::Module(index) => _ = targets.insert(Target::Module(*index)),
                Meaning::Import(path) if is_first => targets.extend(self.of_path(module, path)),
                Meaning::Import(_) => {}
            }
        }
        if targets.is_empty() && is_first {
            for glob in &here.globs {
                for source in self.of_path(module, glob) {
                    if let Target::Module(source) = source {
                        targets.extend(self.of_name(source, name));
                    }
                }
            }
        }
        if is_first {
            self.asked.remove(&(module, name.to_owned()));
        }
        targets
    }
}
