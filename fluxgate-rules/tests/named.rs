//! A named argument may be put anywhere and called anything: one correction brings it where it belongs, with its value. The same
//! goes for values without commas between them.
#![allow(missing_docs)]

use std::fmt::Debug;
use std::str::FromStr;

use fluxgate_rules::foreign::{Part, Unit, meanings};
use fluxgate_rules::lexer::lex;
use fluxgate_rules::token::Token;
use fluxgate_rules::vocabulary::{Entry, PERMIT, Parameter, RETRY, TRIP, Vocabulary, WINDOW};
use fluxgate_rules::{Permit, Problem, Retry, Rule, Window, read};

const VOCABULARIES: [&Vocabulary; 3] = [&TRIP, &WINDOW, &RETRY];

fn problems(vocabulary: &Vocabulary, tokens: &[Token]) -> Vec<Problem> {
    match vocabulary.setting {
        "trip" => read::rule(tokens, &Window::count(100)).err(),
        "window" => read::window(tokens).err(),
        "permit" => read::permit(tokens).err(),
        _ => read::retry(tokens).err(),
    }
    .unwrap_or_default()
}

/// What the only suggestion makes of a text.
#[track_caller]
fn corrected(vocabulary: &Vocabulary, text: &str) -> String {
    let lexed = lex(text);
    let problems = problems(vocabulary, &lexed.tokens);
    let [problem] = problems.as_slice() else { panic!("{text}: {problems:#?}") };
    problem.corrected(text, &lexed.bytes).unwrap_or_else(|| panic!("{text}: {problem:?}"))
}

/// Whether two texts are read as the same, which is valid.
fn are_same(vocabulary: &Vocabulary, one: &str, two: &str) -> bool {
    fn of<T: FromStr + PartialEq>(one: &str, two: &str) -> bool
    where
        T::Err: Debug,
    {
        matches!((one.parse::<T>(), two.parse::<T>()), (Ok(one), Ok(two)) if one == two)
    }
    match vocabulary.setting {
        "trip" => of::<Rule>(one, two),
        "window" => of::<Window>(one, two),
        "permit" => of::<Permit>(one, two),
        _ => of::<Retry>(one, two),
    }
}

/// Each word with one of its named arguments.
fn arguments() -> impl Iterator<Item = (&'static Vocabulary, &'static Entry, &'static Parameter)> {
    VOCABULARIES.into_iter().flat_map(|vocabulary| {
        let entries = vocabulary.entries.iter();
        entries.flat_map(move |entry| entry.keywords.iter().map(move |keyword| (vocabulary, entry, keyword)))
    })
}

/// The names of an argument, and whether each means one minus its value, as `alpha` does for `sure`.
fn names(setting: &str, keyword: &'static str) -> Vec<(&'static str, bool)> {
    let of_it = |part: Part| part == Part::Keyword(keyword);
    let meanings = meanings().filter(|meaning| meaning.setting == setting && of_it(meaning.part));
    let foreign = meanings.flat_map(|meaning| meaning.words);
    // A name for two parts says nothing about which.
    let is_clear = |name: &str| {
        let senses = fluxgate_rules::foreign::senses(name);
        senses.iter().all(|sense| sense.setting != setting || of_it(sense.part))
    };
    let foreign = foreign.filter(|foreign| is_clear(foreign.word) && foreign.word != keyword);
    let foreign = foreign.map(|foreign| (foreign.word, foreign.unit == Unit::Rest));
    [(keyword, false)].into_iter().chain(foreign).collect()
}

/// A value unlike the parameter's example, and one minus that value.
fn values(keyword: &Parameter) -> (&'static str, &'static str) {
    match keyword.name {
        "sure" => ("97%", "3%"),
        "buckets" => ("7", ""),
        "jitter" => ("0.3", ""),
        "multiplier" => ("3.5", ""),
        "max" => ("7m", ""),
        name => panic!("a value for `{name}`"),
    }
}

/// A value for the argument before the named ones, unlike its example.
fn first(entry: &Entry) -> &'static str {
    match entry.word {
        "failure_rate" => "40%",
        "time" => "70s",
        "cooldown" | "backoff" => "17s",
        word => panic!("a value for `{word}`"),
    }
}

