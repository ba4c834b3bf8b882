//! What was probably meant by an argument with an unknown name or none: other libraries' names, words of rules, misspellings.

use fluxgate_rules::repair::repaired;
use fluxgate_rules::spelling::{nearest, snake};
use fluxgate_rules::suggestion::meant;
use fluxgate_rules::token::{Shape, Token};
use fluxgate_rules::vocabulary::{Entry, PERMIT, RETRY, TRIP, Vocabulary, WINDOW};
use fluxgate_rules::{Problem, Window, read};
use proc_macro2::{Span, TokenStream, TokenTree};

use crate::input::errors::Errors;
use crate::input::names::{NAMES, example, named};
use crate::input::source::{Source, spelled};
use crate::input::tokens::{is, is_assignment, span_of, text, word};
use crate::input::tracker_words::tracker_for;

/// Other libraries' names for arguments other than rules: theirs, then ours. The rest is in the vocabularies.
const FOREIGN: [(&str, &str); 27] = [
    ("expected_exception", "track"),
    ("exclude", "ignore"),
    ("failure_predicate", "track"),
    ("fallback_function", "fallback"),
    ("fallback_method", "fallback"),
    ("filter", "track"),
    ("half_open_calls", "max_half_open_calls"),
    ("half_open_max", "max_half_open_calls"),
    ("half_open_max_calls", "max_half_open_calls"),
    ("half_open_max_requests", "max_half_open_calls"),
    ("half_open_requests", "max_half_open_calls"),
    ("ignore_errors", "ignore"),
    ("ignore_exceptions", "ignore"),
    ("ignored", "ignore"),
    ("is_failure", "track"),
    ("is_success", "success"),
    ("is_successful", "success"),
    ("max_probes", "max_half_open_calls"),
    ("max_requests", "max_half_open_calls"),
    ("on_error", "fallback"),
    ("on_failure", "fallback"),
    ("on_rejected", "rejected"),
    ("permitted_number_of_calls_in_half_open_state", "max_half_open_calls"),
    ("probes", "max_half_open_calls"),
    ("should_handle", "track"),
    ("track_by", "track"),
    ("tracker", "track"),
];

/// Names for what is done elsewhere or in another way, and how. `{}` stands for the value.
const OTHERWISE: [(&[&str], &str); 3] = [
    (
        &["half_open_successes", "required_successes", "success_threshold", "successes"],
        "the rule says how many calls a trial takes: write `trip = closed & min(10) & failure_rate(0.5) | half_open & \
         min({}) & failure_rate(0.5)`",
    ),
    (
        &[
            "callback",
            "event_handler",
            "listener",
            "listeners",
            "on_close",
            "on_closed",
            "on_half_open",
            "on_half_opened",
            "on_open",
            "on_opened",
            "on_state_change",
            "on_transition",
            "on_trip",
        ],
        "listeners are added while the program runs: `fluxgate::listen(|transition| ..)`",
    ),
    (
        &["clock"],
        "only a breaker that is built by hand takes a clock: `CircuitBreaker::builder(..).clock(..)`",
    ),
];

/// Words that trackers begin with.
const TRACKERS: [&str; 4] = ["matches", "type_of", "ok", "returned"];

/// A setting that can be told by its words.
struct SettingVocabulary {
    name: &'static str,
    vocabulary: &'static Vocabulary,
}

const SETTINGS: [SettingVocabulary; 4] = [
    SettingVocabulary { name: "retry", vocabulary: &RETRY },
    SettingVocabulary { name: "window", vocabulary: &WINDOW },
    SettingVocabulary { name: "trip", vocabulary: &TRIP },
    SettingVocabulary { name: "permit", vocabulary: &PERMIT },
];

/// The part of a setting that an argument with a foreign name stands for.
enum Part {
    /// One of its words, with arguments.
    Word(String),
    /// An argument of one of its words.
    Keyword(String, String),
}

/// Finds suggestions for one argument among all of them, since unknown ones may have to become one.
pub(crate) struct Suggestions<'a> {
    pieces: Vec<(String, &'a [TokenTree])>,
}

