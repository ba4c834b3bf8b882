use super::parse;
use crate::language::syntax::{Branch, WrittenRule};
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::token::spell;

/// Each node with the text of its place.
fn nodes(text: &str) -> Vec<String> {
    let tokens = lex(text).tokens;
    let parsed = parse(&tokens, &Brackets::pair(&tokens).expect("pairs"));
    assert_eq!(parsed.problems, []);
    let WrittenRule { branches, places } = parsed.rule;
    let node = |(branch, place): (&Branch, &crate::text::token::TokenRange)| match branch {
        Branch::Condition(_) => spell(place.of(&tokens)),
        Branch::All(members) => format!("all {members}: {}", spell(place.of(&tokens))),
        Branch::Any(members) => format!("any {members}: {}", spell(place.of(&tokens))),
    };
    branches.iter().zip(&places).map(node).collect()
}

#[test]
fn and_binds_tighter_than_or() {
    assert_eq!(
        nodes("closed & min(1) | failures(2)"),
        ["any 4: closed & min(1) | failures(2)", "all 2: closed & min(1)", "closed", "min(1)", "failures(2)"]
    );
    assert_eq!(
        nodes("closed & (min(1) | failures(2))"),
        [
            "all 4: closed & (min(1) | failures(2))",
            "closed",
            "any 2: min(1) | failures(2)",
            "min(1)",
            "failures(2)"
        ]
    );
}

#[test]
fn parentheses_that_change_nothing_leave_no_group() {
    assert_eq!(nodes("((closed))"), ["closed"]);
    assert_eq!(
        nodes("closed & (min(1) & (half_open))"),
        ["all 3: closed & (min(1) & (half_open))", "closed", "min(1)", "half_open"]
    );
    assert_eq!(
        nodes("(closed | min(1)) | half_open"),
        ["any 3: (closed | min(1)) | half_open", "closed", "min(1)", "half_open"]
    );
}

#[test]
fn continues_after_a_mistake() {
    let tokens = lex("mim(1) && failure_rate(50) | clsed").tokens;
    let parsed = parse(&tokens, &Brackets::pair(&tokens).expect("pairs"));
    let places: Vec<_> = parsed.problems.iter().map(|problem| spell(problem.place.of(&tokens))).collect();
    assert_eq!(places, ["mim", "&&", "50", "clsed"]);
}

/// What is wrong, and how the first of it is corrected.
fn corrected(text: &str) -> (Vec<String>, Option<String>) {
    let lexed = lex(text);
    let problems = parse(&lexed.tokens, &Brackets::pair(&lexed.tokens).expect("pairs")).problems;
    let right = problems.first().and_then(|problem| problem.corrected(text, &lexed.bytes));
    (problems.into_iter().map(|problem| problem.what).collect(), right)
}

#[test]
fn functions_at_any_depth_are_one_mistake() {
    let what = vec!["conditions are joined by `|`".to_owned()];
    for (written, right) in [
        ("any(closed, min(1))", "(closed | min(1))"),
        ("any(all(closed, min(1)), failures(2))", "((closed & min(1)) | failures(2))"),
        ("any(all(closed, min(1)) & min(2), failures(2))", "((closed & min(1)) & min(2) | failures(2))"),
        (
            "any((or(closed, min(1))) & custom(all(x)), min(2))",
            "(((closed | min(1))) & custom(all(x)) | min(2))",
        ),
    ] {
        assert_eq!(corrected(written), (what.clone(), Some(right.to_owned())), "{written}");
    }
}

#[test]
fn nested_functions_are_read_once() {
    // With twice the work for each level, this would take years.
    for innermost in ["min(1)", "!closed"] {
        let nested = (0..30).fold(innermost.to_owned(), |inner, _| format!("any({inner} & closed)"));
        assert!(!corrected(&nested).0.is_empty());
    }
}
