//! A rule, composed from its parts.

use crate::language::foreign::Part;
use crate::language::spelling::snake;
use crate::language::syntax::Value;
use crate::language::vocabulary::{Entry, TRIP};
use crate::model::duration::Spelled;
use crate::model::ratio::Ratio;
use crate::model::rule::Rule;
use crate::reading::attribute::compose::setting::choice;
use crate::suggestion::comparisons::comparisons_of;
use crate::suggestion::filled::Filled;
use crate::suggestion::inverted::inverted;
use crate::suggestion::parts::{GivenPart, read_or_right};
use crate::suggestion::piece::keyword;
use crate::suggestion::places::owner;
use crate::suggestion::{meant, right_call};
use crate::text::brackets::Brackets;
use crate::text::characters::bare;
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token, TokenRange, spell, unquoted};

pub(super) fn rule(parts: &[GivenPart]) -> Option<Filled> {
    let parts = &chosen(parts);
    let mut draft = RuleDraft::sort(parts);
    draft.complete_slow_rate();
    draft.complete_keywords()?;
    draft.fill_words()?;
    let rates = draft.rates();
    let mut rule = draft.guarded();
    let successes: Vec<_> = parts.iter().filter(|given| given.part == Part::Successes).collect();
    let Some((successes, others)) = successes.split_last() else {
        return Some(rule).filter(|rule| !rule.text.is_empty());
    };
    let lost = |other: &&GivenPart| format!("a trial has no place for `{}` as well", other.value);
    rule.losses.extend(others.iter().map(lost));
    Some(with_trial(rule, rates, &successes.value))
}

/// The parts with a threshold given to the condition that another part chooses: `strategy = "consecutive", threshold =
/// 5`. Only the choice tells whether `5` is a number of failures, or a share.
fn chosen(parts: &[GivenPart]) -> Vec<GivenPart> {
    const CHOSEN_FOR: [&str; 4] = ["failures", "failure_streak", "failure_rate", "slow_rate"];
    let mut parts = parts.to_vec();
    let word = |given: &GivenPart| match given.part {
        Part::Choice | Part::Whole => condition_named(&given.value),
        _ => None,
    };
    let Some((at, entry)) = parts.iter().enumerate().find_map(|(at, given)| Some((at, word(given)?))) else {
        return parts;
    };
    let choice = Part::Argument(entry.word, 0);
    let fits = |given: &GivenPart| match given.part {
        Part::Argument(word, 0) if CHOSEN_FOR.contains(&word) => {
            entry.positional.first().is_some_and(|parameter| read_or_right(&given.value, parameter).is_some())
        }
        _ => false,
    };
    let threshold =
        parts.iter().position(|given| given.part == choice).or_else(|| parts.iter().position(fits));
    match threshold {
        Some(threshold) => {
            parts[threshold].part = choice;
            parts.remove(at);
        }
        None => parts[at] = GivenPart { part: choice, value: String::new(), ..parts[at].clone() },
    }
    parts
}

/// The condition that a value names, without arguments.
fn condition_named(value: &str) -> Option<&'static Entry> {
    let tokens = lex(value.trim_matches(['"', '\''])).tokens;
    if !tokens
        .iter()
        .all(|token| token.shape == Shape::Word || token.is(".") || token.is(":") || token.is("-"))
    {
        return None;
    }
    // A strategy that counts means failures.
    let is_count =
        tokens.last().is_some_and(|last| ["count", "counting"].contains(&snake(&last.text).as_str()));
    let entry =
        if is_count { TRIP.entry("failures") } else { choice(&TRIP, &spell(&tokens).replace('-', "_")) };
    entry.filter(|entry| !entry.positional.is_empty() && !["min", "custom"].contains(&entry.word))
}

/// A rule while its parts are put together.
struct RuleDraft<'a> {
    parts: &'a [GivenPart],
    /// Conditions, any of which trips.
    alternatives: Vec<String>,
    /// Conditions, all of which must hold.
    guards: Vec<String>,
    /// The words with arguments among the parts, each once.
    words: Vec<&'static str>,
    is_example: bool,
    losses: Vec<String>,
}

impl<'a> RuleDraft<'a> {
    fn sort(parts: &'a [GivenPart]) -> Self {
        let mut draft = Self {
            parts,
            alternatives: Vec::new(),
            guards: Vec::new(),
            words: Vec::new(),
            is_example: false,
            losses: Vec::new(),
        };
        for given in parts {
            match given.part {
                Part::Whole => {
                    let rule = unquoted(&given.value);
                    draft.alternatives.push(bare(rule).unwrap_or_else(|| rule.to_owned()));
                }
                // `closed: failures(5)`
                Part::Argument(state @ ("closed" | "half_open"), _) if given.value.contains(['(', '>']) => {
                    draft.alternatives.push(format!("{state} & {}", group(&given.value)));
                }
                Part::Argument("custom", _) if comparisons_of(&given.value).is_some() => {
                    draft.alternatives.extend(comparisons_of(&given.value));
                }
                Part::Argument(word, _) if !draft.words.contains(&word) => draft.words.push(word),
                _ => {}
            }
        }
        draft
    }

