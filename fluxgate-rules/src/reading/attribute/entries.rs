//! One piece of an attribute, in any form -> names with values.

use crate::language::foreign::{exact, senses};
use crate::language::spelling::snake;
use crate::language::vocabulary::{TRIP, with_article};
use crate::suggestion::places::{is_setting_word, is_static, setting_of_value, setting_of_word};
use crate::text::brackets::Brackets;
use crate::text::token::{Shape, Token, TokenRange, spell, spell_closure};

/// A value and its name.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Assignment {
    /// The names of the groups around it, outermost first.
    pub(crate) groups: Vec<String>,
    /// Its name in snake case, if it has one.
    pub(crate) name: Option<String>,
    pub(crate) name_place: TokenRange,
    pub(crate) value: TokenRange,
    /// The place of name and value.
    pub(crate) place: TokenRange,
    /// The piece of the attribute that contains it.
    pub(crate) piece: TokenRange,
    /// Whether it is written `name = value`, outside any group.
    pub(crate) is_plain: bool,
}

impl Assignment {
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }
}

/// Shared by all readers of an attribute.
pub(crate) struct AttributeReader<'a> {
    /// What messages call an argument.
    pub(crate) noun: &'static str,
    pub(crate) tokens: &'a [Token],
    pub(crate) brackets: &'a Brackets,
    /// The names of arguments, each with an example value.
    pub(crate) names: &'a [(&'static str, &'static str)],
}

