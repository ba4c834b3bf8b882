//! The suggestion for another library's word has the meaning that the table gives the word, and is valid as it stands.
#![allow(missing_docs)]

use fluxgate_rules::attribute;
use fluxgate_rules::foreign::{Meaning, Part, Sense, Unit, meanings, senses};
use fluxgate_rules::lexer::lex;
use fluxgate_rules::spelling::nearest;
use fluxgate_rules::token::TokenRange;
use fluxgate_rules::vocabulary::{Kind, PERMIT, RETRY, TRIP, Vocabulary, WINDOW};
use fluxgate_rules::{Window, read};

const NAMES: [(&str, &str); 18] = [
    ("name", "\"payments\""),
    ("window", "count(100)"),
    ("trip", "min(10) & failure_rate(0.5)"),
    ("track", "all"),
    ("success", "matches(NotFound)"),
    ("ignore", "ok(Cached(_))"),
    ("retry", "cooldown(60s)"),
    ("permit", "ramp_up(0.1, 1.0, 60s)"),
    ("max_half_open_calls", "10"),
    ("half_open_timeout", "5m"),
    ("rejected", "|refused| Err(refused.into())"),
    ("fallback", "|error| Err(error)"),
    ("timeout", "2s"),
    ("on_panic", "failure"),
    ("on_cancel", "ignore"),
    ("breaker", "PAYMENTS"),
    ("handle", "PAYMENTS"),
    ("crate", "::fluxgate"),
];

fn vocabulary(setting: &str) -> Option<&'static Vocabulary> {
    [&TRIP, &WINDOW, &RETRY, &PERMIT].into_iter().find(|vocabulary| vocabulary.setting == setting)
}

/// A value of the right kind for a part.
fn value(meaning: &Meaning) -> &'static str {
    let of = |kind: Kind| match kind {
        Kind::Count | Kind::Concurrency | Kind::Size | Kind::Buckets => "7",
        Kind::Ratio | Kind::Exceeded | Kind::Jitter => "0.25",
        Kind::Confidence => "95%",
        Kind::Multiplier => "3.5",
        Kind::Function => "a::function",
        _ => "17s",
    };
    let entries = vocabulary(meaning.setting).map_or(&[][..], |vocabulary| vocabulary.entries);
    match meaning.part {
        Part::Argument("success_rate", _) => "75%",
        Part::Argument(word, at) => entries
            .iter()
            .find(|entry| entry.word == word)
            .and_then(|entry| entry.positional.get(at))
            .map_or("true", |parameter| of(parameter.kind)),
        Part::Keyword(name) => {
            let keyword =
                entries.iter().flat_map(|entry| entry.keywords).find(|keyword| keyword.name == name);
            keyword.map_or("1", |keyword| of(keyword.kind))
        }
        Part::Choice if meaning.setting == "trip" => "consecutive",
        Part::Choice => "time",
        Part::Flag(_) => "true",
        Part::BucketTime => "17s",

        Part::Whole => match meaning.setting {
            "trip" => "failures(7)",
            "window" => "time(17s)",
            "retry" => "cooldown(17s)",
            "permit" => "random(0.25)",
            "max_half_open_calls" => "7",
            "half_open_timeout" | "timeout" => "17s",
            "on_panic" | "on_cancel" => "failure",
            "name" => "\"seventeen\"",
            _ => "a::function",
        },
        Part::OnlyFailures => "a::function",
        Part::Successes | Part::TrialCalls | Part::FullWindow | Part::Unit | Part::Elsewhere(_) => "7",
    }
}

