//! An annotated function is warned about exactly where the bare one is, with every lint of the compiler and of clippy.
//!
//! The functions in `lints/` are compiled bare, and with each of the arguments below.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use fluxgate_ui_tests::compiler;
use fluxgate_ui_tests::package::Package;

/// What is compiled: a name, and the arguments of the attribute, or none for no attribute.
const FORMS: [(&str, Option<&str>); 6] = [
    ("bare", None),
    ("plain", Some("")),
    ("tracked", Some("(track = custom(crate::claims))")),
    ("rejected", Some("(rejected = crate::refused)")),
    ("fallback", Some("(fallback = crate::failed)")),
    (RETURNED, Some("(track = returned(_ if false), rejected = crate::no_value)")),
];

/// The form of functions that return no `Result`.
const RETURNED: &str = "returned";

/// The files of functions that return a `Result`, and of those that do not.
const FILES: [&str; 3] = ["sync", "asynchronous", "shapes"];
const FILES_OF_VALUES: [&str; 1] = ["values"];

/// What differs nevertheless: whether the warning is new or gone, the lint, the functions (none means all), and why.
const EXCEPTIONS: [(char, &str, &[&str], &str); 35] = [
    ('-', "clippy::unused_async", &[], "a guarded function awaits what guards it"),
    ('-', "clippy::unused_async_trait_impl", &[], "a guarded function awaits what guards it"),
    ('-', "clippy::missing_const_for_fn", &[], "a guarded function cannot be `const`"),
    ('-', "clippy::unnecessary_wraps", &[], "a refused call returns an error"),
    ('-', "unconditional_recursion", &["recurses"], "a refused call does not go on"),
    (
        '-',
        "clippy::manual_async_fn",
        &["by_hand", "by_hand_above_another", "returned", "a_large_error_by_hand"],
        "more than an `async` block is returned",
    ),
    (
        '-',
        "clippy::missing_errors_doc",
        &["by_hand", "eager", "boxed", "a_large_error_by_hand", "a_large_error_after_a_start"],
        "clippy knows the output of an `async` block only",
    ),
    (
        '-',
        "clippy::implicit_return",
        &[
            "by_hand",
            "by_hand_above_another",
            "boxed",
            "boxed_above_another",
            "boxed_at_once",
            "returned",
            "a_large_error_by_hand",
        ],
        "the user's `async` block is not the last expression",
    ),
    (
        '+',
        "clippy::implicit_return",
        &["by_hand_above_another", "eager_above_another", "boxed_above_another"],
        "an attribute below looks for a future in the last expression",
    ),
    (
        '-',
        "clippy::unwrap_in_result",
        &["unwraps", "holds_a_lock"],
        "clippy looks into functions only, not into closures",
    ),
    (
        '-',
        "clippy::redundant_clone",
        &["clones", "clones_at_last"],
        "clippy does not look at what is captured",
    ),
    (
        '-',
        "clippy::needless_pass_by_value",
        &["before_another", "parts_by_turns", "behind_a_moved_one_and_borrowed"],
        "what is dropped before a variable moves with it",
    ),
    (
        '-',
        "clippy::collection_is_never_read",
        &["underscores"],
        "what moves into the future of the body is read there, as clippy sees it",
    ),
    (
        '-',
        "unused_variables",
        &["shadowed", "shadowed_and_mutable"],
        "what has the name of a variable of the body moves into its future, in case its drop matters",
    ),
    (
        '+',
        "unused_assignments",
        &["assigned_alone", "a_part_and_all"],
        "what is overwritten and never read is reported for the variable and for its capture",
    ),
    (
        '+',
        "clippy::implicit_return",
        &["$name"],
        "the body is the user's, though a macro made the function around it",
    ),
    (
        '-',
        "clippy::pub_with_shorthand",
        &["$name"],
        "a `pub` from a macro's fragment has the place of the fragment",
    ),
    (
        '+',
        "clippy::default_numeric_fallback",
        &["shifts"],
        "clippy spares the last expression of a function, but not of a closure",
    ),
    (
        '+',
        "clippy::return_and_then",
        &["chains_later"],
        "clippy looks at the last expression of a future, but not of an `async fn`",
    ),
    (
        '-',
        "clippy::needless_pass_by_ref_mut",
        &["reads_through"],
        "what is next to a variable that changes moves with it",
    ),
    (
        '-',
        "clippy::doc_paragraphs_missing_punctuation",
        &["documented"],
        "clippy cannot place a comment that was below an attribute macro",
    ),
    (
        '-',
        "redundant_imports",
        &["imports_again", "imports_again_later"],
        "the compiler does not look below attribute macros",
    ),
    (
        '+',
        "clippy::result_large_err",
        &["a_large_error"],
        "clippy reports it for the function and for the closure that its body is in",
    ),
    (
        '-',
        "clippy::must_use_candidate",
        &["boxed"],
        "clippy takes the path of any argument for a static that the call may change",
    ),
    (
        '+',
        "clippy::non_canonical_partial_ord_impl",
        &["partial_cmp"],
        "a guarded method does more than the usual one",
    ),
    ('+', "clippy::non_canonical_clone_impl", &["clone"], "a guarded method does more than the usual one"),
    ('-', "clippy::derivable_impls", &[], "a guarded method does more than the usual one"),
    ('-', "clippy::empty_drop", &[], "a guarded method does more than the usual one"),
    ('-', "clippy::suspicious_arithmetic_impl", &["add"], "clippy does not look into closures"),
    ('-', "clippy::fallible_impl_from", &[], "clippy does not look into closures"),
    ('-', "clippy::single_option_map", &["mapped"], "more is done than to call `map`"),
    ('-', "clippy::unconditional_recursion", &["eq"], "a refused call does not go on"),
    ('-', "unconditional_recursion", &["eq"], "a refused call does not go on"),
    (
        '-',
        "clippy::must_use_candidate",
        &["id", "is_open", "summed", "outside_tests"],
        "clippy takes the path of any argument for a static that the call may change",
    ),
    (
        '-',
        "clippy::cfg_not_test",
        &["outside_tests"],
        "the compiler evaluates a condition below an attribute macro before that sees it",
    ),
];

