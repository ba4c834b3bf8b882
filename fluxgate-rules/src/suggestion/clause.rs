//! A clause of a rule in prose: `at least 20 calls`, `5 failures in a row`.

use crate::language::notation::{duration_at, percent_at};
use crate::language::number::digits_of;
use crate::language::value;
use crate::language::vocabulary::{Entry, TRIP};
use crate::suggestion::inverted::{ABOVE, exceeded, inverted, speaks_of_success};
use crate::text::lexer::lex;
use crate::text::token::{Shape, Token, TokenRange};

/// What a clause says about calls, apart from its figures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Slow,
    /// Slow on average.
    Average,
    Success,
    /// Failures in a row.
    Streak,
    /// Every call fails.
    All,
    /// Calls fail, or the service is down, for some time.
    Lasting,
    Failures,
}

impl Topic {
    /// `None` if the words say nothing about calls.
    pub(crate) fn of(tokens: &[Token]) -> Option<Self> {
        let has = |words: &[&str]| tokens.iter().any(|token| is_one_of(token, words));
        let has_part = |part: &str| tokens.iter().any(|token| token.text.to_lowercase().contains(part));
        let has_percentile = || (0..tokens.len()).any(|at| percentile_at(tokens, at, &[]).is_some());
        let fails = fails(tokens);
        // `50% of calls over 2s`, where nothing is said to fail
        let takes_over = |at: usize| exceeds(&tokens[at]) && duration_at(tokens, at + 1).is_some();
        let is_over =
            || tokens.iter().any(|token| is_of_calls(&token.text)) && (1..tokens.len()).any(takes_over);
        let negates = |at: usize| {
            is_one_of(&tokens[at], &NEGATIONS) && tokens.get(at + 1).is_none_or(|next| !next.is("more"))
        };
        let is_negated = (0..tokens.len()).any(negates);
        let speaks_of_success = tokens.iter().any(|token| speaks_of_success(&token.text));
        if has(&["longer", "take", "takes"])
            || has_part("slow")
            || has_part("latency")
            || has_percentile()
            || !fails && !has(&["down"]) && is_over()
        {
            let is_average = has(&["average", "mean"]) || has_part("avg");
            Some(if is_average { Self::Average } else { Self::Slow })
        } else if says_none_succeeds(tokens) {
            Some(Self::All)
        } else if speaks_of_success && !is_negated {
            Some(Self::Success)
        } else if has(&["row", "consecutive", "consecutively", "straight", "successive"]) {
            Some(Self::Streak)
        } else if fails && says_all(tokens) {
            Some(Self::All)
        } else if has(&["down", "fails"]) || has_part("failing") {
            Some(Self::Lasting)
        } else {
            (fails || speaks_of_success).then_some(Self::Failures)
        }
    }
}

/// Words that negate another, except in `no more than 5`.
const NEGATIONS: [&str; 10] =
    ["not", "no", "without", "never", "cannot", "don", "doesn", "aren", "isn", "none"];

/// What can be extracted from a clause.
pub(crate) struct Facts {
    /// Each is a word with its arguments.
    pub(crate) conditions: Vec<String>,
    /// The window: how far back the rule looks.
    pub(crate) within: Option<String>,
}

impl Facts {
    /// Reads a clause of this topic.
    pub(crate) fn read(tokens: &[Token], topic: Topic) -> Self {
        let mut facts = Self { conditions: Vec::new(), within: None };
        let threshold = (0..tokens.len()).find_map(|at| duration_at(tokens, at));
        let is_slow = matches!(topic, Topic::Slow | Topic::Average);
        if let Some(threshold) = &threshold {
            let values = core::slice::from_ref(threshold);
            let percentile = (0..tokens.len()).find_map(|at| percentile_at(tokens, at, values));
            facts.conditions.extend(percentile);
            if topic == Topic::Average && facts.conditions.is_empty() {
                facts.conditions.push(format!("avg_latency({threshold})"));
            }
        }
        let states_share = (0..tokens.len()).any(|at| share_at(tokens, at).is_some());
        for at in 0..tokens.len() {
            if let Some(share) = share_at(tokens, at) {
                facts.conditions.push(if is_slow {
                    format!("slow_rate({share}, {})", threshold.as_deref().unwrap_or("2s"))
                } else if topic == Topic::Success {
                    inverted(&TRIP, "success_rate", &[share]).map_or_else(String::new, |right| right.text)
                } else {
                    format!("failure_rate({share})")
                });
            } else if let Some(duration) = duration_at(tokens, at) {
                let is_for = tokens[..at].last().is_some_and(|word| word.is("for") || word.is(">"));
                if topic == Topic::All || topic == Topic::Lasting && is_for {
                    facts.conditions.push(format!("failing_for({duration})"));
                } else if !is_slow {
                    facts.within.get_or_insert(format!("time({duration})"));
                }
            } else if is_number(&tokens[at]) {
                facts.add_count(tokens, at, topic, states_share);
            }
        }
        if says_a_failure(tokens) {
            facts.conditions.push("failures(1)".to_owned());
        }
        facts.conditions.retain(|condition| is_right(condition));
        if facts.conditions.is_empty() && topic == Topic::All {
            facts.conditions.push("failure_rate(100%)".to_owned());
        }
        // `20 calls take longer than 2s`, `latency > 1s for 5 calls`
        let only_counts = facts.conditions.iter().all(|condition| is_minimum(condition));
        if let Some(threshold) = threshold
            && is_slow
            && only_counts
        {
            facts.conditions.push(format!("slow_rate(0.5, {threshold})"));
        }
        facts
    }

