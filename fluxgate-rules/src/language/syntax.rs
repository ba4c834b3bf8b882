//! The syntax tree: what was written, and where.
//!
//! Like the data it becomes, a rule is flat, with each group before its members. So a branch of the tree and its node
//! have the same index.

use core::time::Duration;

use crate::language::vocabulary::{Entry, Kind, Parameter};
use crate::model::permit::Permit;
use crate::model::ratio::Ratio;
use crate::model::retry::{Retry, Schedule};
use crate::model::rule::{self, Condition, Node};
use crate::model::sure_rate::SureRate;
use crate::model::window::Window;
use crate::text::token::{self, Token, TokenRange};

/// An argument's value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    /// A number of calls or buckets.
    Number(u64),
    /// A ratio.
    Ratio(Ratio),
    /// A duration.
    Duration(Duration),
    /// The factor by which a delay grows.
    Multiplier(f64),
    /// A value that only the compiler knows: the path of a constant or function, or an expression.
    Rust,
}

/// An argument.
#[derive(Clone, PartialEq, Debug)]
pub struct WrittenArgument {
    /// The word's parameter that it is for.
    pub parameter: &'static Parameter,
    /// The value.
    pub value: Value,
    /// Where the value stands.
    pub place: TokenRange,
}

impl WrittenArgument {
    /// Whether only const evaluation knows the value, and so must check it.
    pub fn is_constant(&self) -> bool {
        self.value == Value::Rust && self.parameter.kind != Kind::Function
    }
}

/// A word with its arguments: a condition, a window, a retry, a permit.
#[derive(Clone, PartialEq, Debug)]
pub struct WrittenCall {
    /// The word.
    pub entry: &'static Entry,
    /// Where the whole call stands.
    pub place: TokenRange,
    /// The arguments, positional ones first, none missing.
    pub arguments: Vec<WrittenArgument>,
}

impl WrittenCall {
    /// Whether an argument has to be checked by const evaluation.
    pub fn is_constant(&self) -> bool {
        self.arguments.iter().any(WrittenArgument::is_constant)
    }

    /// The same word and arguments, with example values.
    pub(crate) fn example(&self) -> String {
        let positional = self.entry.positional.len();
        let value = |(at, argument): (usize, &WrittenArgument)| {
            let Parameter { name, example, .. } = argument.parameter;
            if at < positional { (*example).to_owned() } else { format!("{name} = {example}") }
        };
        self.entry.with(&self.arguments.iter().enumerate().map(value).collect::<Vec<_>>())
    }

    /// The argument for the parameter of this name.
    pub(crate) fn argument(&self, name: &str) -> Option<&WrittenArgument> {
        self.arguments.iter().find(|argument| argument.parameter.name == name)
    }

    fn positional(&self) -> Vec<Value> {
        let count = self.entry.positional.len();
        self.arguments.iter().take(count).map(|argument| argument.value).collect()
    }

    fn keywords(&self) -> impl Iterator<Item = (&'static str, Value)> {
        let keywords = self.arguments.iter().skip(self.entry.positional.len());
        keywords.map(|argument| (argument.parameter.name, argument.value))
    }

    /// The condition; `None` if it has a value that only the compiler knows. A `custom` condition gets a function that
    /// is never called.
    pub fn condition(&self) -> Option<Condition> {
        let mut condition = self.entry.condition(self.positional())?;
        for keyword in self.keywords() {
            condition = match (keyword, condition) {
                (("sure", Value::Ratio(level)), Condition::FailureRate(share)) => {
                    Condition::SureFailureRate(SureRate::new(share, level))
                }
                _ => return None,
            };
        }
        Some(condition)
    }

    /// The window; `None` if it has a value that only the compiler knows.
    pub fn window(&self) -> Option<Window> {
        let mut window = match (self.entry.word, self.positional().as_slice()) {
            ("count", &[Value::Number(size)]) => Window::count(size as usize),
            ("time", &[Value::Duration(duration)]) => Window::time(duration),
            _ => return None,
        };
        for keyword in self.keywords() {
            window = match keyword {
                ("buckets", Value::Number(buckets)) => window.buckets(buckets as usize),
                _ => return None,
            };
        }
        Some(window)
    }

    /// The retry; `None` if it has a value that only the compiler knows.
    pub fn retry(&self) -> Option<Retry> {
        let mut retry = Retry::new(match (self.entry.word, self.positional().as_slice()) {
            ("cooldown", &[Value::Duration(delay)]) => Schedule::Cooldown(delay),
            ("backoff", &[Value::Duration(initial)]) => Schedule::Backoff(initial),
            ("always", []) => Schedule::Always,
            ("never", []) => Schedule::Never,
            _ => return None,
        });
        for keyword in self.keywords() {
            match keyword {
                ("jitter", Value::Ratio(share)) => retry.jitter = Some(share),
                ("multiplier", Value::Multiplier(multiplier)) => retry.multiplier = Some(multiplier),
                ("max", Value::Duration(max)) => retry.max = Some(max),
                _ => return None,
            }
        }
        Some(retry)
    }

