//! From what is mentioned to the file that defines it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::sources::{Kind, Meaning, Module};

/// What leads from one file to another: by which line, and to which module in it.
pub(crate) type Arrows = BTreeMap<(String, String), Arrow>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) line: usize,
    pub(crate) module: String,
}

/// The first arrow between any two files of a crate.
pub(crate) fn arrows(modules: &[Module]) -> Arrows {
    let mut arrows = Arrows::new();
    for (index, module) in modules.iter().enumerate() {
        for mention in &module.mentions {
            for target in (Names { modules, asked: HashSet::new() }).of_path(index, &mention.path) {
                let to = &modules[target.module()];
                // A module alone is named by imports; in code, what has its name is something else.
                let is_something_else = mention.kind == Kind::Code && matches!(target, Target::Module(_));
                // Whoever re-exports what its own submodules define is their face, and needs nothing of them.
                let is_facade = mention.kind == Kind::ReExport && to.path.starts_with(&module.path);
                if to.file != module.file && !is_something_else && !is_facade {
                    let arrow = Arrow {
                        line: mention.line,
                        module: ["crate"]
                            .into_iter()
                            .chain(to.path.iter().map(String::as_str))
                            .collect::<Vec<_>>()
                            .join("::"),
                    };
                    let first = arrows.entry((module.file.clone(), to.file.clone())).or_insert(arrow.clone());
                    if arrow < *first {
                        *first = arrow;
                    }
                }
            }
        }
    }
    arrows
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
    /// Imports that are being followed: an import may have the name of what it imports.
    asked: HashSet<(usize, String)>,
}

impl Names<'_> {
    /// What a path means to code in a module. Nothing, if it leads out of the crate.
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
            // What has members is the module, if a module and something else share the name.
            let modules: Vec<_> =
                targets.iter().copied().filter(|target| matches!(target, Target::Module(_))).collect();
            if modules.is_empty() {
                break;
            }
            targets.clear();
            for module in modules.into_iter().map(Target::module) {
                let found = self.of_name(module, name);
                if found.is_empty() && !is_missing_elsewhere {
                    // It must be there, made by a macro.
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
