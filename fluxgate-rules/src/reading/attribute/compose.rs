//! Composes the value of one argument from parts that other libraries set one by one.

use crate::language::foreign::{Part, Unit};
use crate::language::notation::with_unit;
use crate::language::number::same_unit;
use crate::language::spelling::snake;
use crate::language::syntax::Value;
use crate::language::value;
use crate::language::vocabulary::{
    Entry, HALF_OPEN_TIMEOUT, Kind, MAX_HALF_OPEN_CALLS, ON_CANCEL, OUTCOME, Parameter, TIMEOUT, TRIP,
    Vocabulary,
};
use crate::model::duration::Spelled;
use crate::model::window::Window;
use crate::reading::attribute::places::{is_static, owner, vocabulary};
use crate::reading::attribute::tracker::tracker;
use crate::reading::attribute::tracker_forms::{MeantTracker, tracker_meant};
use crate::reading::filled::Filled;
use crate::reading::inverted::inverted;
use crate::reading::read;
use crate::reading::repair::repaired;
use crate::reading::suggestion::{keyword, meant, meant_by, right_call};
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell};

/// A part of an argument's value, as given.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct GivenPart {
    pub(crate) part: Part,
    pub(crate) unit: Unit,
    pub(crate) value: String,
}

/// The value of an argument with all these parts; `None` if they mean nothing.
pub(crate) fn compose(setting: &str, parts: &[GivenPart], window: &Window) -> Option<Filled> {
    let parts = with_units(parts);
    let filled = match vocabulary(setting) {
        Some(vocabulary) if vocabulary.is_joined() => rule(&parts),
        Some(vocabulary) => call(vocabulary, &parts),
        None => whole(setting, &parts.first()?.value, parts.first()?.unit),
    }?;
    Some(corrected(setting, &filled, window))
}

/// The value with its mistakes corrected, or an example if that is not possible.
fn corrected(setting: &str, filled: &Filled, window: &Window) -> Filled {
    let problems = |tokens: &[Token]| -> Vec<Problem> {
        match setting {
            "retry" => read::retry(tokens).err(),
            "window" => read::window(tokens).err(),
            "trip" => read::rule(tokens, window).err(),
            "permit" => read::permit(tokens).err(),
            "on_panic" => read::word(tokens, "on_panic", &OUTCOME).err(),
            "on_cancel" => read::word(tokens, "on_cancel", &ON_CANCEL).err(),
            _ => None,
        }
        .unwrap_or_default()
    };
    let inside =
        filled.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|_| is_read(setting));
    let right = repaired(inside.unwrap_or(&filled.text), problems);
    match (right, inside) {
        (Some(text), Some(_)) => Filled { text: format!("\"{text}\""), is_example: filled.is_example },
        (Some(text), None) => Filled { text, is_example: filled.is_example },
        (None, _) => Filled { text: example(setting).to_owned(), is_example: true },
    }
}

fn is_read(setting: &str) -> bool {
    vocabulary(setting).is_some() || setting.starts_with("on_")
}

fn example(setting: &str) -> &'static str {
    match setting {
        "window" => "count(100)",
        "retry" => "cooldown(60s)",
        "permit" => "ramp_up(0.1, 1.0, 60s)",
        "on_panic" => "failure",
        "on_cancel" => "ignore",
        _ => "min(10) & failure_rate(0.5)",
    }
}

/// The parts with units added to their bare numbers.
fn with_units(parts: &[GivenPart]) -> Vec<GivenPart> {
    let unit = parts.iter().filter(|given| given.part == Part::Unit).find_map(|given| {
        let tokens = lex(&given.value).tokens;
        same_unit(&snake(&tokens.iter().rfind(|token| token.shape == Shape::Word)?.text))
    });
    let meant = |given: &GivenPart| match (given.part, unit) {
        (Part::Argument(..), Some(unit)) if given.unit == Unit::Plain => Unit::Time(unit),
        _ => given.unit,
    };
    let parts = parts.iter().filter(|given| given.part != Part::Unit);
    parts.map(|given| GivenPart { value: with_unit(&given.value, meant(given)), ..given.clone() }).collect()
}

fn is_truth(value: &str) -> bool {
    ["true", "false", "\"true\"", "\"false\""].contains(&value)
}

fn is_true(given: &GivenPart) -> bool {
    !["false", "\"false\"", "0"].contains(&given.value.as_str())
}