/// What the suggestion must contain.
fn expected(meaning: &Meaning, value: &str) -> String {
    match meaning.part {
        Part::Argument("success_rate", _) => "failure_rate(0.25)".to_owned(),
        Part::Argument("slow_rate", 1) => format!("slow_rate(0.5, {value})"),
        Part::Argument(word @ ("slow_rate" | "ramp_up"), _) => format!("{word}({value}"),
        Part::Argument(word, _) if value == "true" => word.to_owned(),
        Part::Argument(word, _) => format!("{word}({value})"),
        Part::Keyword(name) => format!("{name} = {value}"),
        Part::Choice if value == "consecutive" => "failure_streak(".to_owned(),
        Part::Choice => "time(".to_owned(),
        Part::Flag(word) => word.to_owned(),
        Part::BucketTime => "buckets = 10".to_owned(),
        Part::Successes => "half_open & min(7)".to_owned(),
        Part::FullWindow => "min(7)".to_owned(),
        Part::Whole if ["track", "success", "ignore"].contains(&meaning.setting) => {
            "custom(a::function)".to_owned()
        }
        _ => value.to_owned(),
    }
}

/// The suggestion for `word = value`, or for several.
fn suggested(text: &str) -> Option<String> {
    let tokens = lex(text).tokens;
    let is_name = |at: usize| tokens.get(at + 1).is_some_and(|sign| sign.is("="));
    let commas = (0..tokens.len()).filter(|at| tokens[*at].is(",") && is_name(at + 1));
    let ends: Vec<_> = commas.chain([tokens.len()]).collect();
    let starts = [0].into_iter().chain(ends.iter().map(|end| end + 1));
    let pieces: Vec<_> = starts.zip(&ends).map(|(start, end)| TokenRange::new(start, *end)).collect();
    let read = attribute::read(&tokens, &pieces, &NAMES);
    let [problem] = read.problems.as_slice() else { panic!("{text}: {:?}", read.problems) };
    Some(problem.suggestion()?.replacement.clone())
}

fn is_first(meaning: &Meaning, word: &str) -> bool {
    const ORDER: [&str; 4] = ["retry", "window", "trip", "permit"];
    let order = |sense: &Sense| ORDER.iter().position(|it| *it == sense.setting).unwrap_or(ORDER.len());
    let mut senses = senses(word);
    senses.sort_by_key(order);
    senses.first().is_some_and(|first| (first.setting, first.part) == (meaning.setting, meaning.part))
}

#[test]
fn a_word_keeps_its_meaning_and_its_value() {
    let mut count = 0;
    for meaning in meanings() {
        for foreign in meaning.words {
            // Skips our own words from other settings, words with several meanings if this is not the first, and words
            // for parts that mean nothing alone.
            let is_ours = [&TRIP, &WINDOW, &RETRY, &PERMIT].iter().any(|vocabulary| {
                vocabulary.entry(foreign.word).is_some()
                    || vocabulary.entries.iter().flat_map(|it| it.keywords).any(|it| it.name == foreign.word)
            }) || NAMES.iter().any(|(name, _)| *name == foreign.word);
            let is_alone =
                !matches!(meaning.part, Part::Unit | Part::Elsewhere(_)) && meaning.setting != "outcome";
            if is_ours || !is_alone || !is_first(meaning, foreign.word) {
                continue;
            }
            let value = value(meaning);
            let theirs = if foreign.unit == Unit::Rest { "5%" } else { value };
            let text = format!("{} = {theirs}", foreign.word);
            let suggestion = suggested(&text).unwrap_or_else(|| panic!("{text}: nothing is suggested"));
            let (setting, written) = suggestion.split_once(" = ").expect("an argument");
            assert_eq!(setting, meaning.setting, "{text}: {suggestion}");
            assert!(written.contains(&expected(meaning, value)), "{text}: {suggestion}");
            if meaning.part == Part::FullWindow {
                let rule = written.strip_suffix(", window = count(7)").expect("its window");
                assert!(is_right(setting, rule), "{text}: {suggestion}");
                continue;
            }
            assert!(is_right(setting, written), "{text}: {suggestion}");
            count += 1;
        }
    }
    assert!(count > 250, "{count}");
}

