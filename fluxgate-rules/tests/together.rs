//! Unrelated flaws are reported together: an error in one branch of a rule, or in one argument of a word, neither hides
//! nor adds to an error in another.
#![allow(missing_docs)]

use fluxgate_rules::Problem;
use fluxgate_rules::Window;
use fluxgate_rules::lexer::lex;
use fluxgate_rules::read;
use fluxgate_rules::token::Token;

/// A branch without errors that trips both closed and half-open breakers.
const SOUND: &str = "failures(71)";

/// A message and its place, counted from the first token of the part.
type Said = Vec<(usize, usize, String)>;

fn said(problems: &[Problem], from: usize) -> Said {
    let place =
        |problem: &Problem| (problem.place.start.wrapping_sub(from), problem.place.end.wrapping_sub(from));
    let one = |problem: &Problem| (place(problem).0, place(problem).1, problem.message());
    problems.iter().map(one).collect()
}

fn rule(tokens: &[Token]) -> Vec<Problem> {
    read::rule(tokens, &Window::count(100)).err().unwrap_or_default()
}

fn size(text: &str) -> usize {
    lex(text).tokens.len()
}

/// The messages for a branch next to a sound one, if they concern the branch alone, wherever it stands.
fn messages_for_branch(branch: &str) -> Option<Said> {
    let (tokens, sound) = (size(branch), size(SOUND) + 1);
    let before = said(&rule(&lex(&format!("{branch} | {SOUND}")).tokens), 0);
    let after = said(&rule(&lex(&format!("{SOUND} | {branch}")).tokens), sound);
    let is_inside = before.iter().all(|(_, end, _)| *end <= tokens);
    (is_inside && before == after && !before.is_empty()).then_some(before)
}

/// The branches of the catalogue, one for each kind of message. A `second` branch of a rule gets other numbers, so that
/// none occurs twice.
fn branches(second: bool) -> Vec<(String, Said)> {
    let lines = include_str!("messages.txt").lines();
    let texts = lines.filter_map(|line| line.strip_prefix("trip = "));
    // An unmatched parenthesis leaves the rest unknown.
    let texts = texts.filter(|text| read::balance(&lex(text).tokens).is_ok() && !text.contains('\\'));
    let mut branches: Vec<(String, Said)> = Vec::new();
    let mut kinds = Vec::new();
    for text in texts {
        let others = [("(10)", "(11)"), ("0.5", "0.6"), ("(3)", "(4)"), ("(5)", "(6)")];
        let change = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
        let text = if second { others.iter().fold(text.to_owned(), change) } else { text.to_owned() };
        let Some(said) = messages_for_branch(&text) else { continue };
        let kind: Vec<_> = said.iter().map(|(_, _, what)| without_quotes(what)).collect();
        if !kinds.contains(&kind) {
            kinds.push(kind);
            branches.push((text, said));
        }
    }
    branches
}

/// A message without its quotations.
fn without_quotes(message: &str) -> String {
    message.split('`').step_by(2).collect()
}

#[test]
fn flaws_of_two_branches_are_reported_together() {
    let [firsts, seconds] = [false, true].map(branches);
    assert!(firsts.len() > 60, "{}", firsts.len());
    for (first, of_first) in &firsts {
        let is_apart = |second: &str| {
            // A repeated branch must be removed, and look-alike characters are all replaced at once.
            let is_new = |branch: &str| first.split(" | ").all(|one| one != branch);
            second.split(" | ").all(is_new) && (first.is_ascii() || second.is_ascii())
        };
        for (second, of_second) in seconds.iter().filter(|(second, _)| is_apart(second)) {
            let text = format!("{first} | {second}");
            let from = size(first) + 1;
            let moved = of_second.iter().map(|(start, end, what)| (start + from, end + from, what.clone()));
            let expected: Said = of_first.iter().cloned().chain(moved).collect();
            assert_eq!(said(&rule(&lex(&text).tokens), 0), expected, "{text}");
        }
    }
}

/// A word with a valid value for each argument, and some wrong ones.
type Arguments = (&'static str, &'static [(&'static str, &'static [&'static str])]);

/// Every word with more than one argument, for each setting. Two arguments that are wrong together are listed as one,
/// next to others that do not affect them.
const WORDS: [(Read, Arguments); 8] = [
    (rule, ("min(10) & slow_rate", &[("0.5", &["1.5", "50", "0s"]), ("1s", &["0s", "5", "1d", "1.5"])])),
    (
        rule,
        ("failure_rate", &[("0.5", &["1.5", "50"]), ("sure = 95%", &["sure = 2.0", "sure =", "sur = 95%"])]),
    ),
    (window, ("time", &[("60s", &["0s", "60"]), ("buckets = 6", &["buckets = 0", "buckets = 5000"])])),
    (
        retry,
        ("cooldown", &[("60s", &["0s", "60", "1d"]), ("jitter = 10%", &["jitter = 100%", "jiter = 10%"])]),
    ),
    (
        retry,
        (
            "backoff",
            &[
                ("10s", &["0s", "10"]),
                ("max = 60s", &["max = 0s", "max = 5"]),
                ("multiplier = 2.0", &["multiplier = 0.5", "multiplier = 2s"]),
                ("jitter = 10%", &["jitter = 100%", "jitter = 5s"]),
            ],
        ),
    ),
    (
        retry,
        (
            "backoff",
            &[
                ("10s, max = 60s", &["10s, max = 5s"]),
                ("multiplier = 2.0", &["multiplier = 0.5", "multiplier = 2s"]),
                ("jitter = 10%", &["jitter = 100%", "jitter = 5s"]),
            ],
        ),
    ),
    (permit, ("ramp_up", &[("0.2", &["0", "2.0", "50"]), ("1.0", &["0", "5.0"]), ("60s", &["0s", "60"])])),
    (permit, ("ramp_up", &[("0.2, 1.0", &["1.0, 0.2"]), ("60s", &["0s", "60"])])),
];

type Read = fn(&[Token]) -> Vec<Problem>;

fn window(tokens: &[Token]) -> Vec<Problem> {
    read::window(tokens).err().unwrap_or_default()
}

fn retry(tokens: &[Token]) -> Vec<Problem> {
    read::retry(tokens).err().unwrap_or_default()
}

fn permit(tokens: &[Token]) -> Vec<Problem> {
    read::permit(tokens).err().unwrap_or_default()
}

#[test]
fn flaws_of_two_arguments_are_reported_together() {
    for (read, (word, arguments)) in WORDS {
        // Compares messages without places, since one argument may be longer than another.
        let messages = |values: &[&str]| -> Vec<String> {
            let text = format!("{word}({})", values.join(", "));
            read(&lex(&text).tokens).iter().map(Problem::message).collect()
        };
        let right: Vec<_> = arguments.iter().map(|(right, _)| *right).collect();
        assert_eq!(messages(&right), [""; 0], "{word}");
        for first in 0..arguments.len() {
            for second in first + 1..arguments.len() {
                for one in arguments[first].1 {
                    for two in arguments[second].1 {
                        let with = |values: &[(usize, &'static str)]| {
                            let mut all = right.clone();
                            for (at, value) in values {
                                all[*at] = value;
                            }
                            messages(&all)
                        };
                        let alone = [with(&[(first, one)]), with(&[(second, two)])].concat();
                        assert_eq!(with(&[(first, one), (second, two)]), alone, "{word}: {one}, {two}");
                    }
                }
            }
        }
    }
}