impl AttributeReader<'_> {
    pub(crate) fn spell(&self, range: TokenRange) -> String {
        let tokens = range.of(self.tokens);
        if tokens.first().is_some_and(|first| first.is("|")) { spell_closure(tokens) } else { spell(tokens) }
    }

    pub(crate) fn noun_with_article(&self) -> String {
        with_article(self.noun)
    }

    pub(crate) fn is_argument(&self, name: &str) -> bool {
        self.names.iter().any(|(text, _)| *text == name)
    }

    /// Whether a name is exactly one of ours or of another library.
    pub(crate) fn has_meaning(&self, name: &str) -> bool {
        self.is_argument(name) || !exact(name).is_empty()
    }

    pub(crate) fn example(&self, name: &str) -> &'static str {
        self.names.iter().find(|(text, _)| *text == name).map_or("..", |(_, example)| example)
    }

    /// The entries of a piece, in order. A piece without a name may contain several values.
    pub(crate) fn entries(&self, piece: TokenRange) -> Vec<Assignment> {
        let mut entries = Vec::new();
        self.collect(piece, &[], true, &mut entries);
        for entry in &mut entries {
            entry.piece = piece;
        }
        entries
    }

    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.token(at).is_some_and(|token| token.is(text))
    }

    /// The group that opens at an index, if it extends to the end of a range.
    fn group_at(&self, at: usize, end: usize) -> Option<TokenRange> {
        let is_open = at < end && self.token(at)?.shape == Shape::Open;
        (is_open && self.brackets.close(at) + 1 == end).then(|| TokenRange::new(at + 1, end - 1))
    }

    fn collect(&self, piece: TokenRange, groups: &[String], is_top: bool, entries: &mut Vec<Assignment>) {
        let start = piece.start + self.noise(piece);
        if start >= piece.end {
            return;
        }
        if let Some(inside) = self.group_at(start, piece.end) {
            if self.has_entries(inside) || groups.is_empty() && self.pieces(inside).len() > 1 {
                return self.all(inside, groups, entries);
            }
            return push_value(piece, inside, groups, entries);
        }
        if self.chain(piece, start, groups, entries) {
            return;
        }
        let Some(name) = self.name(start, piece.end) else {
            return self.values(piece, groups, entries);
        };
        let text = self.name_text(name);
        let signs = self.signs(name.end, piece.end);
        let value = TokenRange::new(name.end + signs, piece.end);
        let is_ours = self.is_argument(&text) && !text.contains('.');
        let is_known = is_ours || !senses(&text).is_empty() || setting_of_word(&text).is_some();
        let is_name =
            value.is_empty() && setting_of_value(&text).is_none() && !is_static(name.of(self.tokens));
        if signs == 0
            && !is_ours
            && !is_name
            && (value.is_empty() || !self.is_named_group(&text, value, is_known))
        {
            return self.values(piece, groups, entries);
        }
        let inside = self.group_at(value.start, piece.end);
        // A value in parentheses is read like one in a string.
        let is_value = is_ours && signs > 0 && self.is(value.start, "(");
        let is_code = is_code(&text) || is_value || signs > 0 && ["breaker", "name"].contains(&text.as_str());
        if let Some(inside) = inside.filter(|inside| self.has_entries(*inside) && !is_code) {
            let mut within = groups.to_vec();
            within.push(text);
            return self.all(inside, &within, entries);
        }
        // `trip(failures(5))`
        let is_plain =
            is_top && groups.is_empty() && start == piece.start && signs == 1 && self.is(name.end, "=");
        let value = inside.filter(|_| signs == 0).unwrap_or(value);
        entries.push(Assignment {
            groups: groups.to_vec(),
            name: Some(text),
            name_place: name,
            value,
            place: piece,
            piece,
            is_plain,
        });
    }

    /// Whether a word without a sign names the group after it: `failure_rate_threshold(50)`, `config(..)`; but
    /// `count(50)` is a value.
    fn is_named_group(&self, text: &str, value: TokenRange, is_known: bool) -> bool {
        let Some(inside) = self.group_at(value.start, value.end) else { return false };
        // `half_open { max_calls: 5 }`: a state takes no arguments.
        let is_state = ["closed", "half_open"].contains(&text);
        let is_setting =
            is_setting_word(text) && !is_state && (!self.has_entries(inside) || self.is(value.start, "("));
        self.has_entries(inside) && !is_setting || is_known && !is_setting && setting_of_word(text).is_none()
    }

    fn all(&self, inside: TokenRange, groups: &[String], entries: &mut Vec<Assignment>) {
        for piece in self.pieces(inside) {
            self.collect(piece, groups, false, entries);
        }
    }

    /// Unnamed values, separated by commas.
    fn values(&self, piece: TokenRange, groups: &[String], entries: &mut Vec<Assignment>) {
        for value in self.brackets.split(self.tokens, piece).into_iter().filter(|value| !value.is_empty()) {
            // `failures(3), windo == count(50)`, `max_failures(3), success_threshold(2)`: one of them has a name.
            let name = self.name(value.start, value.end).filter(|_| value != piece);
            if name
                .is_some_and(|name| self.signs(name.end, value.end) > 0 || self.names_its_group(name, value))
            {
                self.collect(value, groups, false, entries);
            } else {
                push_value(value, value, groups, entries);
            }
        }
    }

    /// Whether a word is followed by its value in parentheses, and does not itself begin a value.
    fn names_its_group(&self, name: TokenRange, value: TokenRange) -> bool {
        let text = self.name_text(name);
        let is_group = self.group_at(name.end, value.end).is_some();
        let is_value = setting_of_value(&text).is_some_and(|setting| {
            // A threshold may be given with its window.
            setting != TRIP.setting || setting_of_word(&text).is_some()
        });
        is_group && !is_value && self.has_meaning(&text)
    }

    /// `CircuitBreakerConfig.custom().failureRateThreshold(50).build()`
    fn chain(
        &self,
        piece: TokenRange,
        start: usize,
        groups: &[String],
        entries: &mut Vec<Assignment>,
    ) -> bool {
        let mut links = Vec::new();
        let mut at = start;
        loop {
            while at + 1 < piece.end
                && self.token(at).is_some_and(|token| token.shape == Shape::Word)
                && (self.is(at + 1, ".") || self.is(at + 1, ":"))
            {
                at += if self.is(at + 1, ":") { 3 } else { 2 };
            }
            let is_link = at + 1 < piece.end
                && self.token(at).is_some_and(|token| token.shape == Shape::Word)
                && self.is(at + 1, "(");
            if !is_link {
                return false;
            }
            let close = self.brackets.close(at + 1);
            links.push((at, TokenRange::new(at + 2, close)));
            if close + 1 == piece.end {
                break;
            }
            if !self.is(close + 1, ".") {
                return false;
            }
            at = close + 2;
        }
        // `cooldown(60s).jitter(0.1)` is a value.
        let is_value = links[0].0 == start && is_setting_word(&self.name_text(TokenRange::at(start)));
        if links.len() < 2 || is_value {
            return false;
        }
        for (at, inside) in links {
            let name = TokenRange::at(at);
            let text = self.name_text(name);
            match text.as_str() {
                _ if inside.is_empty() => {}
                "builder" | "new" | "named" => push_value(inside, inside, groups, entries),
                _ => entries.push(Assignment {
                    groups: groups.to_vec(),
                    name: Some(text),
                    name_place: name,
                    value: inside,
                    place: TokenRange::new(at, inside.end + 1),
                    piece,
                    is_plain: false,
                }),
            }
        }
        true
    }

    /// The pieces of a group, separated by commas and semicolons.
    fn pieces(&self, inside: TokenRange) -> Vec<TokenRange> {
        let pieces = self.brackets.split(self.tokens, inside).into_iter();
        let pieces = pieces.flat_map(|piece| self.brackets.split_at(piece, |at| self.is(at, ";")));
        pieces.filter(|piece| !piece.is_empty()).collect()
    }

    /// Whether a group contains named values.
    fn has_entries(&self, inside: TokenRange) -> bool {
        self.pieces(inside).iter().any(|piece| {
            let start = piece.start + self.noise(*piece);
            let Some(name) = self.name(start, piece.end) else { return false };
            let signs = self.signs(name.end, piece.end);
            let is_comparison =
                signs > 0 && (self.is(name.end + signs, "=") || self.is(name.end + signs, ":"));
            let is_call = signs == 0
                && self.is_argument(&self.name_text(name))
                && self.group_at(name.end, piece.end).is_some();
            signs > 0 && !is_comparison || is_call
        })
    }

    /// How many meaningless tokens precede a name: `@`, `--`, `let`.
    fn noise(&self, piece: TokenRange) -> usize {
        let is_noise = |token: &&Token| {
            ["@", "$", "-", ".", "#", "let", "pub", "new", "var"].iter().any(|it| token.is(it))
        };
        let count = piece.of(self.tokens).iter().take_while(is_noise).count();
        // A number may be negative.
        let is_number = self.token(piece.start + count).is_some_and(|token| token.shape == Shape::Number);
        if is_number { 0 } else { count }
    }

    /// A name: a word, several joined by `-`, `.` or `::`, or a quoted word before a sign.
    fn name(&self, start: usize, end: usize) -> Option<TokenRange> {
        let first = self.token(start).filter(|_| start < end)?;
        if first.shape == Shape::Literal {
            let is_name = start + 1 < end && (self.is(start + 1, ":") || self.is(start + 1, "="));
            return is_name.then(|| TokenRange::at(start));
        }
        if first.shape != Shape::Word {
            return None;
        }
        let mut last = start;
        loop {
            let step = if self.is(last + 1, ":") && self.is(last + 2, ":") { 3 } else { 2 };
            let is_joint = step == 3 || self.is(last + 1, "-") || self.is(last + 1, ".");
            let is_word = self.token(last + step).is_some_and(|token| token.shape == Shape::Word);
            if last + step >= end || !is_joint || !is_word {
                return Some(TokenRange::new(start, last + 1));
            }
            last += step;
        }
    }

    /// A name in snake case; of a path, the last segment. Of words joined by points, the longest tail that has a
    /// meaning: `execution.isolation.thread.timeout`.
    pub(crate) fn name_text(&self, name: TokenRange) -> String {
        let text: String = name.of(self.tokens).iter().map(|token| token.text.as_str()).collect();
        let text = text.trim_matches(['"', '\'']);
        let words: Vec<_> = text.rsplit([':', '/']).next().unwrap_or(text).split('.').map(snake).collect();
        let mut ends = (0..words.len()).map(|at| words[at..].join("_"));
        let last = words.last().cloned().unwrap_or_default();
        ends.find(|end| self.has_meaning(end)).unwrap_or(last)
    }

    /// The number of sign tokens between a name and its value: `=`, `:`, `=>`, `:=`, `->`, `==`.
    fn signs(&self, start: usize, end: usize) -> usize {
        // After `=`, only the rest of a longer sign counts: any other sign may begin the value.
        let continues = |at: usize| match at.checked_sub(1).filter(|_| at > start) {
            Some(before) if self.is(before, "=") => self.is(at, "=") || self.is(at, ">"),
            _ => ["=", ":", ">", "-", "+", "?"].iter().any(|sign| self.is(at, sign)),
        };
        let count = (start..end).take_while(|at| continues(*at)).count();
        let is_end = |at: &usize| ["=", ":", ">"].iter().any(|sign| self.is(*at, sign));
        let last = (start..start + count).rev().find(is_end);
        match last {
            // `failure_rate > 0.5` and `failure_rate >= 0.5` are comparisons.
            Some(_) if self.is(start, ">") => 0,
            Some(last) => last + 1 - start,
            None => 0,
        }
    }
}

fn push_value(place: TokenRange, value: TokenRange, groups: &[String], entries: &mut Vec<Assignment>) {
    entries.push(Assignment {
        groups: groups.to_vec(),
        name: None,
        name_place: place,
        value,
        place,
        piece: place,
        is_plain: false,
    });
}

/// Whether an argument's value is code, in which names with colons mean something else.
fn is_code(name: &str) -> bool {
    ["fallback", "rejected", "track", "success", "ignore", "key", "handle", "crate"].contains(&name)
}
