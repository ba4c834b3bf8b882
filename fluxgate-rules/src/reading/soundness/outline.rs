//! A rule as far as it can be made out: each mistake is read as what was meant.

use crate::language::syntax::{Branch, WrittenCall};
use crate::model::limits::MAX_NODES;
use crate::model::metrics::nanos;
use crate::model::rule::{Condition, Node, Rule};
use crate::reading::parser::{Parsed, parse};
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// How much is known of a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Known {
    /// Everything.
    All,
    /// Which condition it is, but not its values: they are wrong, or only the compiler knows them.
    Word,
    /// Nothing.
    Nothing,
    /// Not even how it is joined with the other members of its group.
    NoGroup,
}

/// The nodes of a rule, with the place of each and how much is known of it. Groups are always known.
#[derive(Default)]
pub(crate) struct Outline {
    pub(crate) nodes: Vec<Node>,
    pub(crate) places: Vec<TokenRange>,
    pub(crate) known: Vec<Known>,
    pub(crate) has_too_many_thresholds: bool,
}

/// Stands for a condition that may or may not hold.
pub(crate) const ANYTHING: Condition = Condition::Custom { path: "", predicate: |_| false };

impl Outline {
    /// The outline of a parsed rule; `None` if it is too long.
    pub(crate) fn of(tokens: &[Token], parsed: &Parsed) -> Option<Self> {
        let mut outline = Self::default();
        if !parsed.rule.branches.is_empty() && parsed.rule.branches.len() <= MAX_NODES {
            outline.add(tokens, parsed, 0);
        }
        outline.leave_out_thresholds();
        (1..=MAX_NODES).contains(&outline.nodes.len()).then_some(outline)
    }

    fn add(&mut self, tokens: &[Token], parsed: &Parsed, at: usize) {
        let place = parsed.rule.places[at];
        let (members, group): (usize, fn(usize) -> Node) = match &parsed.rule.branches[at] {
            Branch::All(members) => (*members, Node::All),
            Branch::Any(members) => (*members, Node::Any),
            Branch::Condition(call) => return self.add_condition(tokens, parsed, at, call),
        };
        let index = self.push(group(0), place, Known::All);
        let mut member = at + 1;
        while member <= at + members {
            self.add(tokens, parsed, member);
            member += parsed.rule.size(member);
        }
        self.nodes[index] = group(self.nodes.len() - index - 1);
    }

    fn add_condition(&mut self, tokens: &[Token], parsed: &Parsed, at: usize, call: &WrittenCall) {
        let place = parsed.rule.places[at];
        if let Some(condition) = call.condition() {
            self.push(Node::Condition(condition), place, Known::All);
        } else if parsed.unclear.contains(&at) {
            self.push(Node::Condition(ANYTHING), place, Known::NoGroup);
        } else if !parsed.wrong.contains(&at) {
            self.extend(call.example().as_str(), place);
        } else if let Some(meant) = meant(place.of(tokens)) {
            self.extend(&meant, place);
        } else {
            self.push(Node::Condition(ANYTHING), place, Known::Nothing);
        }
    }

    /// Adds the conditions of another text, whose values are not reliable.
    fn extend(&mut self, text: &str, place: TokenRange) {
        let tokens = lex(text).tokens;
        let parsed = Brackets::pair(&tokens).ok().map(|brackets| parse(&tokens, &brackets));
        let outline = parsed.and_then(|parsed| Self::of(&tokens, &parsed));
        for node in outline.map_or_else(|| vec![Node::Condition(ANYTHING)], |outline| outline.nodes) {
            match node {
                Node::Condition(condition) => {
                    self.push(Node::Condition(soonest(condition)), place, Known::Word)
                }
                group => self.push(group, place, Known::All),
            };
        }
    }

    fn push(&mut self, node: Node, place: TokenRange, known: Known) -> usize {
        self.nodes.push(node);
        self.places.push(place);
        self.known.push(known);
        self.nodes.len() - 1
    }

    /// Leaves out thresholds in excess of the limit, which cannot be measured.
    fn leave_out_thresholds(&mut self) {
        let measures = Rule::measures(&self.nodes);
        for (node, known) in self.nodes.iter_mut().zip(&mut self.known) {
            if let Node::Condition(condition) = node
                && let Some(threshold) = condition.counts_slow_from()
                && measures.threshold(nanos(threshold)).is_none()
            {
                self.has_too_many_thresholds |= *known == Known::All;
                (*node, *known) = (Node::Condition(ANYTHING), Known::Word);
            }
        }
    }
}

/// The same kind of condition with the values for which it holds soonest.
fn soonest(condition: Condition) -> Condition {
    match condition {
        Condition::InFlight(_) => Condition::InFlight(2),
        Condition::SureFailureRate(_) => ANYTHING,
        other => other.with_calls(1).unwrap_or(other),
    }
}

/// What a wrong condition was meant to be, if that is clear.
fn meant(wrong: &[Token]) -> Option<String> {
    let is_word = wrong.first()?.shape == Shape::Word;
    let mut text = spell(wrong);
    for _ in 0..8 {
        let lexed = lex(&text);
        let brackets = Brackets::pair(&lexed.tokens).ok()?;
        let Parsed { problems, unclear, .. } = parse(&lexed.tokens, &brackets);
        if !unclear.is_empty() {
            return None;
        }
        let Some(problem) = problems.into_iter().next() else { return Some(text) };
        // An example for text that begins with a word still shows what that word means.
        if problem.is_example() && !is_word {
            return None;
        }
        text = problem.corrected(&text, &lexed.bytes)?;
    }
    None
}