/// Arguments of other libraries whose words alone may suggest something else, and ours that do what they do there.
const IN_THEIR_LIBRARIES: [(&str, &str); 40] = [
    // A success sets these counts back to 0.
    ("fail_max = 5", "trip = failure_streak(5)"),
    ("failure_threshold = 5", "trip = failure_streak(5)"),
    ("exceptions_allowed_before_breaking = 2", "trip = failure_streak(2)"),
    ("handled_events_allowed_before_breaking = 2", "trip = failure_streak(2)"),
    ("max_failures = 5", "trip = failure_streak(5)"),
    (
        "max_failures = 5, call_timeout = 10s, reset_timeout = 1m",
        "trip = failure_streak(5), timeout = 10s, retry = cooldown(1m)",
    ),
    // But not if they are counted in a window.
    ("max_failures = 5, failures_rolling_window = 10s", "trip = failures(5), window = time(10s)"),
    ("failure_threshold = 5, window_size = 20", "trip = failures(5), window = count(20)"),
    ("failure_threshold = 0.5, minimum_throughput = 8", "trip = min(8) & failure_rate(0.5)"),
    // Failsafe takes a threshold with its window.
    ("with_failure_threshold(3, 5)", "trip = failures(3), window = count(5)"),
    ("with_failure_threshold(3, 5, 60s)", "trip = min(5) & failures(3), window = time(1m)"),
    // The Rust crate of that name takes a threshold with the pause.
    (
        "consecutive_failures(3, exponential(10s, 60s))",
        "retry = backoff(10s, max = 60s), trip = failure_streak(3)",
    ),
    (
        "failure_policy = consecutive_failures(3, backoff::constant(Duration::from_secs(5)))",
        "retry = cooldown(Duration::from_secs(5)), trip = failure_streak(3)",
    ),
    (
        "success_rate_over_time_window(0.8, 20, Duration::from_secs(30), backoff::exponential(10s, 60s))",
        "retry = backoff(10s, max = 60s), trip = min(20) & failure_rate(0.2), window = time(Duration::from_secs(30))",
    ),
    (
        "failure_policy = success_rate_over_time_window(0.8, 20, 30s, constant(5s))",
        "retry = cooldown(5s), trip = min(20) & failure_rate(0.2), window = time(30s)",
    ),
    // The limit of a call there, and not how long an open breaker waits.
    ("timeout = 1000, error_percent_threshold = 25", "timeout = 1000ms, trip = min(10) & failure_rate(25%)"),
    // A word says what is counted.
    ("strategy = consecutive, threshold = 5", "trip = failure_streak(5)"),
    ("traffic_control = consecutive_errors, threshold = 5", "trip = failure_streak(5)"),
    ("strategy = rate, threshold = 50", "trip = min(10) & failure_rate(50%)"),
    // The errors that these except count as successes.
    ("exclude = a::function", "success = custom(a::function)"),
    ("error_filter = a::function", "success = custom(a::function)"),
    ("skip_on = a::function", "success = custom(a::function)"),
    ("ignore_exceptions = a::function", "ignore = custom(a::function)"),
    // These rules wait until the window is full.
    ("closed_len = 50", "trip = min(50) & failure_rate(0.5), window = count(50)"),
    (
        "request_volume_threshold = 20, failure_ratio = 0.4",
        "trip = min(20) & failure_rate(0.4), window = count(20)",
    ),
    (
        "request_volume_threshold = 20, sleep_window = 5s",
        "trip = min(20) & failure_rate(0.5), retry = cooldown(5s)",
    ),
    // The length of a trial, which is judged by the same rate.
    (
        "error_rate = 0.3, half_open_len = 5",
        "trip = closed & min(10) & failure_rate(0.3) | half_open & min(5) & failure_rate(0.3)",
    ),
    (
        "ring_buffer_size_in_half_open_state = 5, ring_buffer_size_in_closed_state = 50",
        "trip = closed & min(50) & failure_rate(0.5) | half_open & min(5) & failure_rate(0.5), window = count(50)",
    ),
    (
        "half_open_len = 5",
        "trip = closed & min(100) & failure_rate(0.5) | half_open & min(5) & failure_rate(0.5)",
    ),
    (
        "permitted_number_of_calls_in_half_open_state = 5, minimum_number_of_calls = 20, failure_rate_threshold = 50, \
         slow_call_rate_threshold = 80, slow_call_duration_threshold = 2s",
        "max_half_open_calls = 5, trip = closed & min(20) & (failure_rate(50%) | slow_rate(80%, 2s)) \
         | half_open & min(5) & (failure_rate(50%) | slow_rate(80%, 2s))",
    ),
    (
        "trip = min(20) & failure_rate(50%), permitted_number_of_calls_in_half_open_state = 5",
        "trip = closed & min(20) & failure_rate(50%) | half_open & min(5) & failure_rate(50%), max_half_open_calls = 5",
    ),
    // A rule that has a trial keeps it.
    (
        "trip = closed & failures(9) | half_open & min(3) & failures(2), permitted_number_of_calls_in_half_open_state = 5",
        "max_half_open_calls = 5",
    ),
    ("trip = closed & failures(9) | half_open & min(3) & failures(2), success_threshold = 5", ""),
    (
        "trip = closed & failures(9), success_threshold = 5",
        "trip = closed & failures(9) | half_open & min(5) & failure_rate(0.5)",
    ),
    // Errors that these do not name also count as successes.
    ("record_exceptions = IOException", "success = !type_of(IOException)"),
    ("should_handle = matches(Down) | matches(Away)", "success = !(matches(Down) | matches(Away))"),
    ("fail_on = IOException, skip_on = NotFound", "success = !type_of(IOException) | matches(NotFound)"),
    // Jitter alone does not make a pause grow.
    ("enable_randomized_wait = true, wait_duration_in_open_state = 5s", "retry = cooldown(5s, jitter = 0.5)"),
    (
        "enable_randomized_wait = true, randomized_wait_factor = 0.2, wait_duration_in_open_state = 5s",
        "retry = cooldown(5s, jitter = 0.2)",
    ),
    (
        "enable_randomized_wait = true, enable_exponential_backoff = true, wait_duration_in_open_state = 5s",
        "retry = backoff(5s, jitter = 0.5)",
    ),
];

