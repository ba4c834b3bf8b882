//! The documents name files that exist, and every word, argument, feature, metric and alert; and packages contain their licenses and all
//! that they include.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fluxgate_rules::argument_names::{Concern, NAMES};
use fluxgate_rules::vocabulary::{PERMIT, RETRY, TRIP, Vocabulary, WINDOW};

/// Where names of files begin.
const ROOTS: [&str; 4] = ["", "fluxgate/src", "fluxgate-macros/src", "fluxgate-rules/src"];

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The nth cell of each table row whose first cell starts like this.
fn cells(page: &str, beginning: &str, nth: usize) -> BTreeSet<String> {
    let rows = page.lines().filter(|line| line.starts_with(&format!("| `{beginning}")));
    let cells = rows.map(|row| row.split('|').map(str::trim).nth(nth).expect("a cell"));
    cells.flat_map(|cell| cell.split(", ")).map(|name| name.trim_matches('`').to_owned()).collect()
}

/// The arguments of a macro.
fn arguments(takes: fn(Concern) -> bool) -> BTreeSet<String> {
    NAMES.iter().filter(|name| takes(name.concern)).map(|name| name.text.to_owned()).collect()
}

/// What is in backticks, inline or as a block.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn quoted(text: &str) -> BTreeSet<String> {
    code(text).map(str::to_owned).collect()
}

#[test]
fn tables_of_arguments_are_complete() {
    let of_attribute = arguments(|_| true);
    for path in ["README.md", "fluxgate/docs/attribute.md"] {
        let page = read(path);
        let (_, table) = page.split_once("| argument | values | default |").expect("a table");
        let rows = table.split("\n\n").next().expect("rows").lines();
        let names = rows.filter_map(|row| row.split('|').nth(1)).flat_map(quoted);
        assert_eq!(names.collect::<BTreeSet<_>>(), of_attribute, "{path}");
    }
}

#[test]
fn every_word_of_a_setting_is_documented() {
    for name in ["README.md", "fluxgate/docs/attribute.md"] {
        let text = read(name);
        let is_there = |word: &str| {
            let mut words = code(&text)
                .flat_map(|code| code.split(|letter: char| !(letter == '_' || letter.is_alphanumeric())));
            words.any(|known| known == word)
        };
        for Vocabulary { setting, entries, .. } in [&TRIP, &WINDOW, &RETRY, &PERMIT] {
            let missing: Vec<_> =
                entries.iter().map(|entry| entry.word).filter(|word| !is_there(word)).collect();
            assert!(missing.is_empty(), "{name}: {setting} of {missing:?}");
        }
    }
}

#[test]
fn every_word_of_a_setting_is_a_function() {
    for Vocabulary { setting, entries, .. } in [&TRIP, &WINDOW, &RETRY, &PERMIT] {
        let module = read(&format!("fluxgate/src/{setting}.rs"));
        let is_there =
            |word: &str| ["fn", "const fn"].iter().any(|it| module.contains(&format!("pub {it} {word}(")));
        let missing: Vec<_> = entries.iter().map(|entry| entry.word).filter(|word| !is_there(word)).collect();
        assert!(missing.is_empty(), "fluxgate/src/{setting}.rs: {missing:?}");
    }
}

#[test]
fn every_feature_is_in_the_table() {
    let manifest = read("fluxgate/Cargo.toml");
    let features = manifest.split("[features]\n").nth(1).and_then(|rest| rest.split("\n[").next());
    let names = features.unwrap_or_default().lines().filter_map(|line| line.split_once(" = ["));
    let names: Vec<_> = names.map(|(name, _)| name).filter(|name| *name != "default").collect();
    assert!(names.len() > 5, "{names:?}");
    let text = read("README.md");
    let table = text.split("## Features").nth(1).expect("the table");
    let cells: Vec<_> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next()).collect();
    let is_there =
        |name: &&&str| cells.iter().any(|cell| code(&format!("`{cell}")).any(|code| code == **name));
    let missing: Vec<_> = names.iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_page_of_breakers_made_by_a_macro_names_what_they_take() {
    let of_breaker = arguments(|concern| matches!(concern, Concern::Settings | Concern::Crate));
    let page = read("fluxgate/docs/breaker.md");
    let (_, list) = page.split_once("that configure a breaker: ").expect("a list");
    assert_eq!(quoted(list.split('.').next().expect("a sentence")), of_breaker);
}

#[test]
fn the_page_for_operators_covers_every_metric() {
    let page = read("fluxgate/docs/production.md");
    let reporter = read("fluxgate/src/integrations/metrics.rs");
    let literals = reporter.split('"').skip(1).step_by(2);
    let names = literals.filter(|literal| literal.starts_with("circuit_breaker_")).map(str::to_owned);
    assert_eq!(cells(&page, "circuit_breaker_", 1), names.collect());
    let exported = read("fluxgate-opentelemetry/README.md");
    assert_eq!(cells(&page, "circuit_breaker_", 2), cells(&exported, "circuit_breaker.", 1));
}