impl<'a> Suggestions<'a> {
    pub(crate) fn of(pieces: &[&'a [TokenTree]]) -> Self {
        let named = pieces.iter().filter_map(|piece| match piece {
            [name, sign, value @ ..] if is_assignment(sign) => Some((word(name)?.to_string(), value)),
            _ => None,
        });
        Self { pieces: named.collect() }
    }

    /// The message about an unknown argument.
    pub(crate) fn unknown(&self, name: &str, value: &[TokenTree]) -> String {
        let what = format!("unknown argument `{name}`");
        let value = spelled(&value.iter().cloned().collect());
        let elsewhere = |name: &str| {
            let name = snake(name);
            if let Some((_, help)) = OTHERWISE.iter().find(|(theirs, _)| theirs.contains(&name.as_str())) {
                let count = value.parse().is_ok_and(|count: u32| count > 0).then_some(value.as_str());
                return Some(format!("{what}\nhelp: {}", help.replace("{}", count.unwrap_or("5"))));
            }
            if let Some((_, ours)) = FOREIGN.iter().find(|(theirs, _)| *theirs == name) {
                let value = match (*ours, value.as_str()) {
                    ("track" | "success" | "ignore", value) if !value.is_empty() => tracker_for(value),
                    (_, "") => example(ours).to_owned(),
                    (_, value) => value.to_owned(),
                };
                return Some(format!("{what}\nhelp: write `{ours} = {value}`"));
            }
            if TRACKERS.contains(&name.as_str()) {
                let pattern = if value.is_empty() { "PATTERN" } else { value.as_str() };
                return Some(format!(
                    "{what}\nhelp: this is part of `track`: write `track = {name}({pattern})`"
                ));
            }
            let (ours, written) = self.setting_with(&name, &value)?;
            Some(format!("{what}\nhelp: this is part of `{ours}`: write `{ours} = {written}`"))
        };
        if let Some(answer) = elsewhere(name) {
            return answer;
        }
        let known = NAMES.iter().map(|known| known.text);
        if let Some(near) = nearest(name, known.clone()) {
            return format!("{what}; did you mean `{near}`?");
        }
        let vocabularies = SETTINGS.iter().flat_map(|setting| setting.vocabulary.foreign);
        let otherwise = OTHERWISE.iter().flat_map(|(theirs, _)| *theirs);
        let words = vocabularies.chain(&FOREIGN).map(|(theirs, _)| *theirs).chain(otherwise.copied());
        if let Some(answer) = nearest(name, words).and_then(elsewhere) {
            return answer;
        }
        let known: Vec<_> = known.map(|known| format!("`{known}`")).collect();
        format!("{what}\nhelp: expected one of {}", known.join(", "))
    }

    /// Reports values without a name. Each piece between two commas may be an argument of its own.
    pub(crate) fn nameless(&self, piece: &[TokenTree], errors: &mut Errors) {
        let mut values: Vec<(Option<&str>, TokenStream)> = Vec::new();
        for value in piece.split(|tree| is(tree, ',')).filter(|value| !value.is_empty()) {
            let tokens: TokenStream = value.iter().cloned().collect();
            let setting = setting_of(&tokens);
            match values.last_mut() {
                // Members of one rule.
                Some((last, before)) if *last == setting && setting == Some("trip") => {
                    before.extend(quote::quote!(, #tokens));
                }
                _ => values.push((setting, tokens)),
            }
        }
        if values.is_empty() {
            values.push((None, piece.iter().cloned().collect()));
        }
        for (setting, value) in values {
            let Some(span) = span_of(&value) else { continue };
            let written = match (setting, spelled(&value)) {
                (Some(setting), written) => format!("{setting} = {}", self.corrected(setting, &written)),
                (None, written) if text(&value).is_some() => format!("name = {written}"),
                (None, _) => format!("trip = {}", example("trip")),
            };
            errors.report(span, format!("an argument is written `name = value`\nhelp: write `{written}`"));
        }
    }

    /// The setting that a word, ours or another library's, is part of, and a value for it that has this part and all others that are
    /// given.
    fn setting_with(&self, name: &str, value: &str) -> Option<(&'static str, String)> {
        let (setting, asked) = of_setting(name, value)?;
        let is_rule = setting.name == "trip";
        let given = self.pieces.iter().find(|(given, _)| given == setting.name);
        let given = given.map(|(_, value)| unquoted(&value.iter().cloned().collect()));
        let mut words: Vec<_> = given.into_iter().filter(|given| !given.is_empty()).collect();
        let mut keywords = Vec::new();
        match asked {
            Part::Word(word) if is_rule => words.push(word),
            Part::Word(word) => words = vec![word],
            Part::Keyword(name, value) => keywords.push((name, value)),
        }
        for (other, value) in
            self.pieces.iter().filter(|(other, _)| other != name && named(other.as_str()).is_none())
        {
            match of_setting(other, &spelled(&value.iter().cloned().collect())) {
                Some((its, Part::Word(word)))
                    if its.name == setting.name && (is_rule || words.is_empty()) =>
                {
                    words.push(word);
                }
                Some((its, Part::Keyword(name, value))) if its.name == setting.name => {
                    keywords.push((name, value));
                }
                _ => {}
            }
        }
        let mut written = match (words.as_slice(), keywords.first()) {
            ([], keyword) => owner(setting.vocabulary, &keyword?.0)?.example(),
            ([one], _) => one.clone(),
            (words, _) => {
                let group =
                    |word: &String| if word.contains('|') { format!("({word})") } else { word.clone() };
                // In a fixed order, whichever part was asked for.
                let mut words: Vec<_> = words.iter().map(group).collect();
                words.sort_by_key(|word| (!word.starts_with("min("), word.clone()));
                words.join(" & ")
            }
        };
        for (name, value) in keywords {
            let start = written.strip_suffix(')').map(|start| format!("{start}, "));
            written = format!("{}{name} = {value})", start.unwrap_or_else(|| format!("{written}(")));
        }
        Some((setting.name, self.corrected(setting.name, &written)))
    }

    /// A value for a setting with its mistakes corrected, or an example if that is not possible.
    fn corrected(&self, setting: &str, written: &str) -> String {
        let window = self.pieces.iter().find(|(name, _)| name == "window").and_then(|(_, value)| {
            let source = Source::new(&value.iter().cloned().collect(), Span::call_site());
            read::window(&source.tokens).ok()?.window()
        });
        let window = window.unwrap_or(Window::count(100));
        let problems = |tokens: &[Token]| -> Vec<Problem> {
            match setting {
                "retry" => read::retry(tokens).err(),
                "window" => read::window(tokens).err(),
                "trip" => read::rule(tokens, &window).err(),
                _ => read::permit(tokens).err(),
            }
            .unwrap_or_default()
        };
        // A value in a string stays in a string.
        let inside = written.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(written);
        match repaired(inside, problems).map(|right| right.trim().to_owned()) {
            Some(right) if inside.len() < written.len() => format!("\"{right}\""),
            Some(right) => right,
            None => example(setting).to_owned(),
        }
    }
}

/// Which part of a setting with this vocabulary an argument of this name and value is.
fn part(vocabulary: &'static Vocabulary, name: &str, value: &str) -> Option<Part> {
    let values: Vec<_> =
        Some(value).filter(|value| !value.is_empty()).map(str::to_owned).into_iter().collect();
    let keyword = |keyword: &str| {
        owner(vocabulary, keyword).map(|_| Part::Keyword(keyword.to_owned(), value.to_owned()))
    };
    if let Some(part) = keyword(name) {
        return Some(part);
    }
    if let Some(meant) = meant(vocabulary, name, &values).filter(|meant| !meant.is_misspelt) {
        return Some(Part::Word(meant.text));
    }
    vocabulary.foreign(name).find_map(keyword)
}

/// The setting that has such a part.
fn of_setting(name: &str, value: &str) -> Option<(&'static SettingVocabulary, Part)> {
    SETTINGS.iter().find_map(|setting| Some((setting, part(setting.vocabulary, name, value)?)))
}

/// The word that has this keyword argument.
fn owner(vocabulary: &Vocabulary, keyword: &str) -> Option<&'static Entry> {
    let has = |entry: &&Entry| entry.keywords.iter().any(|parameter| parameter.name == keyword);
    vocabulary.entries.iter().find(has)
}

/// Whether an argument without a name is the value of a setting.
pub(crate) fn belongs_to_a_setting(piece: &[TokenTree]) -> bool {
    setting_of(&piece.iter().cloned().collect()).is_some()
}

/// The setting that a value, in a string or bare, belongs to, judging by its first word.
fn setting_of(value: &TokenStream) -> Option<&'static str> {
    let tokens = Source::new(value, Span::call_site()).tokens;
    let first = tokens.first().filter(|first| first.shape == Shape::Word)?;
    of_setting(&first.text, "").map(|(setting, _)| setting.name)
}

/// A value as written, without the quotes of a string.
fn unquoted(value: &TokenStream) -> String {
    text(value).unwrap_or_else(|| spelled(value))
}
