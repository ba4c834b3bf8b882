//! The catalogue of messages: `messages.txt` has a block for each wrong line, with all of its messages and the result
//! of applying each first correction. If `FLUXGATE_BLESS` is set, the file is rewritten for review.
#![allow(missing_docs)]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use fluxgate_rules::lexer::lex;
use fluxgate_rules::read::{self, Reading};
use fluxgate_rules::token::Token;
use fluxgate_rules::vocabulary::{HALF_OPEN_TIMEOUT, MAX_HALF_OPEN_CALLS, NORMAL, OUTCOME, TIMEOUT};
use fluxgate_rules::{Expectations, Problem, Ratio, Rule, Window};

const MINUTE: Duration = Duration::from_secs(60);

fn problems(argument: &str, tokens: &[Token]) -> Vec<Problem> {
    fn of<T>(reading: Reading<T>) -> Vec<Problem> {
        reading.err().unwrap_or_default()
    }
    match argument {
        "trip" => of(read::rule(tokens, &Window::count(100))),
        "trip of time" => of(read::rule(tokens, &Window::time(MINUTE))),
        "trip without half_open_timeout" => match read::rule(tokens, &Window::count(100)) {
            Ok(rule) => of(read::default_timeout(tokens, &rule)),
            Err(problems) => problems,
        },
        "trip of count(5)" => of(read::rule(tokens, &Window::count(5))),
        "window" => of(read::window(tokens)),
        "retry" => of(read::retry(tokens)),
        "permit" => of(read::permit(tokens)),
        "on_panic" => of(read::word(tokens, "on_panic", &OUTCOME)),
        "max_half_open_calls" => of(read::argument(tokens, &MAX_HALF_OPEN_CALLS)),
        "half_open_timeout" => of(read::argument(tokens, &HALF_OPEN_TIMEOUT)),
        "timeout" => of(read::argument(tokens, &TIMEOUT)),
        "normal" => of(read::share(tokens, &NORMAL)),
        "normal of the default rule" => {
            let share = read::share(tokens, &NORMAL).expect("a share");
            let expectations = Expectations { normal: Some(share), outage: None };
            of(read::expected_of_default(tokens, Some(&Window::count(100)), expectations))
        }
        _ if argument.starts_with("trip with ") => {
            expected(argument.trim_start_matches("trip with "), tokens)
        }
        _ if argument.starts_with("half_open_timeout of ") => {
            let condition = argument.trim_start_matches("half_open_timeout of ");
            let rule: Rule = format!("min(10) & {condition}").parse().expect("a rule");
            of(read::half_open_timeout(tokens, rule.nodes()))
        }
        _ => panic!("no argument `{argument}`"),
    }
}

/// What is wrong with a rule given `normal = 5%, window = count(100)`, both optional.
fn expected(settings: &str, tokens: &[Token]) -> Vec<Problem> {
    let (mut expectations, mut window) = (Expectations::default(), Window::count(100));
    for setting in settings.split(" and ") {
        let (name, value) = setting.split_once(' ').expect("a name and a value");
        let share = || Some(Ratio::new(value.trim_end_matches('%').parse::<f64>().expect("percent") / 100.0));
        match name {
            "normal" => expectations.normal = share(),
            "outage" => expectations.outage = share(),
            _ => window = value.parse().expect("a window"),
        }
    }
    match read::rule(tokens, &window) {
        Ok(rule) => read::expected(tokens, &rule, Some(&window), expectations).err().unwrap_or_default(),
        Err(problems) => problems,
    }
}

fn block(line: &str) -> String {
    let (argument, text) = line.split_once(" =").expect("an argument");
    let text = text.trim().replace("\\n", "\n");
    let lexed = lex(&text);
    let found = problems(argument, &lexed.tokens);
    assert!(!found.is_empty(), "{line}: nothing is wrong");
    let mut block = format!("{line}\n");
    for problem in &found {
        let message = problem.draw(&text, &lexed.bytes).replace('\n', "\n       ");
        let _ = writeln!(block, "error: {message}");
    }
    let mut right = text;
    for step in 0.. {
        assert!(step < 8, "{line}: the corrections lead nowhere");
        let lexed = lex(&right);
        let Some(problem) = problems(argument, &lexed.tokens).into_iter().next() else {
            let _ = writeln!(block, "right: {}", right.replace('\n', "\\n"));
            break;
        };
        let Some(corrected) = problem.corrected(&right, &lexed.bytes) else { break };
        right = corrected;
    }
    block
}

#[test]
fn every_message_is_as_in_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages.txt");
    let catalogue = std::fs::read_to_string(&path).expect("the catalogue");
    let blocks: Vec<_> = catalogue.split("\n\n").filter(|block| !block.trim().is_empty()).collect();
    let said: Vec<_> =
        blocks.iter().map(|expected| block(expected.lines().next().unwrap_or_default())).collect();
    if std::env::var_os("FLUXGATE_BLESS").is_some() {
        return std::fs::write(&path, said.join("\n")).expect("the catalogue can be written");
    }
    for (said, expected) in said.iter().zip(blocks) {
        assert_eq!(said.trim_end(), expected.trim_end());
    }
}
