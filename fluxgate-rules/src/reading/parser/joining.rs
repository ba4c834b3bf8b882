//! What stands between two members: an operator, or anything else in its place.

use crate::language::vocabulary::TRIP;
use crate::reading::operators::{Operator, function, operator};
use crate::reading::parser::Parser;
use crate::reading::states;
use crate::reading::trailing;
use crate::suggestion::is_known;
use crate::text::problem::Problem;
use crate::text::token::{Shape, TokenRange};

const ANY_OR_ALL: &str = "write `&` (all of them) or `|` (any of them)";

impl Parser<'_> {
    /// Reads the operator before the next member; `None` at the end.
    pub(super) fn operator(&mut self) -> Option<Operator> {
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