/// A window, a retry or a permit.
fn call(vocabulary: &'static Vocabulary, parts: &[GivenPart]) -> Option<Filled> {
    // `backoff = exponential(10s, 60s)` is a value, `backoff = exponential` only names one.
    let is_word = |given: &GivenPart| match given.part {
        Part::Argument("custom", _) => false,
        // `backoff = true`
        Part::Argument(_, 0) if is_truth(&given.value) => true,
        // A user's constant.
        Part::Argument(_, 0) if is_static(&lex(&given.value).tokens) => false,
        Part::Argument(_, 0) => first_word(vocabulary, &given.value).is_some(),
        _ => false,
    };
    let is_whole =
        |given: &GivenPart| given.part == Part::Whole || is_word(given) && given.value.contains('(');
    let base = parts.iter().find(|given| is_whole(given));
    let base = base.map(|given| lex(given.value.trim_matches('"')).tokens);
    // `window = 60s` means `time(60s)`.
    let is_number = |base: &[Token]| base.first().is_some_and(|first| first.shape == Shape::Number);
    let base = base.map(|base| match meant_by(vocabulary, &base, TokenRange::new(0, base.len())) {
        Some(meant) if is_number(&base) => lex(&meant).tokens,
        _ => base,
    });
    let keywords: Vec<_> = parts
        .iter()
        .filter_map(|given| match given.part {
            Part::Keyword(name) => Some((name, given.value.as_str())),
            _ => None,
        })
        .collect();
    let has_keywords = |entry: &&'static Entry| {
        keywords.iter().all(|(name, _)| entry.keywords.iter().any(|parameter| parameter.name == *name))
    };
    let chosen = parts.iter().find_map(|given| match given.part {
        Part::Choice => choice(vocabulary, &given.value),
        Part::Argument(word, 0) if is_truth(&given.value) => {
            vocabulary.entry(word).filter(|_| is_true(given))
        }
        Part::Argument(word, 0) if is_word(given) && !is_whole(given) => {
            first_word(vocabulary, &given.value).or_else(|| vocabulary.entry(word))
        }
        Part::Flag(word) if is_true(given) => vocabulary.entry(word.split(' ').next()?),
        _ => None,
    });
    let arguments: Vec<_> = parts
        .iter()
        .filter_map(|given| match given.part {
            Part::Argument(word, at) if !is_word(given) => {
                Some((vocabulary.entry(word)?, at, given.value.as_str()))
            }
            _ => None,
        })
        .collect();
    let fits = |(entry, at, text): &&(&'static Entry, usize, &str)| {
        entry.positional.get(*at).is_none_or(|parameter| is_value(text, parameter))
    };
    let of_arguments = || arguments.iter().find(fits).or(arguments.first()).map(|(entry, ..)| *entry);
    let of_base = || first_word(vocabulary, &base.as_ref()?.first()?.text);
    // A whole value that cannot take the other parts is left as it is.
    if let Some(base) = &base
        && of_base().is_none()
    {
        return Some(Filled { text: spell(base), is_example: false });
    }
    let of_keywords = || owner(vocabulary, keywords.first()?.0);
    let entry = chosen
        .or_else(|| of_arguments().filter(has_keywords))
        .or_else(|| of_base().filter(has_keywords))
        .or_else(|| vocabulary.entries.iter().filter(|_| !keywords.is_empty()).find(has_keywords))
        .or_else(of_keywords)
        .or_else(of_arguments)
        .or_else(of_base)
        .or_else(|| {
            vocabulary.entry("time").filter(|_| parts.iter().any(|given| given.part == Part::BucketTime))
        })?;
    let mut values: Vec<String> = Vec::new();
    for (other, at, text) in &arguments {
        let is_alike = |parameter: &Parameter| {
            let kind = other.positional.get(*at).map(|parameter| parameter.kind);
            kind == Some(parameter.kind)
                || is_value(text, parameter)
                || entry.word == other.word
                || chosen.is_some()
        };
        if entry.positional.get(*at).is_some_and(is_alike) && !text.is_empty() {
            values.push((*text).to_owned());
        }
    }
    if let Some(base) = &base {
        let inside = base.get(2..base.len().saturating_sub(1)).unwrap_or_default();
        let mut given: Vec<_> = inside.split(|token| token.is(",")).map(spell).collect();
        given.retain(|value| !value.is_empty());
        values.splice(0..0, given);
    }
    values.extend(keywords.iter().map(|(name, text)| format!("{name} = {text}")));
    // The length of one bucket suggests a window of ten.
    if let Some(bucket) =
        parts.iter().find(|given| given.part == Part::BucketTime).filter(|_| parts.len() == 1)
        && let Some(Value::Duration(length)) = read_or_right(&bucket.value, entry.positional.first()?)
    {
        let text = format!("time({}, buckets = 10)", Spelled(length.saturating_mul(10)));
        return Some(Filled { text, is_example: true });
    }
    values.extend(buckets(parts, &values).map(|buckets| format!("buckets = {buckets}")));
    Some(right_call(vocabulary, entry, &values))
}

