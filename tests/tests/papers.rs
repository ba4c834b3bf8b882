//! The pages for those who change Fluxgate name files that are there, and the page for those who operate it tells of all there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Where a name may begin.
const ROOTS: [&str; 4] = ["", "fluxgate/src", "fluxgate-macros/src", "fluxgate-rules/src"];

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The nth cell of each row of tables, from those that begin with such a cell.
fn cells(page: &str, beginning: &str, nth: usize) -> BTreeSet<String> {
    let rows = page.lines().filter(|line| line.starts_with(&format!("| `{beginning}")));
    let cells = rows.map(|row| row.split('|').map(str::trim).nth(nth).expect("a cell"));
    cells.flat_map(|cell| cell.split(", ")).map(|name| name.trim_matches('`').to_owned()).collect()
}

#[test]
fn the_page_for_operators_tells_of_every_metric() {
    let page = read("fluxgate/docs/production.md");
    let reporter = read("fluxgate/src/integrations/metrics.rs");
    let literals = reporter.split('"').skip(1).step_by(2);
    let names = literals.filter(|literal| literal.starts_with("circuit_breaker_")).map(str::to_owned);
    assert_eq!(cells(&page, "circuit_breaker_", 1), names.collect());
    let exported = read("fluxgate-opentelemetry/README.md");
    assert_eq!(cells(&page, "circuit_breaker_", 2), cells(&exported, "circuit_breaker.", 1));
}

#[test]
fn the_page_for_operators_tells_of_every_alert_and_for_whom_it_is() {
    let page = read("fluxgate/docs/production.md");
    let rows = page.lines().filter(|line| line.starts_with("| `CircuitBreaker"));
    let told: BTreeSet<_> = rows
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
    assert_eq!(told, raised);
    let tests = read("examples/monitoring/alerts_test.yml");
    for (alert, _) in raised {
        assert!(tests.contains(&alert), "alerts_test.yml says what `{alert}` is raised for");
    }
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = read(page);
        let named: Vec<_> = text.split('`').skip(1).step_by(2).filter(|quoted| is_file(quoted)).collect();
        assert!(named.len() > 20, "{page}: {named:?}");
        for name in named {
            let is_there = ROOTS.iter().any(|start| root.join(start).join(name).exists());
            assert!(is_there, "{page} names `{name}`, which is not there");
        }
    }
}

/// Whether it looks like a file or a folder, and not like code or a command.
fn is_file(quoted: &str) -> bool {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "._-/".contains(character);
    let is_source =
        Path::new(quoted).extension().is_some_and(|extension| extension == "rs" || extension == "md");
    quoted.chars().all(is_plain) && (quoted.contains('/') || is_source)
}