    /// The permit; `None` if it has a value that only the compiler knows.
    pub fn permit(&self) -> Option<Permit> {
        Some(match (self.entry.word, self.positional().as_slice()) {
            ("all", []) => Permit::All,
            ("random", &[Value::Ratio(share)]) => Permit::Random(share),
            ("ramp_up", &[Value::Ratio(from), Value::Ratio(to), Value::Duration(duration)]) => {
                Permit::RampUp { from, to, duration }
            }
            _ => return None,
        })
    }
}

impl Entry {
    /// The condition with these values; `None` if they are not of the kinds that the word takes.
    pub fn condition(&self, values: Vec<Value>) -> Option<Condition> {
        let mut values = Values(values.into_iter());
        Some(match self.spells? {
            Condition::Closed => Condition::Closed,
            Condition::HalfOpen => Condition::HalfOpen,
            Condition::Min(_) => Condition::Min(values.count()?),
            Condition::FailureRate(_) => Condition::FailureRate(values.ratio()?),
            // A `failure_rate` becomes this by a keyword argument.
            Condition::SureFailureRate(_) => return None,
            Condition::Failures(_) => Condition::Failures(values.count()?),
            Condition::FailureStreak(_) => Condition::FailureStreak(values.count()?),
            Condition::SlowRate(..) => Condition::SlowRate(values.ratio()?, values.duration()?),
            Condition::AvgLatency(_) => Condition::AvgLatency(values.duration()?),
            Condition::FailingFor(_) => Condition::FailingFor(values.duration()?),
            Condition::InFlight(_) => Condition::InFlight(values.count()?),
            Condition::Custom { .. } => Condition::Custom { path: "", predicate: |_| false },
        })
    }
}

/// Values in order, each asked for by its kind.
struct Values(std::vec::IntoIter<Value>);

impl Values {
    fn count(&mut self) -> Option<u32> {
        match self.0.next()? {
            Value::Number(count) => Some(count as u32),
            _ => None,
        }
    }

    fn ratio(&mut self) -> Option<Ratio> {
        match self.0.next()? {
            Value::Ratio(ratio) => Some(ratio),
            _ => None,
        }
    }

    fn duration(&mut self) -> Option<Duration> {
        match self.0.next()? {
            Value::Duration(duration) => Some(duration),
            _ => None,
        }
    }
}

/// One node of a rule.
#[derive(Clone, PartialEq, Debug)]
pub enum Branch {
    /// A condition.
    Condition(WrittenCall),
    /// A group joined by `&`. This many branches follow it: the members and their descendants.
    All(usize),
    /// A group joined by `|`. This many branches follow it: the members and their descendants.
    Any(usize),
}

/// A rule.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WrittenRule {
    /// The nodes in order, a group before its members.
    pub branches: Vec<Branch>,
    /// Where each node stands.
    pub places: Vec<TokenRange>,
}

impl WrittenRule {
    /// The rule as data; `None` if it has a value that only the compiler knows.
    pub fn nodes(&self) -> Option<Vec<Node>> {
        let node = |branch: &Branch| match branch {
            Branch::Condition(call) => call.condition().map(Node::Condition),
            Branch::All(members) => Some(Node::All(*members)),
            Branch::Any(members) => Some(Node::Any(*members)),
        };
        self.branches.iter().map(node).collect()
    }

    /// Whether a condition must be checked by const evaluation.
    pub fn is_constant(&self) -> bool {
        self.branches.iter().any(|branch| matches!(branch, Branch::Condition(call) if call.is_constant()))
    }

    /// The number of nodes in the subtree at `at`.
    pub(crate) fn size(&self, at: usize) -> usize {
        match self.branches[at] {
            Branch::Condition(_) => 1,
            Branch::All(members) | Branch::Any(members) => 1 + members,
        }
    }

    /// The rule in our own spelling. Values that only the compiler knows stay as written.
    pub fn spell(&self, tokens: &[Token]) -> String {
        let shape = |branch: &Branch| match branch {
            Branch::Condition(_) => Node::Condition(Condition::Closed),
            Branch::All(members) => Node::All(*members),
            Branch::Any(members) => Node::Any(*members),
        };
        let nodes: Vec<_> = self.branches.iter().map(shape).collect();
        rule::spell(&nodes, &|at| match &self.branches[at] {
            Branch::Condition(call) => match call.condition() {
                Some(condition) if call.arguments.iter().all(|argument| argument.value != Value::Rust) => {
                    condition.to_string()
                }
                _ => token::spell(call.place.of(tokens)),
            },
            Branch::All(_) | Branch::Any(_) => String::new(),
        })
    }
}
