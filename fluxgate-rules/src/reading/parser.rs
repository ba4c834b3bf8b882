//! The tokens of a rule -> its syntax tree.
//!
//! It goes on after a mistake, so that all of them are reported together. If the intention is clear, it goes on with what was meant.

use crate::language::syntax::{Branch, Call, Rule};
use crate::language::vocabulary::TRIP;
use crate::model::rule::MAX_NODES;
use crate::reading::call::{Source, function};
use crate::reading::suggestion::{is_known, meant, meant_by};
use crate::text::brackets::Brackets;
use crate::text::problem::Problem;
use crate::text::token::{Place, Shape, Token};

/// Reads a rule. If there are problems, the tree is incomplete.
pub(crate) fn parse(tokens: &[Token], brackets: &Brackets) -> (Rule, Vec<Problem>) {
    let source = Source { tokens, brackets, vocabulary: &TRIP, problems: Vec::new() };
    let mut parser = Parser { source, rule: Rule::default() };
    let whole = Place::new(0, tokens.len());
    if whole.is_empty() {
        let problem = Problem::new(whole, "a rule needs at least one condition");
        parser.source.report(problem.correct("min(10) & failure_rate(0.5)"));
    } else {
        parser.group(whole, None);
    }
    let nodes = parser.rule.branches.len();
    if nodes > MAX_NODES {
        let what = format!("the rule is too long: {nodes} conditions and groups");
        let help = format!("{MAX_NODES} are allowed; a `custom` condition can stand for many");
        parser.source.report(Problem::new(whole, what).help(help));
    }
    (parser.rule, parser.source.problems)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
}

impl Operator {
    const fn sign(self) -> &'static str {
        match self {
            Self::And => "&",
            Self::Or => "|",
        }
    }
}

const ANY_OR_ALL: &str = "write `&` (all of them) or `|` (any of them)";

/// The text between two operators.
enum Item {
    Condition(Call),
    /// A group in parentheses, which are not part of the place.
    Group(Place),
    /// Something wrong, already reported.
    Wrong,
}

struct Parser<'a> {
    source: Source<'a>,
    rule: Rule,
}

impl<'a> Parser<'a> {
    /// Reads the rule at `place`, which is in a group whose members are joined by `within`.
    fn group(&mut self, place: Place, within: Option<Operator>) {
        let alternatives = self.alternatives(place);
        let any = (alternatives.len() > 1 && within != Some(Operator::Or))
            .then(|| self.open(Branch::Any(0), place));
        let within = if alternatives.len() > 1 { Some(Operator::Or) } else { within };
        for items in alternatives {
            let (first, last) = (items[0].1, items[items.len() - 1].1);
            let place = Place::new(first.start, last.end);
            let joined = items.len() > 1;
            let all = (joined && within != Some(Operator::And)).then(|| self.open(Branch::All(0), place));
            let within = if joined { Some(Operator::And) } else { within };
            for (item, place) in items {
                match item {
                    Item::Condition(call) => {
                        self.rule.places.push(call.place);
                        self.rule.branches.push(Branch::Condition(call));
                    }
                    Item::Group(inside) if inside.is_empty() => {
                        let problem = Problem::new(place, "there is no condition in these parentheses");
                        self.source.report(problem.help("write one, or remove them"));
                    }
                    Item::Group(inside) => self.group(inside, within),
                    Item::Wrong => {}
                }
            }
            self.close(all);
        }
        self.close(any);
    }

    fn open(&mut self, branch: Branch, place: Place) -> usize {
        self.rule.branches.push(branch);
        self.rule.places.push(place);
        self.rule.branches.len() - 1
    }

    fn close(&mut self, group: Option<usize>) {
        let Some(at) = group else { return };
        let members = self.rule.branches.len() - at - 1;
        match &mut self.rule.branches[at] {
            Branch::All(count) | Branch::Any(count) => *count = members,
            Branch::Condition(_) => {}
        }
    }