/// A lint, and where its warning begins: the file, the line and the column.
type Warning = (String, String, u64, u64);

#[test]
fn are_those_of_the_bare_function() {
    let Some(warnings) = warnings() else {
        use io::Write as _;
        // A print would not be shown, as the test does not fail.
        writeln!(io::stderr(), "\nlints are not compared: clippy is not installed")
            .expect("somebody to tell");
        return;
    };
    // Each with a number: one that is there twice is no better than one that is new.
    let of = |form: &str| -> BTreeSet<(Warning, usize)> {
        let mut of_form = BTreeSet::new();
        for (lint, file, line, column) in &warnings {
            let Some(file) = file.strip_prefix(form).and_then(|file| file.strip_prefix('/')) else {
                continue;
            };
            let warning = (lint.clone(), file.to_owned(), *line, *column);
            let mut number = 1;
            while !of_form.insert((warning.clone(), number)) {
                number += 1;
            }
        }
        of_form
    };
    let bare = of("bare");
    assert!(bare.len() > 200, "{}", bare.len());
    let (mut differences, mut used) = (String::new(), BTreeSet::new());
    for (form, _) in &FORMS[1..] {
        let (guarded, files) = (of(form), files(form));
        let bare: BTreeSet<_> = bare
            .iter()
            .filter(|((_, file, ..), _)| files.iter().any(|name| *file == format!("{name}.rs")))
            .cloned()
            .collect();
        for (sign, ones) in [('+', guarded.difference(&bare)), ('-', bare.difference(&guarded))] {
            for ((lint, file, line, column), _) in ones {
                let function = function_at(file, *line);
                let is_excepted = |(its_sign, its_lint, functions, _): &(char, &str, &[&str], &str)| {
                    *its_sign == sign
                        && its_lint == lint
                        && (functions.is_empty() || functions.contains(&function.as_str()))
                };
                if let Some(exception) = EXCEPTIONS.iter().position(is_excepted) {
                    used.insert(exception);
                    continue;
                }
                writeln!(differences, "{sign} {form}/{file}:{line}:{column}: {lint}").expect("a string");
            }
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
    // A newer clippy may have mended what is an exception in this one.
    let exceptions = EXCEPTIONS.iter().enumerate().filter(|_| compiler::is_recorded());
    let known = lints_of_clippy();
    for (number, exception) in exceptions {
        let is_known = !exception.1.starts_with("clippy::") || known.iter().any(|lint| lint == exception.1);
        assert!(used.contains(&number) || !is_known, "no longer an exception: {exception:?}");
    }
}

/// The name of the annotated function that this line belongs to, from its attribute on.
fn function_at(file: &str, line: u64) -> String {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("lints").join(file)).unwrap();
    let lines: Vec<_> = source.lines().collect();
    let attribute = lines[..line as usize].iter().rposition(|line| line.trim() == "#[circuit_breaker]");
    let function = lines[attribute.unwrap_or_default()..].iter().find_map(|line| line.split_once("fn "));
    let name =
        |text: &str| text.chars().take_while(|sign| sign.is_alphanumeric() || "_$".contains(*sign)).collect();
    function.map_or_else(String::new, |(_, rest)| name(rest))
}

/// All warnings about a package with all forms of all files, if clippy is installed.
fn warnings() -> Option<Vec<Warning>> {
    let mut clippy = package().cargo("clippy");
    if !Command::new(clippy.get_program()).args(["clippy", "--version"]).output().ok()?.status.success() {
        return None;
    }
    let mut lints: Vec<_> = lints_of_rustc().into_iter().map(|lint| format!("-W{lint}")).collect();
    lints.extend(["all", "pedantic", "nursery", "restriction"].map(|group| format!("-Wclippy::{group}")));
    let output = clippy.args(["--message-format=json", "--"]).args(lints).output().expect("cargo runs");
    let messages = String::from_utf8(output.stdout).expect("messages are text");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(messages.lines().flat_map(warnings_in).collect())
}

/// The lints that are known and not refused anyway. What only a nightly compiler knows is ignored by the others.
fn lints_of_rustc() -> Vec<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let lints = lints_of(Command::new(rustc)).into_iter();
    lints
        .filter(|(name, level)| matches!(&**level, "allow" | "warn") && name.contains('-'))
        .map(|(name, _)| name)
        .collect()
}