/// A named argument in the wrong place or form.
fn misplaced(word: &str, first: &str, name: &str, value: &str) -> Vec<String> {
    let call = format!("{word}({first})");
    let mut texts = Vec::new();
    for before in [" & ", ", ", "; ", " ", " and ", " with "] {
        for form in [" = ", " == ", ": ", " >= ", " > ", " of "] {
            texts.push(format!("{call}{before}{name}{form}{value}"));
        }
        texts.push(format!("{call}{before}{name}({value})"));
    }
    texts.push(format!("{call}.{name}({value})"));
    texts.push(format!("{name}({call}, {value})"));
    texts.push(format!("{name}({value}, {call})"));
    texts.push(format!("{name}({call}, {name} = {value})"));
    for form in [" == ", ": ", " >= ", " > "] {
        texts.push(format!("{word}({first}, {name}{form}{value})"));
    }
    texts.push(format!("{word}({first}, {name}({value}))"));
    texts
}

#[test]
fn a_named_argument_is_brought_where_it_belongs() {
    let mut count = 0;
    for (vocabulary, entry, keyword) in arguments() {
        let (first, (value, rest)) = (first(entry), values(keyword));
        let right = format!("{}({first}, {} = {value})", entry.word, keyword.name);
        assert!(are_same(vocabulary, &right, &right), "{right}");
        for (name, is_of_rest) in names(vocabulary.setting, keyword.name) {
            let value = if is_of_rest { rest } else { value };
            let mut texts = misplaced(entry.word, first, name, value);
            texts.push(format!("{}({first}, {name} {value})", entry.word));
            texts.push(format!("{}({first}) & {name} {value}", entry.word));
            if name != keyword.name {
                texts.push(format!("{}({first}, {name} = {value})", entry.word));
            }
            if vocabulary.setting == "trip" {
                texts.push(format!("{name} = {value} & {}({first})", entry.word));
                texts.push(format!("{name}({value}) & {}({first})", entry.word));
                texts.push(format!("{}({first}) & {value} {name}", entry.word));
            }
            for text in texts {
                let corrected = corrected(vocabulary, &text);
                assert!(are_same(vocabulary, &corrected, &right), "{text} becomes {corrected}");
                count += 1;
            }
        }
    }
    assert!(count > 1_000, "{count}");
}

#[test]
fn a_constant_is_kept_like_a_value() {
    for (vocabulary, entry, keyword) in arguments() {
        let first = first(entry);
        for (name, is_of_rest) in names(vocabulary.setting, keyword.name) {
            let constant = "LEVEL";
            let kept = if is_of_rest { "1.0 - LEVEL" } else { constant };
            let right = format!("{}({first}, {} = {kept})", entry.word, keyword.name);
            for text in misplaced(entry.word, first, name, constant) {
                // Without a sign, it may be a word of its own.
                if text.contains(" of ") {
                    continue;
                }
                assert_eq!(corrected(vocabulary, &text), right, "{text}");
            }
        }
        // Without a name, the constant's own name tells what it is for.
        let own = keyword.name.to_uppercase();
        let right = format!("{}({first}, {} = {own})", entry.word, keyword.name);
        assert_eq!(corrected(vocabulary, &format!("{}({first}, {own})", entry.word)), right);
    }
    assert_eq!(corrected(&TRIP, "failure_rate(0.5, LEVEL)"), "failure_rate(0.5, sure = LEVEL)");
    assert_eq!(corrected(&TRIP, "failure_rate(0.5, ALPHA)"), "failure_rate(0.5, sure = 1.0 - ALPHA)");
    assert_eq!(corrected(&RETRY, "cooldown(17s, MAX)"), "backoff(17s, max = MAX)");
}

/// Several values of a word, unlike its examples, and the word with them.
fn several_values() -> Vec<(&'static Vocabulary, &'static Entry, Vec<&'static str>, String)> {
    let named = arguments().map(|(vocabulary, entry, keyword)| {
        let (first, (value, _)) = (first(entry), values(keyword));
        let right = format!("{}({first}, {} = {value})", entry.word, keyword.name);
        (vocabulary, entry, vec![first, value], right)
    });
    let entries = [&TRIP, &WINDOW, &RETRY, &PERMIT].into_iter().flat_map(|vocabulary| {
        vocabulary.entries.iter().filter(|it| it.positional.len() > 1).map(move |entry| (vocabulary, entry))
    });
    let positional = entries.map(|(vocabulary, entry)| {
        let values = match entry.word {
            "slow_rate" => vec!["40%", "3s"],
            "ramp_up" => vec!["20%", "90%", "70s"],
            word => panic!("values for `{word}`"),
        };
        let right = format!("{}({})", entry.word, values.join(", "));
        (vocabulary, entry, values, right)
    });
    named.chain(positional).collect()
}