    /// The members of the `|`-group at `place`, each as the members of an `&`-group. No group is empty.
    fn alternatives(&mut self, place: Place) -> Vec<Vec<(Item, Place)>> {
        let mut alternatives = vec![Vec::new()];
        let mut at = place.start;
        loop {
            let (item, item_place) = self.item(&mut at, place.end);
            if matches!(item, Item::Wrong) {
                // Goes on with the next operator, so that one mistake gives one message.
                self.skip(&mut at, place.end);
            }
            if let Some(items) = alternatives.last_mut() {
                items.push((item, item_place));
            }
            match self.operator(&mut at, place.end) {
                Some(Operator::And) => {}
                Some(Operator::Or) => alternatives.push(Vec::new()),
                None => return alternatives,
            }
        }
    }

    /// Skips to the next operator.
    fn skip(&self, at: &mut usize, end: usize) {
        while self.token(*at, end).is_some_and(|token| join(token).is_none()) {
            *at = self.source.brackets.close(*at) + 1;
        }
    }

    /// Reads one member.
    fn item(&mut self, at: &mut usize, end: usize) -> (Item, Place) {
        if let Some(place) = self.closure(*at, end) {
            *at = end;
            return (Item::Wrong, place);
        }
        while let Some(place) = self.negation(*at, end).or_else(|| self.stray(*at, end)) {
            *at = place.end;
        }
        let start = *at;
        let Some(token) = self.token(start, end) else {
            return (Item::Wrong, Place::new(start, start));
        };
        if let Some(place) = self.function(start, end) {
            *at = place.end;
            return (Item::Wrong, place);
        }
        if join(token).is_some() {
            let what = format!("a condition is missing before `{}`", token.text);
            let help = format!("write one, or remove the `{}`", token.text);
            self.source.report(Problem::new(Place::at(start), what).help(help).correct(""));
            return (Item::Wrong, Place::new(start, start));
        }
        if token.shape == Shape::Word {
            let call = if self.conditions_inside(at, end) { None } else { self.source.word(at, end) };
            return (call.map_or(Item::Wrong, Item::Condition), Place::new(start, *at));
        }
        if token.shape == Shape::Open {
            let close = self.source.brackets.close(start);
            *at = close + 1;
            let place = Place::new(start, *at);
            let inside = Place::new(start + 1, close);
            if !token.is("(") {
                let correction = format!("({})", self.source.spell(inside));
                self.source.report(Problem::new(place, "a group goes in parentheses").correct(correction));
            }
            return (Item::Group(inside), place);
        }
        self.skip(at, end);
        let place = Place::new(start, *at);
        let text = self.source.spell(place);
        let problem = Problem::new(place, format!("`{text}` is not a condition"));
        let meant = meant_by(&TRIP, self.source.tokens, place);
        self.source.report(problem.correct(meant.unwrap_or_else(|| TRIP.entries[0].example())));
        (Item::Wrong, place)
    }

    /// Whether `|metrics| ..` or `|metrics: &Metrics| ..` begins here.
    fn is_closure(&self, at: usize, end: usize) -> bool {
        let Some([bar, word, sign, ..]) = self.source.tokens[..end].get(at..) else { return false };
        let is_parameter = word.shape == Shape::Word && !is_known(&TRIP, &word.text);
        bar.is("|") && is_parameter && [":", "|", ","].iter().any(|end| sign.is(end))
    }

    /// `|metrics| metrics.total() > 10`. Takes everything to the end, since the closure's own end is unknown.
    fn closure(&mut self, at: usize, end: usize) -> Option<Place> {
        if !self.is_closure(at, end) {
            return None;
        }
        let place = Place::new(at, end);
        let problem = Problem::new(place, "a closure goes in `custom`");
        let correction = meant_by(&TRIP, self.source.tokens, place)?;
        self.source.report(problem.correct(correction));
        Some(place)
    }