/// The lints of clippy, as attributes name them. One that only a newer clippy has needs no exception.
fn lints_of_clippy() -> Vec<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let driver = Path::new(&cargo).with_file_name(format!("clippy-driver{}", env::consts::EXE_SUFFIX));
    lints_of(Command::new(driver)).into_iter().map(|(name, _)| name.replace('-', "_")).collect()
}

/// What a compiler prints about its lints: a name and a level in each line.
fn lints_of(mut compiler: Command) -> Vec<(String, String)> {
    let output = compiler.args(["-W", "help"]).output().expect("the compiler runs");
    let text = String::from_utf8(output.stdout).expect("lints have names");
    let lints = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    });
    let lints: Vec<_> = lints.collect();
    assert!(!lints.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    lints
}

/// The files that are compiled in a form.
fn files(form: &str) -> Vec<&'static str> {
    match form {
        "bare" => [&FILES[..], &FILES_OF_VALUES].concat(),
        RETURNED => FILES_OF_VALUES.to_vec(),
        _ => FILES.to_vec(),
    }
}

/// A package whose modules are the forms, each with all files.
fn package() -> Package {
    let package = Package::new(env!("CARGO_TARGET_TMPDIR"), "lints");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("lints");
    let read = |file: &str| fs::read_to_string(sources.join(format!("{file}.rs"))).unwrap();
    let mut root = read("lib");
    for (form, arguments) in FORMS {
        writeln!(root, "pub mod {form};").expect("a string");
        let mut module = String::from("pub use crate::Failure;\n");
        for file in files(form) {
            writeln!(module, "pub mod {file};").expect("a string");
            let attribute = arguments.map(|arguments| format!("#[fluxgate::circuit_breaker{arguments}]"));
            let source = read(file).replace("#[circuit_breaker]", &attribute.unwrap_or_default());
            package.write(&format!("src/{form}/{file}.rs"), &source);
        }
        package.write(&format!("src/{form}.rs"), &module);
    }
    package.write("src/lib.rs", &root);
    package
}

/// The warnings in a line of what cargo prints. A warning of no lint, or about no file, says nothing about a function.
fn warnings_in(printed: &str) -> Vec<Warning> {
    let message: serde_json::Value = serde_json::from_str(printed).expect("a line of JSON");
    let message = &message["message"];
    let Some(lint) = message["code"]["code"].as_str() else { return Vec::new() };
    let spans = message["spans"].as_array().into_iter().flatten();
    let primary = spans.filter(|span| span["is_primary"] == true).filter_map(|span| {
        let file = span["file_name"].as_str()?.strip_prefix("src/")?;
        let place = [&span["line_start"], &span["column_start"]].map(serde_json::Value::as_u64);
        let [Some(row), Some(column)] = place else { return None };
        // An argument of the attribute is the user's, and not in the bare function.
        let text = span["text"][0]["text"].as_str()?.trim_start();
        let indentation = span["text"][0]["text"].as_str()?.len() - text.len();
        if text.starts_with("#[fluxgate::") && column as usize > indentation + 1 {
            return None;
        }
        Some((lint.to_owned(), file.to_owned(), row, column))
    });
    primary.collect()
}