#[test]
fn values_are_kept_without_commas() {
    for (vocabulary, entry, values, right) in several_values() {
        let prefix = if vocabulary.setting == "trip" { "min(10) & " } else { "" };
        let right = format!("{prefix}{right}");
        for sign in ["..", "..=", " - ", " -> ", " > ", " >= ", " +/- ", " ± ", " → ", "; "] {
            let text = format!("{prefix}{}({})", entry.word, values.join(sign));
            assert_eq!(corrected(vocabulary, &text), right, "{text}");
        }
        for word in ["to", "over", "with", "within", "in", "and", "after", "up to", "for about"] {
            let joined = values.join(&format!(" {word} "));
            for text in [joined.clone(), format!("from {joined}"), format!("{joined} please")] {
                let text = format!("{prefix}{}({text})", entry.word);
                assert_eq!(corrected(vocabulary, &text), right, "{text}");
            }
        }
    }
}

/// A correction would trip the breaker while all is well.
#[test]
fn a_value_that_bounds_from_above_is_not_corrected() {
    let conditions = TRIP.entries.iter().filter(|entry| !entry.positional.is_empty());
    let conditions = conditions.filter(|entry| entry.word != "custom");
    for entry in conditions {
        let call = entry.example();
        let (_, values) = call.trim_end_matches(')').split_once('(').expect("values");
        for turned in ["<", "<=", "≤", "below", "under", "at most", "less than", "fewer than", "not", "no"]
        {
            let text = format!("min(10) & {}({turned} {values})", entry.word);
            let lexed = lex(&text);
            let problems = problems(&TRIP, &lexed.tokens);
            let corrected = problems.iter().any(|it| it.corrected(&text, &lexed.bytes).is_some());
            assert!(!problems.is_empty() && !corrected, "{text}: {problems:#?}");
        }
    }
}

/// More than five is at least six.
#[test]
fn a_count_to_exceed_is_corrected_to_the_next_one() {
    let is_count = |entry: &&Entry| matches!(entry.positional, [one] if one.name == "count");
    let more = [">", "more than", "above", "over", "greater than", "exceeds", "at least", ">=", "≥", "= >="];
    let mut conditions = 0;
    for entry in TRIP.entries.iter().filter(is_count) {
        conditions += 1;
        for (at, sign) in more.iter().enumerate() {
            let text = format!("failures(9) & {}({sign} 20) | failures(9)", entry.word);
            let least = if at < 6 { 21 } else { 20 };
            let expected = format!("failures(9) & {}({least}) | failures(9)", entry.word);
            assert_eq!(corrected(&TRIP, &text), expected, "{text}");
        }
        for (sign, least) in
            [(">", 21), ("above", 21), ("exceeds", 21), (">=", 20), ("reaches", 20), ("of", 20)]
        {
            let text = format!("failures(9) & {} {sign} 20 | failures(9)", entry.word);
            let expected = format!("failures(9) & {}({least}) | failures(9)", entry.word);
            assert_eq!(corrected(&TRIP, &text), expected, "{text}");
        }
    }
    assert_eq!(conditions, 4, "min, failures, failure_streak, in_flight");
}

#[test]
fn a_name_may_end_in_the_unit_of_its_value() {
    let mut count = 0;
    for (vocabulary, entry, keyword) in arguments() {
        let (first, name) = (first(entry), keyword.name);
        let forms = if keyword.kind.is_duration() {
            vec![
                ("secs = 420", "7m"),
                ("ms = 420000", "7m"),
                ("in_seconds = 420", "7m"),
                ("minutes: 7", "7m"),
            ]
        } else if ["sure", "jitter"].contains(&name) {
            vec![("percent = 97", "97%"), ("pct = 97", "97%")]
        } else {
            continue;
        };
        for (written, right) in forms {
            let own = format!("{}_secs = 17", entry.positional[0].name);
            let right = format!("{name} = {right}");
            for (text, right) in [
                (
                    format!("{}({first}, {name}_{written})", entry.word),
                    format!("{}({first}, {right})", entry.word),
                ),
                (format!("{}({own}, {name}_{written})", entry.word), format!("{}(17s, {right})", entry.word)),
            ] {
                // A rate has no unit.
                if text.contains(&own) && !entry.positional[0].kind.is_duration() {
                    continue;
                }
                let corrected = corrected(vocabulary, &text);
                assert!(are_same(vocabulary, &corrected, &right), "{text} becomes {corrected}");
                count += 1;
            }
        }
    }
    assert!(count >= 16, "{count}");
}