#[test]
fn the_page_for_operators_covers_every_alert_and_its_recipient() {
    let page = read("fluxgate/docs/production.md");
    let rows = page.lines().filter(|line| line.starts_with("| `CircuitBreaker"));
    let described: BTreeSet<_> = rows
        .map(|row| {
            let cells: Vec<_> = row.split('`').collect();
            (cells[1].to_owned(), cells[3].to_owned())
        })
        .collect();
    let alerts = read("examples/monitoring/alerts.yml");
    let raised: BTreeSet<_> = alerts
        .split("- alert: ")
        .skip(1)
        .map(|alert| {
            let name = alert.lines().next().expect("a name");
            let severity = alert.split("severity: ").nth(1).and_then(|rest| rest.split(' ').next());
            (name.to_owned(), severity.expect("a severity").to_owned())
        })
        .collect();
    assert!(raised.len() > 4);
    assert_eq!(described, raised);
    let tests = read("examples/monitoring/alerts_test.yml");
    for (alert, _) in raised {
        assert!(tests.contains(&alert), "alerts_test.yml says what `{alert}` is raised for");
    }
}

/// `promtool` evaluates them in `alerts_test.yml`, as Grafana would for all breakers.
#[test]
fn tested_expressions_are_those_of_the_dashboard() {
    let dashboard = read("examples/monitoring/grafana.json").replace(r#"\""#, "\"").replace("$name", ".*");
    let tests = read("examples/monitoring/alerts_test.yml");
    let expressions: Vec<_> = tests.lines().filter_map(|line| line.split("expr: &").nth(1)).collect();
    assert!(!expressions.is_empty());
    for expression in expressions {
        let expression = expression.split('\'').nth(1).expect("a quoted expression");
        assert!(dashboard.contains(expression), "no panel has {expression}");
    }
}

/// Pages are read where they are rendered: in the files, links to items lead nowhere.
#[test]
fn every_background_page_is_linked_where_it_is_rendered() {
    const RENDERED: &str = "https://docs.rs/fluxgate/latest/fluxgate/docs/";
    /// The names between these two strings, without anything after a `#`.
    fn names<'a>(text: &'a str, before: &str, after: &str) -> BTreeSet<&'a str> {
        let links =
            text.split(before).skip(1).map(|rest| rest.split_once(after).expect("the end of a name").0);
        links.map(|link| link.split('#').next().expect("a name")).collect()
    }
    let index = read("fluxgate/src/docs.rs");
    let pages = names(&index, "\npub mod ", " ");
    assert!(pages.len() > 5);
    assert_eq!(names(&index, "//! - [`", "`]: "), pages);
    assert_eq!(names(&read("fluxgate/src/lib.rs"), "](docs::", ")"), pages);
    let readme = read("README.md");
    assert_eq!(names(&readme, RENDERED, "/index.html"), pages);
    for page in pages {
        assert!(readme.contains(&format!("][{page}]")), "README.md leads to `{page}`");
        assert!(readme.contains(&format!("\n[{page}]: {RENDERED}{page}/index.html\n")), "{page}");
    }
    for paper in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"] {
        assert!(!read(paper).contains("](fluxgate/docs/"), "{paper} leads to the file of a page");
    }
}

/// Counted numbers, and the multiple to which each is rounded.
type Counted<'a> = &'a [(f64, f64)];

