//! The tokens of a rule -> its syntax tree.
//!
//! It continues after a mistake, so that all mistakes are reported together. If the intention is clear, it continues
//! with what was meant.

use crate::language::number::lenient;
use crate::language::syntax::{Branch, WrittenCall, WrittenRule};
use crate::language::vocabulary::{EXAMPLE_RULE, Entry, TRIP};
use crate::model::limits::MAX_NODES;
use crate::reading::comparisons::comparisons;
use crate::reading::cursor::Cursor;
use crate::reading::filled::{Filled, looks_back, with_window};
use crate::reading::operators::{Operator, function, joined, operator};
use crate::reading::piece::keyword;
use crate::reading::states::{self, is_negation};
use crate::reading::stray;
use crate::reading::suggestion::{is_known, meant, meant_by, right_call};
use crate::reading::trailing;
use crate::reading::written_call::{call, report_turned};
use crate::text::brackets::Brackets;
use crate::text::problem::{Problem, list_once};
use crate::text::token::{Shape, Token, TokenRange, spell};

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

const ANY_OR_ALL: &str = "write `&` (all of them) or `|` (any of them)";

/// A member between two operators.
enum Item {
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
    /// Whether the last item makes the `&`-group unclear.
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
        for items in alternatives {
            let (first, last) = (items[0].1, items[items.len() - 1].1);
            let place = TokenRange::new(first.start, last.end);
            let joined = items.len() > 1;
            let all = (joined && within != Some(Operator::And)).then(|| self.open(Branch::All(0), place));
            let within = if joined { Some(Operator::And) } else { within };
            for (item, place) in items {
                match item {
                    Item::Condition(call) => {
                        self.open(Branch::Condition(call), place);
                    }
                    Item::Group(inside) if inside.is_empty() => {
                        let problem = Problem::new(place, "there is no condition in these parentheses");
                        self.cursor.report(problem.help("write one, or remove them"));
                        let wrong = self.unread(place);
                        self.wrong.push(wrong);
                    }
                    Item::Group(inside) => self.group(inside, within),
                    Item::Function(operator, members, is_rewritten) => {
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
                    Item::Wrong => {
                        let wrong = self.unread(place);
                        self.wrong.push(wrong);
                    }
                    Item::Unclear => {
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
    fn alternatives(&mut self, place: TokenRange) -> Vec<Vec<(Item, TokenRange)>> {
        self.cursor.enter(place);
        self.alternative = place.start;
        let mut alternatives = vec![Vec::new()];
        loop {
            let (item, mut item_place) = self.item();
            if matches!(item, Item::Wrong) {
                // Continues at the next operator, so that one mistake gives one message.
                self.skip();
                item_place.end = self.cursor.at;
            }
            let operator = self.operator();
            if let Some(items) = alternatives.last_mut() {
                items.push((item, item_place));
                if core::mem::take(&mut self.is_unclear) {
                    items.push((Item::Unclear, TokenRange::new(item_place.end, item_place.end)));
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

    /// Reads one member.
    fn item(&mut self) -> (Item, TokenRange) {
        if let Some(place) = self.closure() {
            return (Item::Wrong, place);
        }
        while self.negation() || self.stray_signs() {}
        let start = self.cursor.at;
        let nothing = TokenRange::new(start, start);
        let Some(token) = self.cursor.next() else { return (Item::Wrong, nothing) };
        if let Some(function) = self.function() {
            return (function, TokenRange::new(start, self.cursor.at));
        }
        if let Some((problem, end)) = states::comparison(&self.cursor) {
            self.cursor.report(problem);
            self.cursor.at = end;
            return (Item::Wrong, TokenRange::new(start, end));
        }
        if operator(token).is_some() {
            let what = format!("a condition is missing before `{}`", token.text);
            let help = format!("write one, or remove the `{}`", token.text);
            self.cursor.report(Problem::new(TokenRange::at(start), what).help(help).correct(""));
            return (Item::Wrong, nothing);
        }
        if token.shape == Shape::Word {
            let before = self.cursor.problems.len();
            let call = if self.conditions_inside() { None } else { call(&mut self.cursor) };
            let call = call.filter(|_| self.cursor.problems.len() == before);
            return (call.map_or(Item::Wrong, Item::Condition), TokenRange::new(start, self.cursor.at));
        }
        if token.shape == Shape::Open {
            let inside = self.cursor.inside(start);
            self.cursor.at = inside.end + 1;
            let place = TokenRange::new(start, self.cursor.at);
            if !token.is("(") {
                let correction = format!("({})", self.cursor.spell(inside));
                self.cursor.report(Problem::new(place, "a group goes in parentheses").correct(correction));
            }
            return (Item::Group(inside), place);
        }
        if report_turned(&mut self.cursor) {
            return (Item::Wrong, TokenRange::new(start, self.cursor.at));
        }
        // `95% sure`
        if let Some((problem, place)) = stray::problem(&self.cursor, start) {
            self.cursor.report(problem);
            self.cursor.at = place.end;
            return (Item::Wrong, place);
        }
        let place = self.figure();
        (Item::Wrong, place)
    }

    /// Reports a figure in place of a condition.
    fn figure(&mut self) -> TokenRange {
        let start = self.cursor.at;
        self.skip();
        let place = TokenRange::new(start, self.cursor.at);
        let text = self.cursor.spell(place);
        let problem = Problem::new(place, format!("`{text}` is not a condition"));
        let tokens = place.of(self.cursor.tokens);
        let is_count = tokens[0].text.parse::<u32>().is_ok();
        let is_name = lenient(&tokens[0].text).is_none() && tokens[0].text.ends_with(char::is_alphabetic);
        let sign = |signs: &[&str]| tokens.iter().position(|token| signs.iter().any(|sign| token.is(sign)));
        let figure = match tokens {
            // `5/10`
            [_, slash, of, ..] if is_count && slash.is("/") && of.shape == Shape::Number => {
                TokenRange::at(start)
            }
            // `5xx > 50%`
            _ if is_name => TokenRange::new(start + sign(&[">", "≥"]).unwrap_or(0), place.end),
            _ => place,
        };
        let problem = match meant_by(&TRIP, self.cursor.tokens, figure) {
            Some(meant) => problem.correct(meant),
            None => problem.example(TRIP.entries[0].example()),
        };
        let rest = TokenRange::new(start + 1, if is_count { place.end } else { start + 1 });
        let window = trailing::window_meant(&self.cursor, Some(&TRIP.entries[0]), rest);
        self.cursor.report(with_window(problem, window));
        place
    }

    /// Whether `|metrics| ..` or `|metrics: &Metrics| ..` comes next.
    fn is_closure(&self) -> bool {
        let start = self.cursor.at + usize::from(self.cursor.next().is_some_and(|first| first.is("move")));
        let [bar, word, sign, ..] = self.cursor.from(start.min(self.cursor.end)) else { return false };
        let is_parameter = word.shape == Shape::Word && !is_known(&TRIP, &word.text);
        bar.is("|") && is_parameter && [":", "|", ","].iter().any(|end| sign.is(end))
    }

    /// `|metrics| metrics.total() > 10`. Takes everything to the end, since the end of the closure is unknown.
    fn closure(&mut self) -> Option<TokenRange> {
        if !self.is_closure() {
            return None;
        }
        let place = TokenRange::new(self.cursor.at, self.cursor.end);
        // A function that captures nothing needs no `move`.
        let start = place.start + usize::from(self.cursor.next().is_some_and(|first| first.is("move")));
        let closure = TokenRange::new(start, place.end);
        let (what, correction) = match comparisons(closure.of(self.cursor.tokens)) {
            Some(conditions) => ("a comparison is written as a condition", conditions),
            None => ("a closure goes in `custom`", meant_by(&TRIP, self.cursor.tokens, closure)?),
        };
        self.cursor.report(Problem::new(place, what).correct(correction));
        self.cursor.at = place.end;
        self.is_unclear = true;
        Some(place)
    }

    /// `!closed` or `not closed`. Continues as if there were no negation.
    fn negation(&mut self) -> bool {
        let next = self.cursor.next();
        // `-5` and `- 5` are numbers.
        let is_number =
            self.cursor.token(self.cursor.at + 1).is_some_and(|token| token.shape == Shape::Number);
        if !next.is_some_and(is_negation) || is_number {
            return false;
        }
        let problem = states::negation(&self.cursor);
        self.cursor.report(problem);
        self.is_unclear = true;
        while self.cursor.next().is_some_and(is_negation) {
            self.cursor.at += 1;
        }
        true
    }

    /// Signs before a condition.
    fn stray_signs(&mut self) -> bool {
        let is_sign =
            |token: &&Token| token.shape == Shape::Punctuation && operator(token).is_none() && !token.is("!");
        let start = self.cursor.at;
        let after = start + self.cursor.from(start).iter().take_while(is_sign).count();
        let place = TokenRange::new(start, after);
        let begins = |next: &Token| matches!(next.shape, Shape::Word | Shape::Open);
        if place.is_empty() || !self.cursor.token(after).is_some_and(begins) {
            return false;
        }
        self.cursor.report_misplaced(place);
        self.cursor.at = after;
        true
    }

    /// `any(a, b)` and `and(a, b)`, which should use operators.
    fn function(&mut self) -> Option<Item> {
        let start = self.cursor.at;
        let operator = function(self.cursor.next()?)?;
        self.cursor.token(start + 1).filter(|open| open.is("("))?;
        let inside = self.cursor.inside(start + 1);
        if inside.is_empty() {
            return None;
        }
        let place = TokenRange::new(start, inside.end + 1);
        // A report about a function around this one corrects it as well.
        let mut is_rewritten = self.is_rewritten;
        if !is_rewritten {
            let correction = joined(&self.cursor, place);
            let problem = Problem::new(place, format!("conditions are joined by `{}`", operator.sign()));
            is_rewritten = is_read(&correction);
            self.cursor.report(if is_rewritten {
                problem.correct(spell(&correction))
            } else {
                problem.help(format!("write `first {} second`", operator.sign()))
            });
        }
        self.cursor.at = place.end;
        Some(Item::Function(operator, self.cursor.pieces(inside), is_rewritten))
    }

    /// `failure_rate(0.5, min(10))` and `failure_rate(0.5, min = 10)`: conditions among the arguments.
    fn conditions_inside(&mut self) -> bool {
        let cursor = &self.cursor;
        let [word, open, ..] = cursor.from(cursor.at) else { return false };
        let Some(entry) = TRIP.entry(&word.text).filter(|_| open.is("(")) else { return false };
        let inside = cursor.inside(cursor.at + 1);
        let (mut own, mut others, mut losses) = (Vec::new(), Vec::new(), Vec::new());
        let is_named = |piece: &TokenRange| {
            keyword(entry, &cursor.tokens[piece.start].text).is_some() && piece.start + 1 < piece.end
        };
        let (named, pieces): (Vec<_>, Vec<_>) = cursor.pieces(inside).into_iter().partition(is_named);
        for piece in pieces {
            let (word, value) = match piece.of(cursor.tokens) {
                [word, sign, _, ..] if sign.is("=") || sign.is(":") => {
                    (word, TokenRange::new(piece.start + 2, piece.end))
                }
                [word, open, .., _]
                    if open.is("(") && cursor.brackets.close(piece.start + 1) + 1 == piece.end =>
                {
                    (word, TokenRange::new(piece.start + 2, piece.end - 1))
                }
                _ => {
                    own.push(cursor.spell(piece));
                    continue;
                }
            };
            let value = cursor.spell(value);
            match meant(&TRIP, &word.text, core::slice::from_ref(&value)) {
                Some(meant) if !meant.is_misspelt && meant.entry == entry => own.push(value),
                _ if entry.positional.iter().any(|parameter| word.is(parameter.name)) => own.push(value),
                Some(meant) if !meant.is_misspelt => {
                    others.push(meant.right.text);
                    losses.extend(meant.right.losses);
                }
                _ => match trailing::window_meant(cursor, Some(entry), piece) {
                    Some(window) => losses.push(looks_back(&window)),
                    None => own.push(cursor.spell(piece)),
                },
            }
        }
        if others.is_empty() || own.len() != entry.positional.len() {
            return false;
        }
        own.extend(named.iter().map(|piece| cursor.spell(*piece)));
        let own = right_call(&TRIP, entry, &own);
        losses.extend(own.losses);
        let at_end = if entry.positional.is_empty() { 0 } else { others.len() };
        others.insert(at_end, own.text);
        let place = TokenRange::new(cursor.at, inside.end + 1);
        let problem = Problem::new(place, "conditions are joined by `&`, not nested");
        let right = Filled { losses, ..Filled::given(others.join(" & ")) };
        self.cursor.report(right.correct(problem, place));
        self.cursor.at = place.end;
        true
    }

    /// Reads the operator before the next member; `None` at the end.
    fn operator(&mut self) -> Option<Operator> {
        let start = self.cursor.at;
        let first = self.cursor.next()?;
        if operator(first).is_none() {
            return self.no_operator();
        }
        let mut operators = Vec::new();
        while let Some(token) = self.cursor.next()
            && let Some(operator) = operator(token)
            && (self.cursor.at == start || !self.is_function() && !self.is_closure())
        {
            if !token.is(",") && !token.is(";") {
                operators.push(operator);
            }
            self.cursor.at += 1;
        }
        let place = TokenRange::new(start, self.cursor.at);
        let text = self.cursor.spell(place);
        let meant = operators.first().copied().filter(|first| operators.iter().all(|other| other == first));
        let meant = meant.or_else(|| self.between_states(start).then_some(Operator::Or));
        if self.cursor.next().is_none() {
            self.is_unclear |= operators.contains(&Operator::And);
            self.cursor.report(
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
            let help = meant.map_or(ANY_OR_ALL.to_owned(), |operator| format!("write `{}`", operator.sign()));
            let correction = meant.unwrap_or(Operator::And).in_place_of(first);
            self.cursor.report(problem.help(help).correct(correction));
            self.is_unclear |= meant.is_none();
        }
        Some(meant.unwrap_or(Operator::And))
    }

    /// Whether the sign at an index stands between the two states, which exclude each other: `closed & .., half_open & ..`.
    fn between_states(&self, at: usize) -> bool {
        let Some(next) = self.cursor.next().and_then(states::state) else { return false };
        let before = &self.cursor.tokens[self.alternative..at];
        before.iter().filter_map(states::state).any(|before| before == states::other(next))
    }

    /// Whether `any(` or the like comes next.
    fn is_function(&self) -> bool {
        matches!(self.cursor.from(self.cursor.at), [word, open, ..] if function(word).is_some() && open.is("("))
    }

    /// Reads anything else between two conditions, or nothing at all.
    fn no_operator(&mut self) -> Option<Operator> {
        let start = self.cursor.at;
        if let Some((problem, end)) = trailing::meant(&self.cursor) {
            self.cursor.report(problem);
            self.cursor.at = end;
            self.is_unclear = true;
            return self.operator();
        }
        if self.cursor.begins_condition(start) {
            let text = &self.cursor.tokens[start].text;
            let what = format!("`&` or `|` is missing before `{text}`");
            let problem = Problem::new(TokenRange::at(start), what);
            let meant = if self.between_states(start) { Operator::Or } else { Operator::And };
            self.cursor.report(problem.correct(format!("{} {text}", meant.sign())));
            self.is_unclear |= meant == Operator::And;
            return Some(meant);
        }
        // `in the last 10 calls`
        let tokens = self.cursor.tokens;
        let is_counted = |at: usize| {
            let [number, word] = &tokens[at - 1..=at] else { return false };
            let is_call = tokens.get(at + 1).is_some_and(|open| open.is("("));
            number.shape == Shape::Number && TRIP.entry(&word.text).is_none() && !is_call
        };
        while self.cursor.next().is_some_and(|token| operator(token).is_none())
            && (!self.cursor.begins_condition(self.cursor.at) || is_counted(self.cursor.at))
        {
            self.cursor.at = self.cursor.brackets.close(self.cursor.at) + 1;
        }
        let first = &self.cursor.tokens[start];
        // `failures(5).within(60s)`
        if let [point, word, open, ..] = self.cursor.from(start)
            && point.is(".")
            && open.is("(")
            && function(word).is_none()
            && !is_known(&TRIP, &word.text)
        {
            self.cursor.at = self.cursor.brackets.close(start + 2) + 1;
        }
        // `min(10).and(failure_rate(0.5))`
        let mut meant = Operator::And;
        if first.is(".") && self.cursor.at == start + 1 && self.is_function() {
            meant = self.cursor.next().and_then(operator).unwrap_or(meant);
            self.cursor.at += 1;
        }
        let place = TokenRange::new(start, self.cursor.at);
        let text = self.cursor.spell(place);
        if self.cursor.begins_condition(self.cursor.at) {
            let problem = Problem::new(place, format!("`{text}` does not join conditions"));
            // A word that excludes must not be turned into its opposite.
            if ["unless", "except", "without", "xor", "^", "-", "?", "but not"].contains(&text.as_str()) {
                self.cursor.report(problem.help(ANY_OR_ALL));
                self.is_unclear = true;
                return Some(Operator::And);
            }
            let is_method = text.starts_with('.') && place.end > start + 1;
            let help = if is_method { format!("write `{}`", meant.sign()) } else { ANY_OR_ALL.to_owned() };
            self.is_unclear |= !is_method;
            let after = if text.starts_with('.') { " " } else { "" };
            let correction = meant.in_place_of(first) + after;
            self.cursor.report(problem.help(help).correct(correction));
            return Some(meant);
        }
        let problem = trailing::problem(&self.cursor, place);
        self.cursor.report(problem);
        self.operator()
    }
}

/// Whether a rule needs no report.
fn is_read(tokens: &[Token]) -> bool {
    Brackets::pair(tokens).is_ok_and(|brackets| parse(tokens, &brackets).problems.is_empty())
}

#[cfg(test)]
mod tests;
