//! The tokens of a rule -> its syntax tree.
//!
//! Goes on after a mistake, so that all of them are reported together. Wherever what was meant is clear, it is taken for
//! what was meant.

use crate::brackets::Brackets;
use crate::call::Source;
use crate::problem::Problem;
use crate::rule::MAX_NODES;
use crate::syntax::{Branch, Call, Rule};
use crate::token::{Place, Shape, Token};
use crate::vocabulary::TRIP;

/// Reads a rule. With problems, the tree is incomplete.
pub(crate) fn parse(tokens: &[Token], brackets: &Brackets) -> (Rule, Vec<Problem>) {
    let source = Source { tokens, brackets, vocabulary: &TRIP, problems: Vec::new() };
    let mut parser = Parser { source, rule: Rule::default() };
    let whole = Place::new(0, tokens.len());
    if whole.is_empty() {
        let problem = Problem::new(whole, "a rule needs a condition");
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

/// What stands between two operators.
enum Item {
    Condition(Call),
    /// In parentheses, which are not part of the place.
    Group(Place),
    /// Something wrong, already reported.
    Wrong,
}

struct Parser<'a> {
    source: Source<'a>,
    rule: Rule,
}

impl<'a> Parser<'a> {
    /// Reads the rule at `place`, which stands in a group of members joined by `within`.
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
                        self.source.report(problem.help("write one, or leave them out"));
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

    /// The members of the `|`-group at `place`, each the members of an `&`-group; none of them is empty.
    fn alternatives(&mut self, place: Place) -> Vec<Vec<(Item, Place)>> {
        let mut alternatives = vec![Vec::new()];
        let mut at = place.start;
        loop {
            let (item, item_place) = self.item(&mut at, place.end);
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

    /// Reads one member.
    fn item(&mut self, at: &mut usize, end: usize) -> (Item, Place) {
        while let Some(place) = self.negation(*at, end).or_else(|| self.stray(*at, end)) {
            *at = place.end;
        }
        let start = *at;
        let Some(token) = self.token(start, end) else {
            return (Item::Wrong, Place::new(start, start));
        };
        if join(token).is_some() {
            let what = format!("there is no condition before `{}`", token.text);
            let problem = Problem::new(Place::at(start), what);
            self.source.report(problem.help("write one, or leave it out").correct(""));
            return (Item::Wrong, Place::new(start, start));
        }
        if token.shape == Shape::Word {
            return self.condition(at, end);
        }
        let close = self.source.brackets.close(start);
        *at = close + 1;
        let place = Place::new(start, *at);
        if token.shape == Shape::Open {
            let inside = Place::new(start + 1, close);
            if !token.is("(") {
                let correction = format!("({})", self.source.spell(inside));
                self.source.report(Problem::new(place, "a group stands in parentheses").correct(correction));
            }
            return (Item::Group(inside), place);
        }
        while self.token(*at, end).is_some_and(|token| join(token).is_none()) {
            *at = self.source.brackets.close(*at) + 1;
        }
        let place = Place::new(start, *at);
        let text = self.source.spell(place);
        let problem = Problem::new(place, format!("`{text}` is not a condition"));
        let meant = TRIP.meant_by(self.source.tokens, place);
        self.source.report(problem.correct(meant.unwrap_or_else(|| TRIP.entries[2].example())));
        (Item::Wrong, place)
    }

    /// `!closed` or `not closed`. What follows is read as if that were not there.
    fn negation(&mut self, at: usize, end: usize) -> Option<Place> {
        self.token(at, end).filter(|token| token.is("!") || token.is("not"))?;
        let what = "a rule has no negation, so that worse numbers never un-trip it";
        let state = Problem::new(Place::new(at, at + 2), what);
        self.source.report(match self.token(at + 1, end) {
            Some(next) if next.is("closed") => state.correct("half_open"),
            Some(next) if next.is("half_open") => state.correct("closed"),
            _ => Problem::new(Place::at(at), what).help("leave it out, and say when to trip").correct(""),
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
        self.source.report(problem.help("leave it out").correct(""));
        Some(place)
    }

    /// Reads a word, which may have a path before it, and arguments or a comparison after it.
    fn condition(&mut self, at: &mut usize, end: usize) -> (Item, Place) {
        let start = *at;
        let name = self.source.path(start, end);
        let (arguments, after) = self.source.parentheses(name + 1, end);
        *at = after;
        let is_wrong = self.comparison(at, end, name, arguments) || self.function(name, arguments);
        let place = Place::new(start, *at);
        let call = if is_wrong { None } else { self.source.call(name, arguments) };
        (call.map_or(Item::Wrong, Item::Condition), place)
    }

    /// `failure_rate > 0.5`, `min = 10` or `min 10`, which are clear enough to be corrected.
    fn comparison(&mut self, at: &mut usize, end: usize, name: usize, arguments: Option<Place>) -> bool {
        let is_sign = |token: &Token| ["<", ">", "=", ":", "≥", "≤"].contains(&token.text.as_str());
        let is_value = |token: &Token| matches!(token.shape, Shape::Number | Shape::Literal);
        let mut value = *at;
        while self.token(value, end).is_some_and(is_sign) {
            value += 1;
        }
        let is_compared = value > *at;
        if !is_compared && !self.token(value, end).is_some_and(is_value) {
            return false;
        }
        let mut after = value;
        while let Some(token) = self.token(after, end)
            && (is_value(token)
                || token.is("%")
                || token.is(".")
                || is_compared && after == value && join(token).is_none())
        {
            after = self.source.brackets.close(after) + 1;
        }
        let rest = Place::new(*at, after);
        *at = after;
        if let Some(inside) = arguments.filter(|inside| !inside.is_empty()) {
            let what = format!("`{}` does not belong here", self.source.spell(rest));
            self.source.report(Problem::new(rest, what).help("leave it out").correct(""));
            self.source.call(name, Some(inside));
            return true;
        }
        let word = &self.source.tokens[name].text;
        let Some(entry) = TRIP.entry(word) else {
            self.source.call(name, None);
            return true;
        };
        let place = Place::new(name, after);
        let value = Place::new(value, after);
        let correction = match entry.positional {
            [_] if !value.is_empty() => entry.with(&[self.source.spell(value)]),
            _ => entry.example(),
        };
        let what = match entry.positional {
            [] => format!("`{word}` takes no arguments"),
            _ => format!("`{word}` takes {} in parentheses", entry.wanted()),
        };
        self.source.report(Problem::new(place, what).correct(correction));
        true
    }

    /// `any(a, b)` and `all(a, b)`, which are written with operators.
    fn function(&mut self, name: usize, arguments: Option<Place>) -> bool {
        let (Some(inside), operator) = (arguments, self.source.tokens[name].text.as_str()) else {
            return false;
        };
        let operator = match operator {
            "any" | "any_of" => " | ",
            "all" | "all_of" => " & ",
            _ => return false,
        };
        let place = Place::new(name, inside.end + 1);
        let members = self.source.brackets.split(self.source.tokens, inside);
        let members: Vec<_> = members.into_iter().map(|member| self.source.spell(member)).collect();
        let problem = Problem::new(place, format!("conditions are joined by `{}`", operator.trim()));
        self.source.report(problem.correct(format!("({})", members.join(operator))));
        true
    }

    /// Reads the operator before the next member; `None` at the end.
    fn operator(&mut self, at: &mut usize, end: usize) -> Option<Operator> {
        let start = *at;
        let token = self.token(start, end)?;
        let Some(operator) = join(token) else { return self.no_operator(at, end, token) };
        let sign = if operator == Operator::And { "&" } else { "|" };
        let is_ours = token.is(sign);
        *at += 1;
        while is_ours && self.token(*at, end).is_some_and(|next| next.is(sign)) {
            *at += 1;
        }
        let place = Place::new(start, *at);
        let text = self.source.spell(place);
        if self.token(*at, end).is_none() {
            let problem = Problem::new(place, format!("nothing follows `{text}`"));
            self.source.report(problem.help("write a condition, or leave it out").correct(""));
            return None;
        }
        if text != sign {
            let problem = Problem::new(place, format!("`{text}` does not join conditions"));
            self.source.report(if token.is(",") || token.is(";") {
                problem.help("write `&` (all of them) or `|` (any of them)").correct(" &")
            } else {
                problem.correct(sign)
            });
        }
        Some(operator)
    }

    /// Something else between two conditions, or nothing.
    fn no_operator(&mut self, at: &mut usize, end: usize, token: &Token) -> Option<Operator> {
        let start = *at;
        if matches!(token.shape, Shape::Word | Shape::Open) || token.is("!") {
            let text = &token.text;
            let what = format!("there is no `&` or `|` before `{text}`");
            self.source.report(Problem::new(Place::at(start), what).correct(format!("& {text}")));
            return Some(Operator::And);
        }
        let is_sign = |token: &Token| matches!(token.shape, Shape::Punctuation) && join(token).is_none();
        while self.token(*at, end).is_some_and(is_sign) {
            *at += 1;
        }
        let place = Place::new(start, *at);
        if !place.is_empty()
            && self.token(*at, end).is_some_and(|next| matches!(next.shape, Shape::Word | Shape::Open))
        {
            let what = format!("`{}` does not join conditions", self.source.spell(place));
            self.source.report(
                Problem::new(place, what).help("write `&` (all of them) or `|` (any of them)").correct("&"),
            );
            return Some(Operator::And);
        }
        // One mistake, one message: goes on with the next operator.
        while self.token(*at, end).is_some_and(|token| join(token).is_none()) {
            *at = self.source.brackets.close(*at) + 1;
        }
        let place = Place::new(start, *at);
        let what = format!("`{}` does not belong here", self.source.spell(place));
        self.source.report(Problem::new(place, what).help("leave it out").correct(""));
        self.operator(at, end)
    }

    fn token(&self, at: usize, end: usize) -> Option<&'a Token> {
        self.source.tokens[..end].get(at)
    }
}

/// What a token joins conditions by, also where it is not the way we write it.
fn join(token: &Token) -> Option<Operator> {
    match token.text.to_lowercase().as_str() {
        "&" | "and" | "," | ";" => Some(Operator::And),
        "|" | "or" => Some(Operator::Or),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