#[test]
fn a_word_means_what_it_does_in_its_library() {
    for (text, expected) in IN_THEIR_LIBRARIES {
        assert_eq!(suggested(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_word_like_one_of_ours_is_decided_by_its_value() {
    // Their own meanings also take the value.
    const OTHERS: [&str; 5] = ["break_for", "handle_if", "handler", "open_timeout", "rate"];
    let names = NAMES.map(|(name, _)| name);
    for word in meanings().flat_map(|meaning| meaning.words).map(|foreign| foreign.word) {
        let Some(ours) = nearest(word, names).filter(|_| !names.contains(&word)) else { continue };
        let (_, example) = NAMES.iter().find(|(name, _)| *name == ours).expect("an example");
        let text = format!("{word} = {example}");
        let suggestion = suggested(&text).unwrap_or_else(|| panic!("{text}: nothing is suggested"));
        let is_ours = suggestion == ours || suggestion.starts_with(&format!("{ours} = "));
        assert!(is_ours || suggestion.is_empty() || OTHERS.contains(&word), "{text}: {suggestion}");
    }
}

#[test]
fn words_for_other_places_are_not_corrected() {
    for meaning in meanings().filter(|meaning| matches!(meaning.part, Part::Elsewhere(_))) {
        for foreign in meaning.words.iter().filter(|foreign| is_first(meaning, foreign.word)) {
            assert_eq!(suggested(&format!("{} = 7", foreign.word)).as_deref(), Some(""), "{}", foreign.word);
        }
    }
}

fn is_right(setting: &str, written: &str) -> bool {
    let tokens = lex(written).tokens;
    match setting {
        "trip" => read::rule(&tokens, &Window::count(100)).is_ok(),
        "window" => read::window(&tokens).is_ok(),
        "retry" => read::retry(&tokens).is_ok(),
        "permit" => read::permit(&tokens).is_ok(),
        _ => true,
    }
}
