//! The page "What the compiler tells you" is made of the refused programs. With `FLUXGATE_BLESS` set, it is written anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders that are about our own messages, in the order of the page, with what is refused.
const KINDS: [(&str, &str); 8] = [
    ("words", "Words that are not known"),
    ("arguments", "Arguments"),
    ("values", "Numbers, ratios and durations"),
    ("shapes", "The shape of a rule"),
    ("rules", "Rules that make no sense"),
    ("exclusions", "Arguments that exclude each other"),
    ("trackers", "Trackers"),
    ("functions", "Functions that cannot be guarded"),
];

#[test]
fn the_page_has_what_the_compiler_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut page = String::from(
        "What the compiler tells you.\n\n\
         A wrong rule does not compile. Each message says what is wrong, where, and what would be right; all that is wrong with an \
         attribute is said at once, and the function stays, so that nothing else fails. In a string, the message draws the rule \
         with carets under the word. This page is made of the programs of the test suite, each of which has its whole message, and \
         compiles when it is put right as the message says.\n",
    );
    for (kind, title) in KINDS {
        let _ = write!(page, "\n# {title}\n\n| written | said |\n|---|---|\n");
        for program in programs(&root.join("refused").join(kind)) {
            if let Some((written, said)) = row(&program) {
                let _ = writeln!(page, "| {} | {} |", code(&written), cell(&said));
            }
        }
    }
    page.push_str(AFTERWARDS);
    let path = root.join("../fluxgate/docs/compiler.md");
    if std::env::var_os("FLUXGATE_BLESS").is_some() {
        return fs::write(path, page).unwrap();
    }
    assert!(
        fs::read_to_string(path).unwrap() == page,
        "run this with FLUXGATE_BLESS=1 and read what has changed"
    );
}

const AFTERWARDS: &str = "\n# What only types can tell\n\n\
    | what | said |\n|---|---|\n\
    | the error has no `From<CallNotPermitted>` | `` `PaymentError` cannot say that a call was refused ``, under the return type, with the line to \
    add with thiserror |\n\
    | the return type is no `Result` | `` `Option<u32>` is not a `Result`, so nothing says which calls failed ``, under the return type |\n\
    | `type_of` of an error without sources | `` `type_of` cannot look into `String` `` |\n\
    | a constant out of range | `` `RATE` is out of range: a ratio is above 0 and at most 1 ``, under the argument, by const evaluation |\n";

fn programs(folder: &Path) -> Vec<PathBuf> {
    let mut programs: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    programs.sort();
    programs
}

/// The arguments, or the line that the message points to; and the first message of a program, if it is ours.
fn row(program: &Path) -> Option<(String, Vec<String>)> {
    let source = fs::read_to_string(program).unwrap();
    let message = fs::read_to_string(program.with_extension("stderr")).unwrap();
    let mut lines = message.lines();
    let mut said = vec![lines.next()?.strip_prefix("error: ")?.to_owned()];
    let mut lines = lines.map(str::trim);
    for line in lines.by_ref().take_while(|line| !line.starts_with("--> ")) {
        said.extend(line.strip_prefix("help: ").map(str::to_owned));
    }
    // Below, the line that is wrong follows its number.
    let number = message
        .lines()
        .find_map(|line| line.trim().strip_prefix("--> ")?.split(':').nth(1)?.parse::<usize>().ok())?;
    let line = source.lines().nth(number - 1)?.trim();
    let within = |open: &str, close: &str| Some(line.split_once(open)?.1.rsplit_once(close)?.0.to_owned());
    let written = within("#[circuit_breaker(", ")]")
        .or_else(|| within("breaker!(", ");"))
        .unwrap_or_else(|| line.to_owned());
    Some((written, said))
}

fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn cell(said: &[String]) -> String {
    said.join("<br>").replace('|', "\\|")
}