    /// Adds a threshold that is given by itself to a rule of slow calls.
    fn complete_slow_rate(&mut self) {
        let threshold = self.parts.iter().find(|given| given.part == Part::Argument("slow_rate", 1));
        if let Some(threshold) = threshold
            && let Some(at) = self.alternatives.iter().position(|text| text.contains("low"))
            && let Some(text) = with_threshold(&self.alternatives[at], &threshold.value)
        {
            self.alternatives[at] = text;
            self.words.retain(|word| *word != "slow_rate");
        }
    }

    /// Adds keyword arguments that are given by themselves, such as `confidence`, to a rule with their word, or gives
    /// them up.
    fn complete_keywords(&mut self) -> Option<()> {
        for given in self.parts {
            let Part::Keyword(name) = given.part else { continue };
            let owner = owner(&TRIP, name)?;
            let argument = format!("{name} = {}", given.value);
            let with = |(at, text): (usize, &String)| Some((at, with_argument(text, owner.word, &argument)?));
            if let Some((at, text)) = self.alternatives.iter().enumerate().find_map(with) {
                self.alternatives[at] = text;
            } else if self.alternatives.is_empty() && self.words.iter().all(|word| *word == "min") {
                self.is_example = true;
                self.words.push(owner.word);
            } else if !self.words.contains(&owner.word) {
                // Another condition would change what trips.
                self.losses.push(format!("only `{}` has `{name}`", owner.word));
            }
        }
        Some(())
    }

    /// Makes a condition of each word.
    fn fill_words(&mut self) -> Option<()> {
        for word in core::mem::take(&mut self.words) {
            let values = self.values(word);
            let filled = match TRIP.entry(word) {
                Some(entry) if word == "custom" && !values.iter().all(|value| is_function(value)) => {
                    Filled::new(entry.example(), true)
                }
                Some(entry) => right_call(&TRIP, entry, &values),
                None => meant(&TRIP, word, &values)?.right,
            };
            self.is_example |= filled.is_example;
            self.losses.extend(filled.losses);
            let conditions = if word == "min" { &mut self.guards } else { &mut self.alternatives };
            conditions.push(filled.text);
        }
        Some(())
    }

    /// The arguments given for a word, in order.
    fn values(&self, word: &str) -> Vec<String> {
        let positional = self.parts.iter().filter_map(|given| match given.part {
            Part::Argument(its, at) if its == word => Some((at, &given.value)),
            _ => None,
        });
        let mut positional: Vec<_> = positional.collect();
        positional.sort_by_key(|(at, _)| *at);
        let keywords = self.parts.iter().filter_map(|given| match given.part {
            Part::Keyword(name) if keyword(TRIP.entry(word)?, name).is_some() => {
                Some(format!("{name} = {}", given.value))
            }
            _ => None,
        });
        // `consecutive_failures(3, exponential(10s, 60s))`: each value separately.
        positional.into_iter().flat_map(|(_, value)| pieces(value)).chain(keywords).collect()
    }

    /// The alternatives, joined by `|`, if each is a plain rate, which any number of calls can reach.
    fn rates(&self) -> Option<String> {
        let is_rate = |text: &&String| {
            let tokens = lex(text).tokens;
            let is_word = |word: &str| tokens.first().is_some_and(|first| first.is(word));
            let is_more = |token: &Token| ["&", "|", "sure"].iter().any(|more| token.is(more));
            (is_word("failure_rate") || is_word("slow_rate")) && !tokens.iter().any(is_more)
        };
        let is_all = !self.alternatives.is_empty() && self.alternatives.iter().all(|text| is_rate(&text));
        is_all.then(|| group(&self.alternatives.join(" | ")))
    }

    /// The alternatives, joined by `|`, behind the conditions that guard them.
    fn guarded(self) -> Filled {
        let Self { mut alternatives, mut guards, is_example, losses, .. } = self;
        if alternatives.len() > 1 {
            guards.extend(alternatives.iter().filter(|text| is_guard(text)).map(|text| group(text)));
            alternatives.retain(|text| !is_guard(text));
        }
        let any = alternatives.join(" | ");
        let any = if guards.is_empty() { any } else { group(&any) };
        guards.extend(Some(any).filter(|any| !any.is_empty()));
        Filled { text: guards.join(" & "), is_example, losses }
    }
}