    /// `!closed` or `not closed`. What follows is read as if there were no negation.
    fn negation(&mut self, at: usize, end: usize) -> Option<Place> {
        self.token(at, end).filter(|token| token.is("!") || token.is("not"))?;
        let what = "conditions cannot be negated, so that worse numbers never un-trip a rule";
        let mut inside = Place::new(at + 1, at + 2);
        if self.token(at + 1, end).is_some_and(|open| open.is("(")) {
            inside = Place::new(at + 2, self.source.brackets.close(at + 1));
        }
        let after = if inside.start == at + 1 { inside.end } else { inside.end + 1 };
        let state = Problem::new(Place::new(at, after), what);
        self.source.report(match inside.of(&self.source.tokens[..end]) {
            [word] if word.is("closed") => state.correct("half_open"),
            [word] if word.is("half_open") => state.correct("closed"),
            _ => Problem::new(Place::at(at), what).help("remove it, and say when to trip").correct(""),
        });
        Some(Place::at(at))
    }

    /// Signs before a condition.
    fn stray(&mut self, at: usize, end: usize) -> Option<Place> {
        let is_sign =
            |token: &Token| token.shape == Shape::Punctuation && join(token).is_none() && !token.is("!");
        let mut after = at;
        while self.token(after, end).is_some_and(is_sign) {
            after += 1;
        }
        let place = Place::new(at, after);
        let next = self.token(after, end)?;
        if place.is_empty() || !matches!(next.shape, Shape::Word | Shape::Open) {
            return None;
        }
        let problem = Problem::new(place, format!("`{}` does not belong here", self.source.spell(place)));
        self.source.report(problem.help("remove it").correct(""));
        Some(place)
    }

    /// `any(a, b)` and `and(a, b)`, which are written with operators.
    fn function(&mut self, start: usize, end: usize) -> Option<Place> {
        let operator = function(self.token(start, end)?)?;
        self.token(start + 1, end).filter(|open| open.is("("))?;
        let place = Place::new(start, self.source.brackets.close(start + 1) + 1);
        if place.end == start + 3 {
            return None;
        }
        let problem = Problem::new(place, format!("conditions are joined by `{}`", operator.trim()));
        self.source.report(problem.correct(self.source.joined(place)));
        Some(place)
    }

    /// `failure_rate(0.5, min(10))` and `failure_rate(0.5, min = 10)`: conditions among the arguments.
    fn conditions_inside(&mut self, at: &mut usize, end: usize) -> bool {
        let (Some(entry), Some(open)) = (TRIP.entry(&self.source.tokens[*at].text), self.token(*at + 1, end))
        else {
            return false;
        };
        if !open.is("(") {
            return false;
        }
        let inside = Place::new(*at + 2, self.source.brackets.close(*at + 1));
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for piece in self.source.brackets.split(self.source.tokens, inside) {
            let (word, value) = match piece.of(self.source.tokens) {
                [word, sign, _, ..] if sign.is("=") || sign.is(":") => {
                    (word, Place::new(piece.start + 2, piece.end))
                }
                [word, open, .., _]
                    if open.is("(") && self.source.brackets.close(piece.start + 1) + 1 == piece.end =>
                {
                    (word, Place::new(piece.start + 2, piece.end - 1))
                }
                _ => {
                    own.push(self.source.spell(piece));
                    continue;
                }
            };
            let value = self.source.spell(value);
            match meant(&TRIP, &word.text, core::slice::from_ref(&value)) {
                Some(meant) if !meant.is_misspelt && meant.entry == entry => own.push(value),
                _ if entry.positional.iter().any(|parameter| word.is(parameter.name)) => own.push(value),
                Some(meant) if !meant.is_misspelt => others.push(meant.text),
                _ => own.push(self.source.spell(piece)),
            }
        }
        if others.is_empty() || own.len() != entry.positional.len() {
            return false;
        }
        let own = entry.with(&own);
        let at_end = if entry.positional.is_empty() { 0 } else { others.len() };
        others.insert(at_end, own);
        let place = Place::new(*at, inside.end + 1);
        *at = place.end;
        let problem = Problem::new(place, "conditions are joined by `&`, not given to each other");
        self.source.report(problem.correct(others.join(" & ")));
        true
    }

