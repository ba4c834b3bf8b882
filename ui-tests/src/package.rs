//! Packages that tests write for the compiler.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A package with the dependencies of this one, which are compiled once for all such packages.
pub struct Package {
    folder: PathBuf,
}

impl Package {
    /// A package without sources, in place of that of an earlier run. Only a test knows the folder: `CARGO_TARGET_TMPDIR`.
    ///
    /// # Panics
    ///
    /// If its files cannot be written.
    pub fn new(folder: &str, name: &str) -> Self {
        let package = Self { folder: Path::new(folder).join(name) };
        let _ = fs::remove_dir_all(&package.folder);
        package.write("Cargo.toml", &manifest(name));
        let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
        package.write("Cargo.lock", &lock);
        package
    }

    /// Writes a file of the package.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A cargo command for the package.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([subcommand, "--quiet", "--manifest-path"]).arg(self.folder.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(self.target()).env_remove("RUSTFLAGS");
        cargo
    }

    /// Where cargo builds the package: the same folder as for trybuild, so that macros are built once for both.
    ///
    /// # Panics
    ///
    /// If the folder given is not `CARGO_TARGET_TMPDIR`.
    pub fn target(&self) -> PathBuf {
        let target = self.folder.ancestors().nth(2).expect("it is in a folder of cargo's");
        target.join("tests").join("trybuild")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a package of the workspace")
}

fn manifest(name: &str) -> String {
    let own = fs::read_to_string(root().join("ui-tests/Cargo.toml")).unwrap();
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let dependencies = section(&own, "dependencies");
    let root = root().display().to_string().replace('\\', "/");
    let versions =
        section(&workspace, "workspace.dependencies").replace("path = \"", &format!("path = \"{root}/"));
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{dependencies}\n\n[workspace]\n\n[workspace.dependencies]\n{versions}\n"
    )
}

/// What a manifest says below this heading.
fn section<'a>(manifest: &'a str, name: &str) -> &'a str {
    let (_, after) = manifest.split_once(&format!("\n[{name}]\n")).expect("the section is there");
    after.split_once("\n[").map_or(after, |(section, _)| section)
}