/// What a message says to write in another setting is valid there.
#[test]
fn a_word_of_another_setting_is_corrected_there() {
    const SETTINGS: [&Vocabulary; 4] = [&TRIP, &WINDOW, &RETRY, &PERMIT];
    let mut count = 0;
    for there in [&WINDOW, &RETRY, &PERMIT] {
        for entry in there.entries.iter().filter(|entry| entry.word != "custom") {
            let calls =
                ["", "(0)", "(3, 4, 5)", "(jitter = 10%)"].map(|inside| format!("{}{inside}", entry.word));
            for text in calls.into_iter().chain([entry.example()]) {
                for here in SETTINGS.into_iter().filter(|here| here.entry(entry.word).is_none()) {
                    let problems = problems(here, &lex(&text).tokens);
                    let help: String = problems.iter().filter_map(Problem::help_text).collect();
                    let Some((_, advice)) = help.split_once(&format!("write `{} = ", there.setting)) else {
                        continue;
                    };
                    let (advice, _) = advice.split_once('`').expect("its end");
                    assert!(are_same(there, advice, advice), "`{text}` in `{}`: {help}", here.setting);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn a_setting_inside_another_is_reported_as_separate() {
    let values = [
        ("window", "60s", "time(60s)"),
        ("window", "count(50)", "count(50)"),
        ("retry", "10s", "cooldown(10s)"),
        ("retry", "backoff(1s, 2)", "backoff(1s, multiplier = 2)"),
        ("permit", "20%", "random(20%)"),
        ("max_half_open_calls", "3", "3"),
        ("half_open_timeout", "5s", "5s"),
    ];
    for here in [&TRIP, &WINDOW, &RETRY, &PERMIT] {
        for (setting, value, right) in values.into_iter().filter(|(setting, ..)| *setting != here.setting) {
            let text = format!("{setting}({value})");
            let problems = problems(here, &lex(&text).tokens);
            let [problem] = problems.as_slice() else { panic!("{text}: {problems:#?}") };
            let help = format!("write `{setting} = {right}` beside `{}`", here.setting);
            assert_eq!(problem.help_text().as_deref(), Some(&*help), "{text}");
        }
    }
}

/// No condition is turned into another, since that would measure something else.
#[test]
fn an_argument_of_another_condition_is_dropped() {
    for entry in TRIP.entries.iter().filter(|entry| entry.keywords.is_empty() && !entry.positional.is_empty())
    {
        let call = entry.example();
        let inside = call.strip_suffix(')').expect("arguments");
        for (_, _, keyword) in arguments().filter(|(vocabulary, ..)| vocabulary.setting == "trip") {
            for (name, _) in names("trip", keyword.name) {
                // Running calls are not evidence by themselves.
                let sign = if entry.word == "in_flight" { "|" } else { "&" };
                for guard in [format!("failures(9) & min(8) {sign}"), format!("failures(9) {sign}")] {
                    let texts = [
                        format!("{inside}, {name} = 97%)"),
                        format!("{call} & {name} = 97%"),
                        format!("{name} = 97% & {call}"),
                        format!("{name}({call}, 97%)"),
                    ];
                    for text in texts {
                        let corrected = corrected(&TRIP, &format!("{guard} {text}"));
                        let right = [
                            format!("{guard} {call}"),
                            format!("{guard} min(10) & {call}"),
                            format!("{guard} {call} & min(10)"),
                        ];
                        let read = lex(&corrected).tokens;
                        assert!(
                            right.iter().any(|right| lex(right).tokens == read),
                            "{guard} {text} becomes {corrected}"
                        );
                        assert!(problems(&TRIP, &read).is_empty(), "{text} becomes {corrected}");
                    }
                }
            }
        }
    }
}
