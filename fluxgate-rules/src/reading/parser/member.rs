//! A member between two operators: a condition, a group, or anything else in their place.

use crate::language::number::lenient;
use crate::language::vocabulary::TRIP;
use crate::reading::operators::{Operator, function, joined, operator};
use crate::reading::parser::{Member, Parser, parse};
use crate::reading::states::{self, is_negation};
use crate::reading::stray;
use crate::reading::trailing;
use crate::reading::written_call::{call, report_turned};
use crate::suggestion::comparisons::comparisons;
use crate::suggestion::filled::{Filled, looks_back, with_window};
use crate::suggestion::piece::keyword;
use crate::suggestion::{is_known, meant, meant_by, right_call};
use crate::text::brackets::Brackets;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

impl Parser<'_> {
    /// Reads one member.
    pub(super) fn member(&mut self) -> (Member, TokenRange) {
        if let Some(place) = self.closure() {
            return (Member::Wrong, place);
        }
        while self.negation() || self.stray_signs() {}
        let start = self.cursor.at;
        let nothing = TokenRange::new(start, start);
        let Some(token) = self.cursor.next() else { return (Member::Wrong, nothing) };
        if let Some(place) = self.some_of() {
            return (Member::Wrong, place);
        }
        if let Some(function) = self.function() {
            return (function, TokenRange::new(start, self.cursor.at));
        }
        if let Some((problem, end)) = states::comparison(&self.cursor) {
            self.cursor.report(problem);
            self.cursor.at = end;
            return (Member::Wrong, TokenRange::new(start, end));
        }
        if operator(token).is_some() {
            let what = format!("a condition is missing before `{}`", token.text);
            let help = format!("write one, or remove the `{}`", token.text);
            self.cursor.report(Problem::new(TokenRange::at(start), what).help(help).correct(""));
            return (Member::Wrong, nothing);
        }
        if token.shape == Shape::Word {
            let before = self.cursor.problems.len();
            let call = if self.conditions_inside() { None } else { call(&mut self.cursor) };
            let call = call.filter(|_| self.cursor.problems.len() == before);
            return (call.map_or(Member::Wrong, Member::Condition), TokenRange::new(start, self.cursor.at));
        }
        if token.shape == Shape::Open {
            let inside = self.cursor.inside(start);
            self.cursor.at = inside.end + 1;
            let place = TokenRange::new(start, self.cursor.at);
            if !token.is("(") {
                let correction = format!("({})", self.cursor.spell(inside));
                self.cursor.report(Problem::new(place, "a group goes in parentheses").correct(correction));
            }
            return (Member::Group(inside), place);
        }
        if report_turned(&mut self.cursor) {
            return (Member::Wrong, TokenRange::new(start, self.cursor.at));
        }
        // `95% sure`
        if let Some((problem, place)) = stray::problem(&self.cursor, start) {
            self.cursor.report(problem);
            self.cursor.at = place.end;
            return (Member::Wrong, place);
        }
        let place = self.figure();
        (Member::Wrong, place)
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
    pub(super) fn is_closure(&self) -> bool {
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

    /// `2 of (a, b, c)`, `any 2 of (a, b, c)` and `at_least(2, a, b, c)`, which is written out.
    fn some_of(&mut self) -> Option<TokenRange> {
        let (start, from) = (self.cursor.at, self.cursor.from(self.cursor.at));
        let is_word = |token: &&Token| ["any", "at", "least"].iter().any(|word| token.is(word));
        let words = from.iter().take_while(is_word).count();
        let (count, open) = match &from[words..] {
            [count, of, open, ..] if of.is("of") && open.is("(") => (count, start + words + 2),
            [function, open, count, comma, ..]
                if open.is("(") && comma.is(",") && function.is("at_least") =>
            {
                (count, start + 1)
            }
            _ => return None,
        };
        let (count, inside) = (count.text.parse::<u32>().ok()?, self.cursor.inside(open));
        let mut members = self.cursor.pieces(inside);
        members.retain(|member| self.cursor.begins_condition(member.start));
        if !(1..=members.len()).contains(&usize::try_from(count).ok()?) || members.len() > 4 {
            return None;
        }
        let place = TokenRange::new(start, inside.end + 1);
        let groups = (1_u32..1 << members.len()).filter(|chosen| chosen.count_ones() == count);
        let group = |chosen: u32| {
            let is_chosen = |at: &usize| chosen >> at & 1 == 1;
            let written = |at: usize| {
                let is_joined =
                    members[at].of(self.cursor.tokens).iter().any(|it| operator(it) == Some(Operator::Or));
                let text = self.cursor.spell(members[at]);
                if is_joined { format!("({text})") } else { text }
            };
            (0..members.len()).filter(is_chosen).map(written).collect::<Vec<_>>().join(" & ")
        };
        let groups: Vec<_> = groups.map(group).collect();
        let is_alone = place.start == 0 && place.end == self.cursor.tokens.len();
        let correction = groups.join(" | ");
        let correction = if is_alone || groups.len() == 1 { correction } else { format!("({correction})") };
        self.cursor
            .report(Problem::new(place, "conditions are joined by `&` and `|` alone").correct(correction));
        self.cursor.at = place.end;
        Some(place)
    }

    /// `any(a, b)` and `and(a, b)`, which should use operators.
    fn function(&mut self) -> Option<Member> {
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
        Some(Member::Function(operator, self.cursor.pieces(inside), is_rewritten))
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
}

/// Whether these tokens are a rule without mistakes.
fn is_read(tokens: &[Token]) -> bool {
    Brackets::pair(tokens).is_ok_and(|brackets| parse(tokens, &brackets).problems.is_empty())
}
