//! The tokens of a rule -> its syntax tree.
//!
//! The parser continues after a mistake, so that all mistakes are reported together. If the intention is clear, it
//! continues with what was meant.

mod joining;
mod member;

use crate::language::syntax::{Branch, WrittenCall, WrittenRule};
use crate::language::vocabulary::{EXAMPLE_RULE, Entry, TRIP};
use crate::model::limits::MAX_NODES;
use crate::reading::cursor::Cursor;
use crate::reading::operators::{Operator, operator};
use crate::text::brackets::Brackets;
use crate::text::problem::{Problem, list_once};
use crate::text::token::{Token, TokenRange};

/// The result of parsing a rule.
pub(crate) struct Parsed {
    /// The rule. A call without a word stands for anything wrong.
    pub(crate) rule: WrittenRule,
    pub(crate) problems: Vec<Problem>,
    /// The branches that stand for a wrong condition.
    pub(crate) wrong: Vec<usize>,
    /// The branches whose `&`-group is unclear, because an operator in it is, or because something in it is negated.
    pub(crate) unclear: Vec<usize>,
}

/// Reads a rule.
pub(crate) fn parse(tokens: &[Token], brackets: &Brackets) -> Parsed {
    let mut parser = Parser {
        cursor: Cursor::new(tokens, brackets, &TRIP),
        rule: WrittenRule::default(),
        wrong: Vec::new(),
        unclear: Vec::new(),
        is_unclear: false,
        is_rewritten: false,
        alternative: 0,
    };
    let whole = TokenRange::whole(tokens);
    if whole.is_empty() {
        let problem = Problem::new(whole, "a rule needs at least one condition");
        parser.cursor.report(problem.example(EXAMPLE_RULE));
    } else {
        parser.group(whole, None);
    }
    let nodes = parser.rule.branches.len();
    if nodes > MAX_NODES {
        let what = format!("the rule is too long: {nodes} conditions and groups");
        let help = format!("{MAX_NODES} are allowed; a `custom` condition can stand for many");
        parser.cursor.report(Problem::new(whole, what).help(help));
    }
    let Parser { mut cursor, rule, wrong, unclear, .. } = parser;
    list_once(&mut cursor.problems);
    Parsed { rule, problems: cursor.problems, wrong, unclear }
}

/// A member between two operators.
enum Member {
    Condition(WrittenCall),
    /// A group in parentheses; the range excludes them.
    Group(TokenRange),
    /// The members of `any(a, b)` or the like, already reported, and whether the report corrects them as well.
    Function(Operator, Vec<TokenRange>, bool),
    /// Something wrong, already reported.
    Wrong,
    /// Something between members that makes it unclear how they are joined, already reported.
    Unclear,
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    rule: WrittenRule,
    wrong: Vec<usize>,
    unclear: Vec<usize>,
    /// Whether the last member makes the `&`-group unclear.
    is_unclear: bool,
    /// Whether the report of an enclosing mistake also corrects `any(a, b)`.
    is_rewritten: bool,
    /// Where the current `&`-group begins.
    alternative: usize,
}

impl Parser<'_> {
    /// Reads the rule at `place`, inside a group whose members are joined by `within`.
    fn group(&mut self, place: TokenRange, within: Option<Operator>) {
        let alternatives = self.alternatives(place);
        let any = (alternatives.len() > 1 && within != Some(Operator::Or))
            .then(|| self.open(Branch::Any(0), place));
        let within = if alternatives.len() > 1 { Some(Operator::Or) } else { within };
        for group in alternatives {
            let (first, last) = (group[0].1, group[group.len() - 1].1);
            let place = TokenRange::new(first.start, last.end);
            let joined = group.len() > 1;
            let all = (joined && within != Some(Operator::And)).then(|| self.open(Branch::All(0), place));
            let within = if joined { Some(Operator::And) } else { within };
            for (member, place) in group {
                match member {
                    Member::Condition(call) => {
                        self.open(Branch::Condition(call), place);
                    }
                    Member::Group(inside) if inside.is_empty() => {
                        let problem = Problem::new(place, "there is no condition in these parentheses");
                        self.cursor.report(problem.help("write one, or remove them"));
                        let wrong = self.unread(place);
                        self.wrong.push(wrong);
                    }
                    Member::Group(inside) => self.group(inside, within),
                    Member::Function(operator, members, is_rewritten) => {
                        let around = core::mem::replace(&mut self.is_rewritten, is_rewritten);
                        let group = match operator {
                            Operator::And => Branch::All(0),
                            Operator::Or => Branch::Any(0),
                        };
                        let group = self.open(group, place);
                        for member in members {
                            self.group(member, Some(operator));
                        }
                        self.close(Some(group));
                        self.is_rewritten = around;
                    }
                    Member::Wrong => {
                        let wrong = self.unread(place);
                        self.wrong.push(wrong);
                    }
                    Member::Unclear => {
                        let unclear = self.unread(place);
                        self.unclear.push(unclear);
                    }
                }
            }
            self.close(all);
        }
        self.close(any);
    }

    fn open(&mut self, branch: Branch, place: TokenRange) -> usize {
        self.rule.branches.push(branch);
        self.rule.places.push(place);
        self.rule.branches.len() - 1
    }

    /// Adds a branch for something wrong.
    fn unread(&mut self, place: TokenRange) -> usize {
        static NO_WORD: Entry = Entry::new("", &[]);
        let call = WrittenCall { entry: &NO_WORD, place, arguments: Vec::new() };
        self.open(Branch::Condition(call), place)
    }

    fn close(&mut self, group: Option<usize>) {
        let Some(at) = group else { return };
        let members = self.rule.branches.len() - at - 1;
        match &mut self.rule.branches[at] {
            Branch::All(count) | Branch::Any(count) => *count = members,
            Branch::Condition(_) => {}
        }
    }

    /// The members of the `|`-group at `place`, each as a list of the members of an `&`-group. No group is empty.
    fn alternatives(&mut self, place: TokenRange) -> Vec<Vec<(Member, TokenRange)>> {
        self.cursor.enter(place);
        self.alternative = place.start;
        let mut alternatives = vec![Vec::new()];
        loop {
            let (member, mut place_of_member) = self.member();
            if matches!(member, Member::Wrong) {
                // Continues at the next operator, so that one mistake gives one message.
                self.skip();
                place_of_member.end = self.cursor.at;
            }
            let operator = self.operator();
            if let Some(members) = alternatives.last_mut() {
                members.push((member, place_of_member));
                if core::mem::take(&mut self.is_unclear) {
                    members
                        .push((Member::Unclear, TokenRange::new(place_of_member.end, place_of_member.end)));
                }
            }
            match operator {
                Some(Operator::And) => {}
                Some(Operator::Or) => {
                    alternatives.push(Vec::new());
                    self.alternative = self.cursor.at;
                }
                None => return alternatives,
            }
        }
    }

    /// Skips to the next operator.
    fn skip(&mut self) {
        while self.cursor.next().is_some_and(|token| operator(token).is_none()) {
            self.cursor.at = self.cursor.brackets.close(self.cursor.at) + 1;
        }
    }
}

#[cfg(test)]
mod tests;