    /// Adds what the number of calls at an index says.
    fn add_count(&mut self, tokens: &[Token], at: usize, topic: Topic, states_share: bool) {
        let next = tokens.get(at + 1).map_or("", |next| next.text.as_str());
        if topic != Topic::All && speaks_of_success(next) {
            return;
        }
        let number = &tokens[at].text;
        let more = exceeded(&tokens[at.saturating_sub(3)..=at]).and_then(|count| count.checked_add(1));
        let least = more.map_or_else(|| number.clone(), |more| more.to_string());
        match call_count(tokens, at) {
            Some(CallCount::Window) if topic == Topic::All => {
                self.conditions.push(format!("failure_streak({number})"));
            }
            Some(CallCount::Window) => self.within = Some(format!("count({number})")),
            Some(CallCount::Minimum) => self.conditions.push(format!("min({least})")),
            // How many calls succeed says nothing about when to trip.
            None if topic == Topic::Success => {}
            None if topic == Topic::Streak => self.conditions.push(format!("failure_streak({least})")),
            None if is_of_calls(next) && (states_share || !fails(&tokens[at..])) => {
                self.conditions.push(format!("min({least})"));
            }
            None => self.conditions.push(format!("failures({least})")),
        }
    }
}

fn is_rate(word: &Token) -> bool {
    ["rate", "ratio", "percentage"].iter().any(|rate| word.text.ends_with(rate))
}

/// The condition for the percentile at an index, with these values: `p99`, `95th percentile`, `median`.
fn percentile_at(tokens: &[Token], at: usize, values: &[String]) -> Option<String> {
    let (word, is_next) = (&tokens[at], tokens.get(at + 1).is_some_and(|next| next.is("percentile")));
    let right = match word.shape {
        Shape::Word => inverted(&TRIP, &word.text, values),
        _ if is_next => {
            let share = word.text[..digits_of(&word.text)].to_owned();
            inverted(&TRIP, "percentile", &[&[share], values].concat())
        }
        _ => None,
    };
    right.map(|right| right.text).filter(|text| text.starts_with("slow_rate"))
}

/// The share that begins at an index: `50%`, `50 percent`, `0.5 of the calls`, `an error rate of 50`.
fn share_at(tokens: &[Token], at: usize) -> Option<String> {
    let token = tokens.get(at).filter(|token| is_number(token))?;
    let next = tokens.get(at + 1).map_or("", |next| next.text.as_str());
    if let Some(number) = token.text.strip_suffix("percent") {
        return Some(format!("{number}%"));
    }
    if let Some(share) = percent_at(tokens, at) {
        return Some(share);
    }
    if duration_at(tokens, at).is_some() {
        return None;
    }
    if token.text.contains('.') && token.text.parse().is_ok_and(|share: f64| share <= 1.0) {
        return Some(token.text.clone());
    }
    // `a failure rate of at least 30`
    let is_between = |word: &&Token| is_one_of(word, &BETWEEN) || exceeds(word);
    let says_rate = tokens[..at].iter().rev().find(|word| !is_between(word)).is_some_and(is_rate);
    let is_counted = is_of_calls(next) || is_of_failures(next) || next == "per";
    (says_rate && !is_counted).then(|| format!("{}%", token.text))
}

/// What a number of calls says about a rule, other than how many must fail.
#[derive(Clone, Copy)]
enum CallCount {
    /// How far back the rule looks.
    Window,
    /// With fewer calls than this, the rule must not trip.
    Minimum,
}

/// What the words before the number at an index make of it: the nearest decides.
fn call_count(tokens: &[Token], at: usize) -> Option<CallCount> {
    let next = tokens.get(at + 1).map_or("", |next| next.text.as_str());
    if is_of_failures(next) {
        return None;
    }
    let mut is_compared = false;
    for word in tokens[..at].iter().rev().take(3) {
        if is_one_of(word, &MINIMUM) {
            return Some(CallCount::Minimum);
        }
        if is_one_of(word, &WITHIN) && !is_compared {
            return Some(CallCount::Window);
        }
        // `errors per minute > 100`
        is_compared |= exceeds(word) || word.is("more");
    }
    let (over, before) = tokens[..at].split_last()?;
    // In `with over 20 calls`, `over` compares.
    let compares = || before.last().is_none_or(|word| is_one_of(word, &JOINING));
    let is_across = is_one_of(over, &ACROSS) || over.is("over") && !compares();
    (is_of_calls(next) && is_across).then_some(CallCount::Window)
}

