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
        let start = *at;
        let Some(token) = self.token(start, end) else {
            return (Item::Wrong, Place::new(start, start));
        };
        let close = self.source.brackets.close(start);
        *at = close + 1;
        let place = Place::new(start, *at);
        let problem = match token.shape {
            Shape::Open => {
                if !token.is("(") {
                    let inside = self.source.spell(Place::new(start + 1, close));
                    let problem = Problem::new(place, "a group is written in parentheses");
                    self.source.report(problem.correct(format!("({inside})")));
                }
                return (Item::Group(Place::new(start + 1, close)), place);
            }
            Shape::Word if token.is("not") => negation(place),
            Shape::Word if join(token).is_some() => {
                *at = start;
                self.missing(start)
            }
            Shape::Word => return self.condition(at, end, start),
            Shape::Punctuation if token.is("!") => negation(place),
            Shape::Punctuation if join(token).is_some() => {
                *at = start;
                self.missing(start)
            }
            Shape::Literal => {
                Problem::new(place, "a rule is not in quotes within itself").help("leave the quotes out")
            }
            Shape::Number => {
                if self.token(*at, end).is_some_and(|next| next.is("%")) {
                    *at += 1;
                }
                let place = Place::new(start, *at);
                let what = format!("`{}` is not a condition", self.source.spell(place));
                Problem::new(place, what)
                    .help("a number stands in parentheses: `min(10)`, `failure_rate(50%)`")
            }
            _ => {
                let what = format!("`{}` is not a condition", token.text);
                Problem::new(place, what).help("conditions are joined by `&` and `|`, with parentheses")
            }
        };
        let place = problem.place;
        self.source.report(problem);
        (Item::Wrong, place)
    }

    /// Reads a word, which may have a path before it, and arguments or a comparison after it.
    fn condition(&mut self, at: &mut usize, end: usize, start: usize) -> (Item, Place) {
        let is =
            |parser: &Self, at: usize, sign: &str| parser.token(at, end).is_some_and(|token| token.is(sign));
        let mut name = start;
        while is(self, name + 1, ":")
            && is(self, name + 2, ":")
            && self.token(name + 3, end).is_some_and(|token| token.shape == Shape::Word)
        {
            name += 3;
        }
        *at = name + 1;
        if name > start {
            let word = self.source.tokens[name].text.clone();
            let problem =
                Problem::new(Place::new(start, name + 1), "a condition is one word, without a path");
            self.source.report(problem.correct(word));
        }
        let opening = *at;
        let arguments = match self.token(opening, end) {
            Some(token) if token.shape == Shape::Open => {
                let close = self.source.brackets.close(opening);
                *at = close + 1;
                let inside = Place::new(opening + 1, close);
                if !token.is("(") {
                    let text = self.source.spell(inside);
                    let problem =
                        Problem::new(Place::new(opening, close + 1), "arguments stand in parentheses");
                    self.source.report(problem.correct(format!("({text})")));
                }
                Some(inside)
            }
            _ => None,
        };
        if self.comparison(at, end, name) {
            return (Item::Wrong, Place::new(start, *at));
        }
        let place = Place::new(start, *at);
        match self.source.call(name, arguments) {
            Some(call) => (Item::Condition(call), place),
            None => (Item::Wrong, place),
        }
    }

    /// `failure_rate > 0.5`, `min = 10` or `min 10`, which are clear enough to be corrected.
    fn comparison(&mut self, at: &mut usize, end: usize, name: usize) -> bool {
        let is_sign = |token: &Token| ["<", ">", "=", ":", "≥", "≤"].contains(&token.text.as_str());
        let mut value = *at;
        while self.token(value, end).is_some_and(is_sign) {
            value += 1;
        }
        let is_value = |token: &Token| matches!(token.shape, Shape::Number | Shape::Literal);
        if value == *at && !self.token(value, end).is_some_and(is_value) {
            return false;
        }
        let mut after = value;
        while self.token(after, end).is_some_and(|token| is_value(token) || token.is("%") || token.is(".")) {
            after += 1;
        }
        *at = after;
        let word = &self.source.tokens[name].text;
        let what = format!("the value of `{word}` stands in parentheses");
        let place = Place::new(name, after);
        let problem = match TRIP.entry(word).map(|entry| entry.positional) {
            Some([_]) if after > value => {
                let value = self.source.spell(Place::new(value, after));
                Problem::new(place, what).correct(format!("{word}({value})"))
            }
            Some(_) => Problem::new(place, what).help("every condition says `at least`: `failure_rate(0.5)`"),
            None => {
                self.source.call(name, None);
                return true;
            }
        };
        self.source.report(problem);
        true
    }

    /// Reads the operator before the next member; `None` at the end.
    fn operator(&mut self, at: &mut usize, end: usize) -> Option<Operator> {
        let start = *at;
        let token = self.token(start, end)?;
        let Some(operator) = join(token) else {
            let text = &token.text;
            let missing = if matches!(token.shape, Shape::Word | Shape::Open) {
                Problem::new(Place::at(start), format!("there is no `&` or `|` before `{text}`"))
                    .correct(format!("& {text}"))
            } else {
                Problem::new(Place::at(start), format!("`{text}` does not belong here"))
                    .help("conditions are joined by `&` (all of them) and `|` (any of them)")
            };
            self.source.report(missing);
            if !matches!(token.shape, Shape::Word | Shape::Open) {
                // One mistake, one message: goes on behind the next operator.
                while self.token(*at, end).is_some_and(|token| join(token).is_none()) {
                    *at = self.source.brackets.close(*at) + 1;
                }
                return self.operator(at, end);
            }
            return Some(Operator::And);
        };
        let sign = if operator == Operator::And { "&" } else { "|" };
        *at += 1;
        if self.token(*at, end).is_some_and(|next| next.is(sign) && token.is(sign)) {
            *at += 1;
            let problem =
                Problem::new(Place::new(start, *at), format!("`{sign}{sign}` is not an operator of rules"));
            self.source.report(problem.correct(sign));
        } else if !token.is(sign) {
            let what = format!("`{}` does not join conditions", token.text);
            let problem = Problem::new(Place::at(start), what);
            self.source.report(if token.is(",") || token.is(";") {
                problem.help("write `&` (all of them) or `|` (any of them)").correct(" &")
            } else {
                problem.correct(sign)
            });
        }
        if self.token(*at, end).is_none() {
            let what = format!("nothing follows `{}`", token.text);
            let problem = Problem::new(Place::new(start, *at), what);
            self.source.report(problem.help("write another condition, or leave it out").correct(""));
            return None;
        }
        Some(operator)
    }

    /// An operator where a condition should be.
    fn missing(&self, start: usize) -> Problem {
        let what = format!("there is no condition before `{}`", self.source.tokens[start].text);
        Problem::new(Place::at(start), what).help("write one, or leave it out").correct("")
    }

    fn token(&self, at: usize, end: usize) -> Option<&'a Token> {
        self.source.tokens[..end].get(at)
    }
}

/// What a token joins conditions by, also where it is not the way we write it.
fn join(token: &Token) -> Option<Operator> {
    match token.text.to_lowercase().as_str() {
        _ if token.shape == Shape::Literal => None,
        "&" | "and" | "," | ";" => Some(Operator::And),
        "|" | "or" => Some(Operator::Or),
        _ => None,
    }
}

fn negation(place: Place) -> Problem {
    Problem::new(place, "a rule has no negation").help(
        "a rule says when to trip, and worse numbers never un-trip it: leave this out, \
         or use `closed` for not `half_open`",
    )
}
