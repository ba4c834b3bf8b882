//! What the compiler accepts, what it refuses, and what it says then.
//!
//! A refused program may begin with a line that says how to put it right: ``// fix: `OLD` => `NEW` ``. The message has to
//! suggest `NEW`, and with it the program has to compile. Where a message can only say in words what to do, the line begins
//! `// fix by hand:`, and the program has to compile all the same.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io, panic};

use fluxgate_ui_tests::compiler;
use fluxgate_ui_tests::package::Package;

#[test]
fn refused() {
    // Half of what is said is the compiler's own, and changes with it.
    if compiler::is_recorded() {
        // Cargo keeps the programs of a run in memory, which is copied for each compiler that it starts: with all of them in one
        // run, that takes longer than compiling them.
        let is_refused = |folder: &PathBuf| {
            panic::catch_unwind(|| trybuild::TestCases::new().compile_fail(folder.join("*.rs"))).is_ok()
        };
        let failed: Vec<_> = folders().into_iter().filter(|folder| !is_refused(folder)).collect();
        assert!(failed.is_empty(), "{failed:#?}");
    } else {
        let told = format!(
            "messages are not compared: recorded with rustc {}, and this is {}",
            compiler::recorded(),
            compiler::version()
        );
        // A print would not be shown, as the test does not fail.
        writeln!(io::stderr(), "\n{told}").expect("there is somebody to tell");
    }
}

#[test]
fn programs_compile_once_corrected() {
    let package = Package::new(env!("CARGO_TARGET_TMPDIR"), "put_right");
    // All of them in one program, each a module, which compiles as fast as one of them.
    let mut all = String::from("#![allow(dead_code, unused_imports)]\n");
    let mut mains = Vec::new();
    for program in programs() {
        let source = fs::read_to_string(&program).unwrap();
        let Some(fix) = Fix::of(&source) else { continue };
        if fix.is_suggested {
            let message = fs::read_to_string(program.with_extension("stderr")).unwrap();
            assert!(message.contains(&fix.new), "{} suggests `{}`", program.display(), fix.new);
        }
        let [name, kind] = [program.file_stem(), program.parent().and_then(Path::file_name)]
            .map(|part| part.unwrap().to_string_lossy());
        // Each is still a program: its `main` is used, and so is what that uses.
        let module = fix.apply().replace("fn main()", "pub fn main()");
        package.write(&format!("src/{kind}_{name}.rs"), &module);
        writeln!(all, "mod {kind}_{name};").expect("a string can be written to");
        mains.push(format!("{kind}_{name}::main"));
    }
    writeln!(all, "fn main() {{ let _: [fn(); {}] = [{}]; }}", mains.len(), mains.join(", "))
        .expect("a string can be written to");
    package.write("src/main.rs", &all);
    let checked = package.cargo("check").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

/// The refused programs.
fn programs() -> Vec<PathBuf> {
    let files = folders().into_iter().flat_map(|folder| entries(&folder));
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Where they are, by what is wrong with them.
fn folders() -> Vec<PathBuf> {
    entries(Path::new("refused"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// What the first line of a refused program says.
struct Fix<'a> {
    is_suggested: bool,
    old: String,
    new: String,
    program: &'a str,
}

impl<'a> Fix<'a> {
    fn of(source: &'a str) -> Option<Self> {
        let (line, program) = source.split_once('\n')?;
        let (is_suggested, fix) = match line.strip_prefix("// fix: ") {
            Some(fix) => (true, fix),
            None => (false, line.strip_prefix("// fix by hand: ")?),
        };
        let (old, new) = fix.strip_prefix('`')?.strip_suffix('`')?.split_once("` => `")?;
        let [old, new] = [old, new].map(|text| text.replace("\\n", "\n"));
        Some(Self { is_suggested, old, new, program })
    }

    fn apply(&self) -> String {
        assert!(self.program.contains(&self.old), "`{}` is in the program", self.old);
        self.program.replacen(&self.old, &self.new, 1)
    }
}