/// Our word at the start of a value, perhaps in another library's spelling.
fn first_word(vocabulary: &'static Vocabulary, value: &str) -> Option<&'static Entry> {
    let tokens = lex(value.trim_matches(['"', '\''])).tokens;
    let word = &tokens.first().filter(|first| first.shape == Shape::Word)?.text;
    vocabulary
        .entry(word)
        .or_else(|| vocabulary.entry(&snake(word)))
        .or_else(|| vocabulary.foreign(word).find_map(|ours| vocabulary.entry(ours)))
}

/// The word that a value names: `TIME_BASED`, `"count"`, `SlidingWindowType.COUNT_BASED`.
fn choice(vocabulary: &'static Vocabulary, value: &str) -> Option<&'static Entry> {
    let tokens = lex(value.trim_matches(['"', '\''])).tokens;
    let word = snake(&tokens.iter().rfind(|token| token.shape == Shape::Word)?.text);
    vocabulary.entry(&word).or_else(|| vocabulary.foreign(&word).find_map(|ours| vocabulary.entry(ours)))
}

/// How many buckets of the given length the window has.
fn buckets(parts: &[GivenPart], values: &[String]) -> Option<u128> {
    let bucket = parts.iter().find(|given| given.part == Part::BucketTime)?;
    let [parameter] = vocabulary("window")?.entry("time")?.positional else { return None };
    let nanos = |text: &str| match read_or_right(text, parameter)? {
        Value::Duration(duration) => Some(duration.as_nanos()),
        _ => None,
    };
    let (all, one) = (nanos(values.first()?)?, nanos(&bucket.value)?);
    all.checked_div(one).filter(|buckets| *buckets > 0)
}

/// Reads a value, or what it was meant to be.
fn read_or_right(text: &str, parameter: &Parameter) -> Option<Value> {
    let read = |text: &str| {
        let tokens = lex(text).tokens;
        value::read(&tokens, TokenRange::new(0, tokens.len()), "", parameter)
    };
    match read(text) {
        Ok(value) => Some(value),
        Err(problem) => read(&problem.suggestion()?.replacement).ok(),
    }
}

fn is_value(text: &str, parameter: &Parameter) -> bool {
    let tokens = lex(text).tokens;
    value::read(&tokens, TokenRange::new(0, tokens.len()), "", parameter)
        .is_ok_and(|value| value != Value::Rust || parameter.kind == Kind::Function)
}

/// A rule; `min` guards the alternatives.
fn rule(parts: &[GivenPart]) -> Option<Filled> {
    let mut alternatives: Vec<String> = Vec::new();
    let (mut min, mut successes, mut is_example) = (None, None, false);
    let mut words: Vec<&str> = Vec::new();
    for given in parts {
        match given.part {
            Part::Whole => alternatives.push(given.value.trim_matches('"').to_owned()),
            Part::Successes => successes = Some(given.value.as_str()),
            // `closed: failures(5)`
            Part::Argument(state @ ("closed" | "half_open"), _) if given.value.contains(['(', '>']) => {
                let text = &given.value;
                let text = if text.contains('|') { format!("({text})") } else { text.clone() };
                alternatives.push(format!("{state} & {text}"));
            }
            Part::Argument(word, _) if !words.contains(&word) => words.push(word),
            _ => {}
        }
    }
    // `slow_threshold` along with a rule that has a slow-call condition.
    if let Some(threshold) = parts.iter().find(|given| given.part == Part::Argument("slow_rate", 1))
        && let Some(at) = alternatives.iter().position(|text| text.contains("low"))
        && let Some(text) = with_threshold(&alternatives[at], &threshold.value)
    {
        alternatives[at] = text;
        words.retain(|word| *word != "slow_rate");
    }
    // `confidence` along with a rule that has a failure rate.
    for given in parts {
        let Part::Keyword(name) = given.part else { continue };
        let owner = owner(&TRIP, name)?;
        let argument = format!("{name} = {}", given.value);
        let with = |text: &String| with_argument(text, owner.word, &argument);
        if let Some((at, text)) =
            alternatives.iter().enumerate().find_map(|(at, text)| Some((at, with(text)?)))
        {
            alternatives[at] = text;
        } else if !words.contains(&owner.word) {
            is_example = true;
            words.push(owner.word);
        }
    }
    for word in words {
        let mut values: Vec<_> = parts
            .iter()
            .filter_map(|given| match given.part {
                Part::Argument(its, at) if its == word => Some((at, given.value.clone())),
                _ => None,
            })
            .collect();
        values.sort_by_key(|(at, _)| *at);
        values.retain(|(_, value)| !value.is_empty());
        let mut values: Vec<_> = values.into_iter().map(|(_, value)| value).collect();
        values.extend(keywords(TRIP.entry(word), parts));
        let filled = match TRIP.entry(word) {
            Some(entry) if word == "custom" && !values.iter().all(|value| is_function(value)) => {
                Filled { text: entry.example(), is_example: true }
            }
            Some(entry) => right_call(&TRIP, entry, &values),
            None => meant(&TRIP, word, &values)
                .map(|meant| Filled { text: meant.text, is_example: meant.is_example })?,
        };
        is_example |= filled.is_example;
        if word == "min" { min = Some(filled.text) } else { alternatives.push(filled.text) }
    }
    let is_guard = |text: &String| {
        let tokens = lex(text).tokens;
        let words = tokens.iter().filter(|token| token.shape == Shape::Word);
        words.clone().count() > 0
            && words.clone().all(|word| ["min", "closed", "half_open"].iter().any(|it| word.is(it)))
    };
    let group = |text: &String| if text.contains('|') { format!("({text})") } else { text.clone() };
    let mut guards: Vec<_> = min.into_iter().collect();
    if alternatives.len() > 1 {
        guards.extend(alternatives.iter().filter(|text| is_guard(text)).map(group));
        alternatives.retain(|text| !is_guard(text));
    }
    let conditions = match alternatives.as_slice() {
        [] => None,
        [one] if guards.is_empty() => Some(one.clone()),
        [one] => Some(group(one)),
        several if guards.is_empty() => Some(several.join(" | ")),
        several => Some(format!("({})", several.join(" | "))),
    };
    let text = guards.into_iter().chain(conditions).collect::<Vec<_>>().join(" & ");
    let Some(successes) = successes else {
        return Some(Filled { text, is_example }).filter(|filled| !filled.text.is_empty());
    };
    let count = successes.parse().is_ok_and(|count: u32| count > 0).then_some(successes);
    let share = inverted(&TRIP, "success_rate", &[successes.to_owned()])
        .filter(|share| count.is_none() && !share.is_example);
    let closed = if text.is_empty() { "min(10) & failure_rate(0.5)" } else { &text };
    let closed = group(&closed.to_owned());
    let (min, rate) = match &share {
        Some(share) => ("10", share.text.as_str()),
        None => (count.unwrap_or("5"), "failure_rate(0.5)"),
    };
    Some(Filled {
        text: format!("closed & {closed} | half_open & min({min}) & {rate}"),
        is_example: is_example || count.is_none() && share.is_none(),
    })
}

/// The keyword arguments among the parts that this word takes.
fn keywords(entry: Option<&'static Entry>, parts: &[GivenPart]) -> Vec<String> {
    let named = |given: &GivenPart| match given.part {
        Part::Keyword(name) if keyword(entry?, name).is_some() => Some(format!("{name} = {}", given.value)),
        _ => None,
    };
    parts.iter().filter_map(named).collect()
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

/// Adds an argument to a word of the rule that has only one.
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

/// An argument with a single value.
fn whole(setting: &str, value: &str, unit: Unit) -> Option<Filled> {
    let kept = |text: &str| Some(Filled { text: text.to_owned(), is_example: false });
    let inside = value.strip_prefix(['"', '\'']).and_then(|value| value.strip_suffix(['"', '\'']));
    let of = |parameter: &Parameter| {
        let text = with_unit(value, unit);
        let tokens = lex(&text).tokens;
        match value::read(&tokens, TokenRange::new(0, tokens.len()), "", parameter) {
            Ok(_) => kept(&text),
            Err(problem) => {
                let suggestion = problem.suggestion()?;
                let is_example = problem.is_example();
                Some(Filled { text: suggestion.replacement.clone(), is_example })
            }
        }
    };
    match setting {
        "max_half_open_calls" => of(&MAX_HALF_OPEN_CALLS),
        "half_open_timeout" => of(&HALF_OPEN_TIMEOUT),
        "timeout" => of(&TIMEOUT),
        "name" if inside.is_none() => kept(&format!("\"{value}\"")),
        "name" => kept(value),
        "track" | "success" | "ignore" => Some(match tracker_meant(&lex(value).tokens) {
            Some(MeantTracker { text, .. }) => Filled { text, is_example: false },
            None => match tracker(value) {
                Some(text) => Filled { text, is_example: false },
                None => Filled { text: "matches(PATTERN)".to_owned(), is_example: true },
            },
        }),
        // The name of a function.
        _ => kept(inside.unwrap_or(value)),
    }
}