/// A rule whose trials need these successes: a number of them, a share, or a number out of several calls (`3, 5`).
fn with_trial(rule: Filled, rates: Option<String>, successes: &str) -> Filled {
    let successes = unquoted(successes);
    if let [needed, calls] = pieces(successes).as_slice()
        && let (Ok(needed), Ok(calls)) = (needed.parse::<u32>(), calls.parse::<u32>())
        && (1..=calls).contains(&needed)
    {
        let rate = Ratio::new(f64::from(calls - needed + 1) / f64::from(calls));
        return closed_and_half_open(rule, &format!("min({calls}) & failure_rate({rate})"), false);
    }
    let is_count = successes.parse().is_ok_and(|count: u32| count > 0);
    let share = inverted(&TRIP, "success_rate", &[successes.to_owned()]);
    let share = share.filter(|share| !is_count && !share.is_example);
    let trial = if let Some(share) = &share {
        format!("min(10) & {}", share.text)
    } else {
        let calls = if is_count { successes } else { "5" };
        let rates = rates.unwrap_or_else(|| {
            format!("failure_rate({})", rate_of(&rule.text).unwrap_or_else(|| "0.5".to_owned()))
        });
        format!("min({calls}) & {rates}")
    };
    closed_and_half_open(rule, &trial, !is_count && share.is_none())
}

fn closed_and_half_open(rule: Filled, trial: &str, is_example: bool) -> Filled {
    let closed = match rule.text.as_str() {
        "" => default_closed(),
        text if text.starts_with("closed &") && group(text) == text => text.to_owned(),
        text => format!("closed & {}", group(text)),
    };
    let is_example = rule.is_example || is_example;
    Filled { text: format!("{closed} | half_open & {trial}"), is_example, ..rule }
}

/// What trips a closed breaker if no rule is given.
fn default_closed() -> String {
    let standard = Rule::standard_for(usize::MAX).to_string();
    standard.split(" | ").next().unwrap_or_default().to_owned()
}

/// The values between the commas of a text, without empty ones.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let tokens = lex(text).tokens;
    let Ok(brackets) = Brackets::pair(&tokens) else { return vec![text.to_owned()] };
    match brackets.split(&tokens, TokenRange::new(0, tokens.len())).as_slice() {
        [_] if !text.is_empty() => vec![text.to_owned()],
        pieces => pieces.iter().filter(|it| !it.is_empty()).map(|it| spell(it.of(&tokens))).collect(),
    }
}

/// The failure rate in a rule, if it has one.
fn rate_of(rule: &str) -> Option<String> {
    let tokens = lex(rule).tokens;
    let at = tokens.iter().position(|token| token.is("failure_rate"))?;
    let rate = tokens.get(at + 2..)?;
    let end = rate.iter().position(|token| token.is(")") || token.is(","))?;
    Some(spell(&rate[..end]))
}

/// The text as one member of an `&`-group.
fn group(text: &str) -> String {
    let tokens = lex(text).tokens;
    let alternatives = Brackets::pair(&tokens)
        .map(|brackets| brackets.split_at(TokenRange::whole(&tokens), |at| tokens[at].is("|")).len());
    if alternatives == Ok(1) { text.to_owned() } else { format!("({text})") }
}

/// Whether a condition only restricts when others apply.
fn is_guard(text: &str) -> bool {
    let tokens = lex(text).tokens;
    let mut words = tokens.iter().filter(|token| token.shape == Shape::Word).peekable();
    words.peek().is_some() && words.all(|word| ["min", "closed", "half_open"].iter().any(|it| word.is(it)))
}

/// Whether a value is a closure or a path, not code in another language.
fn is_function(value: &str) -> bool {
    let tokens = lex(value).tokens;
    let is_path = |token: &Token| token.shape == Shape::Word || token.is(":");
    let starts = |word: &str| tokens.first().is_some_and(|first| first.is(word));
    !starts("func") && (starts("|") || starts("move") || tokens.iter().all(is_path))
}

/// Adds a threshold to a rule's `slow_rate` that has none.
fn with_threshold(rule: &str, threshold: &str) -> Option<String> {
    let [_, parameter] = TRIP.entry("slow_rate")?.positional else { return None };
    let Value::Duration(threshold) = read_or_right(threshold, parameter)? else { return None };
    with_argument(rule, "slow_rate", &Spelled(threshold).to_string())
}

/// Adds an argument to a word of the rule, unless the word has more than one already.
fn with_argument(rule: &str, word: &str, argument: &str) -> Option<String> {
    let mut tokens = lex(rule).tokens;
    let is_word =
        |token: &Token| snake(&token.text) == word || TRIP.foreign(&token.text).any(|ours| ours == word);
    let at = tokens.iter().position(is_word)?;
    let inside = tokens.get(at + 1..)?;
    let close = at + 1 + inside.iter().position(|token| token.is(")"))?;
    if tokens[at..close].iter().any(|token| token.is(",")) {
        return None;
    }
    tokens.splice(close..close, lex(&format!(", {argument}")).tokens);
    Some(spell(&tokens))
}
