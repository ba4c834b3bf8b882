//! What is said about a setting, wherever it is written.

use std::cell::Cell;
use std::panic::{UnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::time::Duration;

use fluxgate_rules::lexer::lex;
use fluxgate_rules::read::Reading;
use fluxgate_rules::token::Token;
use fluxgate_rules::{ConfigProblem, Node, Problem, Rule, Window, by_hand, check};

/// What is said about a setting, wherever it is written.
#[derive(PartialEq, Debug, Default)]
pub(crate) struct Said {
    pub(crate) literal: Vec<String>,
    pub(crate) constant: Vec<String>,
    pub(crate) by_hand: Vec<String>,
}

impl Said {
    pub(crate) fn read<T>(&mut self, text: &str, read: impl Fn(&[Token]) -> Reading<T>) -> Option<T> {
        let reading = read(&lex(text).tokens);
        let problems = reading.as_ref().err().map(Vec::as_slice).unwrap_or_default();
        self.literal.extend(problems.iter().map(Problem::message));
        reading.ok()
    }

    pub(crate) fn check(&mut self, check: impl FnOnce() + UnwindSafe) {
        if let Err(panic) = quietly(check) {
            self.constant.push(*panic.downcast::<String>().expect("a message"));
        }
    }

    pub(crate) fn ask(&mut self, problems: &[ConfigProblem]) {
        // Messages on single values begin with the name of the setting.
        let message = |problem: &ConfigProblem| {
            let name = format!("`{}`: ", problem.setting());
            problem.message().strip_prefix(&name).unwrap_or(problem.message()).to_owned()
        };
        self.by_hand.extend(problems.iter().map(message));
    }

    /// Checks a rule as an expansion does if a constant is in it.
    pub(crate) fn check_rule(&mut self, nodes: &[Node], window: Window, timeout: Duration) {
        for leaf in (0..nodes.len()).filter(|at| matches!(nodes[*at], Node::Condition(_))) {
            self.check(|| check::condition(nodes, leaf, &window));
        }
        self.check(|| check::rule(nodes, &window));
        self.check(|| check::half_open_timeout(nodes, timeout));
    }

    /// Checks a rule as `build()` does.
    pub(crate) fn ask_rule(&mut self, nodes: &[Node], window: &Window, timeout: Duration) {
        let of_rule = by_hand::rule(&Rule::from_nodes(nodes.to_vec()), window);
        let nodes = if of_rule.is_empty() { nodes } else { &[] };
        self.ask(&of_rule);
        self.ask(&by_hand::half_open_timeout(timeout, nodes));
    }
}

thread_local! {
    static IS_EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Does not print the panics by which constants are refused: among thousands, nobody would find why a test failed.
fn quietly(check: impl FnOnce() + UnwindSafe) -> std::thread::Result<()> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_EXPECTED.get() {
                usual(panic);
            }
        }));
    });
    IS_EXPECTED.set(true);
    let checked = catch_unwind(check);
    IS_EXPECTED.set(false);
    checked
}