/// Words shortly before the number of calls that a rule looks at.
const WITHIN: [&str; 6] = ["last", "past", "of", "recent", "in", "per"];

/// The same, but only right before the number.
const ACROSS: [&str; 5] = ["within", "across", "for", "during", "every"];

/// Words between a rate and its value.
const BETWEEN: [&str; 11] =
    ["of", "at", "least", "is", "than", "more", "greater", "equal", "equals", "to", "="];

/// Words after which `over` compares.
const JOINING: [&str; 7] = ["with", "when", "if", "but", "has", "have", "once"];

/// Words before the number of calls without which a rule must not trip.
const MINIMUM: [&str; 5] = ["least", "min", "minimum", "after", "once"];

/// The `min` that words ask for: `after 20 calls`, `once there are at least 20 calls`.
pub(crate) fn minimum(tokens: &[Token]) -> Option<String> {
    let says = tokens.iter().position(|token| is_one_of(token, &MINIMUM))?;
    let number = says + tokens[says..].iter().position(is_number)?;
    let is_of_calls = |token: &Token| token.shape == Shape::Word && !is_of_failures(&token.text);
    let condition = format!("min({})", tokens[number].text);
    (tokens[number + 1..].iter().all(is_of_calls) && is_right(&condition)).then_some(condition)
}

pub(crate) fn is_minimum(condition: &str) -> bool {
    condition.starts_with("min(")
}

/// The condition's word.
pub(crate) fn entry_of(condition: &str) -> Option<&'static Entry> {
    TRIP.entry(condition.split('(').next()?)
}

pub(crate) fn exceeds(word: &Token) -> bool {
    is_one_of(word, &ABOVE) || word.is(">")
}

pub(crate) fn is_number(token: &Token) -> bool {
    token.shape == Shape::Number
}

fn is_one_of(token: &Token, words: &[&str]) -> bool {
    words.contains(&token.text.to_lowercase().as_str())
}

fn fails(words: &[Token]) -> bool {
    words.iter().any(|word| is_of_failures(&word.text))
}

/// `all of the last 5 calls`, `every call`; but not `every 10s`.
fn says_all(tokens: &[Token]) -> bool {
    let is_of_them =
        |next: &Token| is_of_calls(&next.text) || ["of", "the", "last"].iter().any(|word| next.is(word));
    tokens.windows(2).any(|pair| is_one_of(&pair[0], &["all", "every", "each"]) && is_of_them(&pair[1]))
}

/// `any failure`, without a number; but not `a failure rate`.
pub(crate) fn says_a_failure(tokens: &[Token]) -> bool {
    let is_one = |at: usize| {
        let next = |word: usize| tokens.get(at + word);
        is_one_of(&tokens[at], &["a", "any", "first", "single", "every"])
            && next(1).is_some_and(|it| is_of_failures(&it.text))
            && !next(2).is_some_and(is_rate)
    };
    !tokens.iter().any(is_number) && (0..tokens.len()).any(is_one)
}

/// `no success`, `0 successful calls`, `none of them succeeds`; but not `no more than 5 successes`.
fn says_none_succeeds(tokens: &[Token]) -> bool {
    let speaks = |words: &[Token]| words.iter().any(|word| speaks_of_success(&word.text));
    let is_none = |at: usize| {
        let [none, next @ ..] = &tokens[at..] else { return false };
        is_one_of(none, &["no", "0", "zero", "without", "single"])
            && next.first().is_some_and(|word| !word.is("more"))
            && speaks(&next[..next.len().min(2)])
    };
    tokens.iter().any(|token| token.is("none")) && speaks(tokens) || (0..tokens.len()).any(is_none)
}

fn is_of_failures(word: &str) -> bool {
    word.starts_with("fail") || word.starts_with("err")
}

pub(crate) fn is_of_calls(word: &str) -> bool {
    const CALLS: [&str; 9] =
        ["call", "request", "attempt", "sample", "operation", "invocation", "execution", "message", "quer"];
    let word = word.to_lowercase();
    CALLS.iter().any(|start| word.starts_with(start))
}

/// Whether a condition's values are in range.
fn is_right(condition: &str) -> bool {
    let tokens = lex(condition).tokens;
    let Some(entry) = TRIP.entry(&tokens[0].text) else { return false };
    let inside = TokenRange::new(2, tokens.len() - 1);
    match entry.positional {
        [one] => value::read(&tokens, inside, "", one).is_ok(),
        _ => true,
    }
}