    /// Reads the operator before the next member; `None` at the end.
    fn operator(&mut self, at: &mut usize, end: usize) -> Option<Operator> {
        let start = *at;
        let token = self.token(start, end)?;
        if join(token).is_none() {
            return self.no_operator(at, end);
        }
        let mut operators = Vec::new();
        while let Some(token) = self.token(*at, end)
            && let Some(operator) = join(token)
            && (*at == start || !self.is_function(*at, end) && !self.is_closure(*at, end))
        {
            if !token.is(",") && !token.is(";") {
                operators.push(operator);
            }
            *at += 1;
        }
        let place = Place::new(start, *at);
        let text = self.source.spell(place);
        let meant = operators.first().copied().filter(|first| operators.iter().all(|other| other == first));
        if self.token(*at, end).is_none() {
            self.source.report(
                match operators.as_slice() {
                    [] => Problem::new(place, format!("`{text}` does not belong here")).help("remove it"),
                    _ => Problem::new(place, format!("a condition is missing after `{text}`"))
                        .help(format!("write one, or remove the `{text}`")),
                }
                .correct(""),
            );
            return None;
        }
        if text != "&" && text != "|" {
            let problem = Problem::new(place, format!("`{text}` does not join conditions"));
            self.source.report(match meant {
                Some(operator) => {
                    problem.help(format!("write `{}`", operator.sign())).correct(apart(token, operator))
                }
                None => problem.help(ANY_OR_ALL).correct(apart(token, Operator::And)),
            });
        }
        Some(meant.unwrap_or(Operator::And))
    }

    fn is_function(&self, at: usize, end: usize) -> bool {
        self.token(at, end).is_some_and(|token| function(token).is_some())
            && self.token(at + 1, end).is_some_and(|open| open.is("("))
    }

    /// Reports something else between two conditions, or nothing at all.
    fn no_operator(&mut self, at: &mut usize, end: usize) -> Option<Operator> {
        let start = *at;
        if self.source.begins(start, end) {
            let text = &self.source.tokens[start].text;
            let what = format!("`&` or `|` is missing before `{text}`");
            self.source.report(Problem::new(Place::at(start), what).correct(format!("& {text}")));
            return Some(Operator::And);
        }
        while self.token(*at, end).is_some_and(|token| join(token).is_none()) && !self.source.begins(*at, end)
        {
            *at = self.source.brackets.close(*at) + 1;
        }
        // `min(10).and(failure_rate(0.5))`
        let mut operator = Operator::And;
        if self.source.tokens[start].is(".") && *at == start + 1 && self.is_function(*at, end) {
            operator = self.token(*at, end).and_then(join).unwrap_or(operator);
            *at += 1;
        }
        let place = Place::new(start, *at);
        let text = self.source.spell(place);
        if self.source.begins(*at, end) {
            let problem = Problem::new(place, format!("`{text}` does not join conditions"));
            let help = match text.strip_prefix('.') {
                Some(_) if place.end > start + 1 => format!("write `{}`", operator.sign()),
                _ => ANY_OR_ALL.to_owned(),
            };
            let after = if text.starts_with('.') { " " } else { "" };
            let correction = apart(&self.source.tokens[start], operator) + after;
            self.source.report(problem.help(help).correct(correction));
            return Some(operator);
        }
        let help = self.source.remove_it(place);
        self.source
            .report(Problem::new(place, format!("`{text}` does not belong here")).help(help).correct(""));
        self.operator(at, end)
    }

    fn token(&self, at: usize, end: usize) -> Option<&'a Token> {
        self.source.token(at, end)
    }
}

/// An operator to replace a token, which may follow the text before it without a space.
fn apart(token: &Token, operator: Operator) -> String {
    let is_close = [",", ";", ":", "."].iter().any(|sign| token.is(sign));
    format!("{}{}", if is_close { " " } else { "" }, operator.sign())
}

/// The operator that a token stands for, even if it is not how we write it.
fn join(token: &Token) -> Option<Operator> {
    match token.text.to_lowercase().as_str() {
        "&" | "and" | "," | ";" => Some(Operator::And),
        "|" | "or" => Some(Operator::Or),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