/// The pages that state how many instructions something takes: their words, and for each pair of braces what was counted, rounded to
/// a multiple of the number next to it.
#[test]
fn pages_state_the_instructions_that_were_counted() {
    let counts = read("benches/instructions.txt");
    let count = |case: &str| -> f64 {
        let line = counts.lines().find_map(|line| line.strip_prefix(case)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("`{case}` is not counted")).parse().expect("a number")
    };
    let more = |case, bare| count(case) - count(bare);
    let with_key = more("attribute with `key`, healthy", "bare call, looked up in a `HashMap`");
    let (limited, limited_by_tokio) =
        (count("async, `timeout`, healthy"), count("bare async call, a time limit of tokio's"));
    let readme = "README.md";
    let performance = "fluxgate/docs/performance.md";
    let pages: [(&str, &str, Counted<'_>); 11] = [
        (
            readme,
            "| `client` | {} instructions |",
            &[(more("server_errors, healthy", "attribute, healthy"), 1.0)],
        ),
        (
            readme,
            "| `tower` | some {} instructions |",
            &[(more("layer of tower, healthy", "bare service of tower"), 100.0)],
        ),
        (readme, "| {} instructions more than a look-up in a map |", &[(with_key, 1.0)]),
        (
            performance,
            "{} instructions more than the bare one at one failure in ten, and {} at four,",
            &[(more("built, 10% failing", "bare call"), 1.0), (more("built, 40% failing", "bare call"), 1.0)],
        ),
        (
            performance,
            "some {} instructions, and {} with a `slow_rate` in the rule",
            &[
                (more("in_flight, healthy", "bare call"), 100.0),
                (more("in_flight beside slow_rate, healthy", "bare call"), 100.0),
            ],
        ),
        (performance, "{} instructions more with `key`", &[(with_key, 1.0)]),
        (
            performance,
            "a request takes {} more, on top of the {} for which",
            &[
                (more("request, a breaker for each host", "bare request"), 10.0),
                (count("bare request"), 100.0),
            ],
        ),
        (
            performance,
            "takes {} instructions, {} fewer than the same future under `tokio::time::timeout`",
            &[(limited, 1.0), (limited_by_tokio - limited, 1.0)],
        ),
        (
            performance,
            "{} instructions more than a bare one if the function returns a box, also under `#[async_trait]`, and {} if",
            &[
                (more("async, through a trait", "bare async call, through a trait"), 1.0),
                (more("async, boxed", "bare async call, boxed"), 1.0),
            ],
        ),
        (
            "fluxgate/src/track.rs",
            "takes some {} instructions more",
            &[(more("server_errors, healthy", "attribute, healthy"), 10.0)],
        ),
        (
            "fluxgate-opentelemetry/README.md",
            "at some {} instructions (`collected` in Fluxgate's `benches/instructions.txt`), once a minute",
            &[(count("collected"), 1_000.0)],
        ),
    ];
    for (page, words, counted) in pages {
        let said = counted.iter().fold(words.to_owned(), |words, &(number, step)| {
            words.replacen("{}", &grouped((number / step).round() * step), 1)
        });
        let text = read(page).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&said), "{page} does not say what was counted: {said}");
    }
}

/// A whole number below a million, with a comma between thousands.
fn grouped(number: f64) -> String {
    let number = number as u64;
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

/// The files and folders that a text names in code and that are not below one of these folders.
fn missing<'a>(text: &'a str, folders: &[PathBuf]) -> Vec<&'a str> {
    let words = code(text).flat_map(str::split_whitespace).filter(|word| is_file(word));
    words.filter(|name| !folders.iter().any(|folder| folder.join(name).exists())).collect()
}

/// Whether it looks like a file or folder rather than code.
fn is_file(word: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "._-/".contains(character);
    let is_source =
        Path::new(word).extension().is_some_and(|extension| extension == "rs" || extension == "md");
    let begins = word.starts_with(|character: char| character.is_ascii_alphabetic() || character == '.');
    word.chars().all(is_plain) && begins && (word.contains('/') || is_source)
}

#[test]
fn every_file_named_on_a_page_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ROOTS.map(|folder| root.join(folder));
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        assert_eq!(missing(&read(page), &folders), [""; 0], "{page}");
    }
    let text = "Not `gone.rs` or `scripts/gone.sh 600`, but `src/lib.rs`, `a/*.rs` and `1/8`; gone.rs.";
    assert_eq!(missing(text, &[PathBuf::from(env!("CARGO_MANIFEST_DIR"))]), ["gone.rs", "scripts/gone.sh"]);
}

/// The folders of the published crates.
fn published() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = fs::read_dir(root).expect("the workspace").flatten().map(|entry| entry.path());
    let is_published = |folder: &PathBuf| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml"));
        manifest.is_ok_and(|manifest| !manifest.contains("publish = false"))
    };
    let published: Vec<_> = folders.filter(is_published).collect();
    assert!(published.len() > 4, "{published:?}");
    published
}

/// Both licenses require their text to accompany the code, and a package contains only what is in its own folder.
#[test]
fn every_published_crate_contains_its_licenses() {
    for folder in published() {
        for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
            let text = fs::read_to_string(folder.join(license)).unwrap_or_default();
            assert_eq!(text, read(license), "{license} of {}", folder.display());
        }
    }
}

/// Sources that include a file from elsewhere build here, but not from the package.
#[test]
fn every_published_crate_contains_the_files_that_it_includes() {
    let mut included = 0;
    let mut check = |file: &Path, depth: usize| {
        let source = fs::read_to_string(file).expect("a source");
        for path in source.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            included += 1;
            let leaves = path.split('/').take_while(|part| *part == "..").count() > depth;
            assert!(!leaves, "{} includes `{path}`, which is not in its package", file.display());
        }
    };
    for package in published() {
        let mut folders = vec![(package.join("src"), 1), (package.join("tests"), 1)];
        while let Some((folder, depth)) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push((path, depth + 1));
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    check(&path, depth);
                }
            }
        }
    }
    assert!(included > 10, "{included}");
}
