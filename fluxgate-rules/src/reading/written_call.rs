//! A word in any spelling, and what follows it -> a [`WrittenCall`].

use crate::language::foreign::done_elsewhere;
use crate::language::spelling::is_keyword;
use crate::language::syntax::WrittenCall;
use crate::language::vocabulary::{Entry, Kind, PERMIT, RETRY, means_from_error};
use crate::reading::arguments::arguments;
use crate::reading::cursor::{Cursor, WrittenName};
use crate::reading::elsewhere;
use crate::reading::given::GivenArguments;
use crate::reading::operators::operator;
use crate::reading::prose::limits_at_once;
use crate::reading::states::speaks_of_state;
use crate::reading::stray::{self, Stray};
use crate::reading::trailing::window_meant;
use crate::suggestion::filled::with_window;
use crate::suggestion::inverted::{ABOVE, BELOW, is_success_rate, other_way_round};
use crate::suggestion::piece::Piece;
use crate::suggestion::places::is_static;
use crate::suggestion::{is_known, meant, right_call};
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange};

/// Reads the next word with its arguments, and reports what is wrong. A word with wrong arguments is still a call:
/// their values count as known only to the compiler.
pub(crate) fn call(cursor: &mut Cursor<'_>) -> Option<WrittenCall> {
    let name = cursor.name(cursor.at);
    cursor.at = name.place.end;
    if report_macro(cursor, &name) {
        return None;
    }
    let is_group = cursor.next().is_some_and(|token| token.shape == Shape::Open);
    let arguments = is_group.then(|| cursor.inside(cursor.at));
    if let Some(inside) = arguments {
        cursor.at = inside.end + 1;
    }
    if report_comparison(cursor, &name, arguments) || report_methods(cursor, &name, arguments) {
        return None;
    }
    named(cursor, &name, arguments)
}

/// Reports `concat!("min(10)")`, which has not been expanded.
fn report_macro(cursor: &mut Cursor<'_>, name: &WrittenName) -> bool {
    let sign = cursor.at;
    let [exclamation, group, ..] = cursor.from(sign) else { return false };
    if !exclamation.is("!") || group.shape != Shape::Open {
        return false;
    }
    cursor.at = cursor.brackets.close(sign + 1) + 1;
    let text = cursor.spell(name.place);
    cursor.report(if cursor.vocabulary.entry(&name.text).is_some() {
        let what = format!("`{text}` is not a macro");
        let problem = Problem::new(TokenRange::new(name.place.start, sign + 1), what);
        problem.help("remove the `!`").correct(name.text.as_str())
    } else {
        let what = format!("`{text}!` is a macro, and this is read before macros are expanded");
        Problem::new(TokenRange::new(name.place.start, cursor.at), what)
            .help(format!("write the {} itself", cursor.vocabulary.noun))
    });
    true
}

/// How a figure is compared with a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    /// `>`, `over`
    Above,
    /// `>=`
    AtLeast,
    /// `<`, `under`
    Below,
    /// `<=`
    AtMost,
    /// `!=`, `<>`
    Different,
    /// `=`, `:`, `<5>`, `<-`, `reach`, or no sign at all.
    Given,
}

impl Comparison {
    fn of(signs: &[Token], is_bracket: bool) -> Self {
        let has = |texts: &[&str]| signs.iter().any(|sign| texts.iter().any(|text| sign.is(text)));
        let includes = has(&["=", "≥", "≤"]);
        match (has(&["<", "≤"]) || has(&BELOW), has(&[">", "≥"]) || has(&ABOVE)) {
            (true, true) => Self::Different,
            _ if has(&["!", "≠", "not"]) => Self::Different,
            (true, false) if is_bracket || has(&[":"]) => Self::Given,
            (true, false) if includes => Self::AtMost,
            (true, false) => Self::Below,
            (false, true) if includes => Self::AtLeast,
            (false, true) => Self::Above,
            (false, false) => Self::Given,
        }
    }

    /// The same with the value on the left.
    const fn turned(self) -> Self {
        match self {
            Self::Above => Self::Below,
            Self::AtLeast => Self::AtMost,
            Self::Below => Self::Above,
            Self::AtMost => Self::AtLeast,
            other => other,
        }
    }
}

/// Reports `failure_rate > 0.5`, `failure_rate above 0.5`, `min = 10` or `min 10`, which are clear enough to correct.
fn report_comparison(cursor: &mut Cursor<'_>, name: &WrittenName, arguments: Option<TokenRange>) -> bool {
    let end_of_signs = if compares_in_words(cursor, name, arguments) {
        cursor.at + 1
    } else {
        cursor.end_of_signs(cursor.at)
    };
    let signs = TokenRange::new(cursor.at, end_of_signs);
    let start = signs.end;
    let is_compared = !signs.is_empty();
    let mut after = match (cursor.end_of_figure(start), cursor.token(start)) {
        (Some(after), _) => after,
        (None, Some(_)) if is_compared && cursor.is_constant(start) => cursor.name(start).place.end,
        (None, None) if is_compared && !cursor.vocabulary.is_joined() => start,
        _ => return false,
    };
    // `failure_rate > 1/2`
    if let [slash, whole, ..] = cursor.from(after)
        && slash.is("/")
        && whole.shape == Shape::Number
        && takes_ratio(cursor, name)
    {
        after += 2;
    }
    let value = TokenRange::new(start, after);
    // `failure_rate<0.5>`
    let is_closed = is_compared && cursor.token(after).is_some_and(|sign| sign.is(">"));
    after += usize::from(is_closed);
    let rest = TokenRange::new(cursor.at, after);
    cursor.at = after;
    let is_arrow = cursor.token(start).is_some_and(|sign| sign.is("-"));
    let comparison = Comparison::of(signs.of(cursor.tokens), is_closed || is_arrow);
    if let Some(inside) = arguments.filter(|inside| !inside.is_empty()) {
        // `slow_rate(1s) > 30%`
        let given: Vec<_> = cursor.pieces(inside).into_iter().chain([value]).collect();
        let values: Vec<_> = given.iter().map(|piece| cursor.spell(*piece)).collect();
        if let Some(entry) =
            cursor.vocabulary.entry(&name.text).filter(|it| it.positional.len() == values.len())
        {
            let place = TokenRange::new(name.place.start, after);
            let right = right_call(cursor.vocabulary, entry, &values);
            let what = format!("`{}` takes {} in parentheses", entry.word, entry.wanted());
            let problem = match comparison {
                Comparison::Above | Comparison::AtLeast | Comparison::Given => {
                    right.correct(Problem::new(place, what), place)
                }
                Comparison::Below | Comparison::AtMost | Comparison::Different => {
                    other_way_round(place, &cursor.spell(place), &right.text)
                }
            };
            cursor.report(problem);
            return true;
        }
        // `failures(60s) > 5`
        let entry = meant(cursor.vocabulary, &name.text, &[]).map(|meant| meant.entry);
        let entry = entry.filter(|entry| entry.positional.len() == 1);
        if let Some(window) = window_meant(cursor, entry, inside) {
            let problem = compared(cursor, name, TokenRange::new(name.place.start, after), value, comparison);
            cursor.report(with_window(problem, Some(window)));
            return true;
        }
        let before = cursor.problems.len();
        named(cursor, name, Some(inside));
        if cursor.problems.len() == before {
            cursor.report_misplaced(rest);
        }
        return true;
    }
    let problem = compared(cursor, name, TokenRange::new(name.place.start, after), value, comparison);
    // `failure_rate > 50% over 60s`
    let rest = cursor.from(after).iter().take_while(|token| operator(token).is_none()).count();
    let entry = meant(cursor.vocabulary, &name.text, &[]).map(|meant| meant.entry);
    // `rate(errors[60s]) > 50%`
    let places = [TokenRange::new(after, after + rest), name.place];
    let window = places.into_iter().find_map(|place| window_meant(cursor, entry, place));
    cursor.report(with_window(problem, window));
    true
}

/// Whether the word is a condition on a share of calls.
fn takes_ratio(cursor: &Cursor<'_>, name: &WrittenName) -> bool {
    let entry = meant(cursor.vocabulary, &name.text, &[]).map(|meant| meant.entry);
    entry.is_some_and(|entry| entry.positional.first().is_some_and(|first| first.kind == Kind::Ratio))
}

/// Whether a word stands for the sign: `failures over 5`. In `failures over 60s`, it begins a window.
fn compares_in_words(cursor: &Cursor<'_>, name: &WrittenName, arguments: Option<TokenRange>) -> bool {
    let is_plain = |token: &Token| token.shape == Shape::Word && operator(token).is_none();
    let is_word = |token: &Token| is_plain(token) && !is_known(cursor.vocabulary, &token.text);
    if !cursor.vocabulary.is_joined() || arguments.is_some() || !cursor.next().is_some_and(is_word) {
        return false;
    }
    let Some(end) = cursor.end_of_figure(cursor.at + 1) else { return false };
    let value = cursor.spell(TokenRange::new(cursor.at + 1, end));
    let meant = meant(cursor.vocabulary, &name.text, core::slice::from_ref(&value));
    meant.is_some_and(|meant| !meant.right.is_example || meant.right.keeps(&value))
}

/// Reports `0.5 <= failure_rate`.
pub(crate) fn report_turned(cursor: &mut Cursor<'_>) -> bool {
    let start = cursor.at;
    let Some(after) = cursor.end_of_figure(start) else { return false };
    let signs = TokenRange::new(after, cursor.end_of_signs(after));
    let is_word = cursor.token(signs.end).is_some_and(|word| word.shape == Shape::Word);
    if signs.is_empty() || !is_word {
        return false;
    }
    let name = cursor.name(signs.end);
    let mut end = name.place.end;
    if matches!(cursor.from(end), [open, close, ..] if open.is("(") && close.is(")")) {
        end += 2;
    }
    let is_over = cursor.token(end).is_none_or(|next| operator(next).is_some());
    if !is_over || meant(cursor.vocabulary, &name.text, &[]).is_none() {
        return false;
    }
    let comparison = Comparison::of(signs.of(cursor.tokens), false).turned();
    let value = TokenRange::new(start, after);
    let problem = compared(cursor, &name, TokenRange::new(start, end), value, comparison);
    cursor.report(problem);
    cursor.at = end;
    true
}

/// The problem of a word compared with a value.
fn compared(
    cursor: &Cursor<'_>,
    name: &WrittenName,
    place: TokenRange,
    value: TokenRange,
    comparison: Comparison,
) -> Problem {
    let pieces = if value.is_empty() { Vec::new() } else { vec![value] };
    let values: Vec<_> = pieces.iter().map(|piece| cursor.spell(*piece)).collect();
    let meant_with = |values: &[String]| {
        meant(cursor.vocabulary, &name.text, values).filter(|_| cursor.vocabulary.is_joined())
    };
    let meant = meant_with(&values);
    if let Some(meant) = meant.filter(|meant| !meant.entry.positional.is_empty()) {
        let is_turned = match comparison {
            Comparison::Above | Comparison::AtLeast => is_success_rate(&name.text),
            Comparison::Below | Comparison::AtMost => !is_success_rate(&name.text),
            Comparison::Different | Comparison::Given => false,
        };
        // More than five is at least six.
        let is_count = meant.entry.positional[0].kind.is_count();
        let count = values.first().filter(|_| is_count).and_then(|value| value.parse::<u32>().ok());
        let next = count.and_then(|count| meant_with(&[count.checked_add(1)?.to_string()]));
        if is_turned {
            let opposite = next.filter(|_| comparison == Comparison::AtMost).unwrap_or(meant);
            return other_way_round(place, &cursor.spell(place), &opposite.right.text);
        }
        let is_any = comparison == Comparison::Different && count == Some(0);
        if let (Some(count), Some(next)) = (count, next)
            && (is_any || comparison == Comparison::Above)
        {
            let what = format!("`{}` takes {} in parentheses", next.entry.word, next.entry.wanted());
            let problem = if cursor.vocabulary.entry(&name.text).is_some() {
                Problem::new(place, what)
            } else {
                Problem::new(
                    place,
                    format!("unknown {} `{}`", cursor.vocabulary.noun, spell_name(cursor, name)),
                )
            };
            let problem = next.right.correct(problem, place);
            return problem.aside(format!(", which is more than {count}"));
        }
        if comparison == Comparison::Different && !is_any {
            let what = "a condition holds from some value up, so there is no `!=`";
            return Problem::new(place, what).help("write the value at which to trip");
        }
    }
    let Some(entry) = cursor.vocabulary.entry(&name.text) else {
        return unknown(cursor, name, place, &pieces);
    };
    let cut = |piece: &TokenRange| Piece::cut(cursor.vocabulary, entry, cursor.tokens, *piece);
    let pieces = pieces.iter().map(cut).collect();
    let given = GivenArguments { vocabulary: cursor.vocabulary, entry, call: place, pieces };
    // `failures > 50%`
    if let Some(problem) = given.of_another_word() {
        return problem;
    }
    let right = right_call(cursor.vocabulary, entry, &values);
    let what = match entry.positional {
        [] => format!("`{}` takes no arguments", entry.word),
        _ => format!("`{}` takes {} in parentheses", entry.word, entry.wanted()),
    };
    right.correct(Problem::new(place, what), place)
}

/// Reports `cooldown(60s).jitter(0.1)`, the Rust form, or `cooldown(60s) & jitter = 0.1`.
fn report_methods(cursor: &mut Cursor<'_>, name: &WrittenName, arguments: Option<TokenRange>) -> bool {
    let (Some(entry), Some(inside)) = (cursor.vocabulary.entry(&name.text), arguments) else { return false };
    let mut values: Vec<_> = cursor.pieces(inside).into_iter().map(|piece| cursor.spell(piece)).collect();
    let (start, mut entry, mut first) = (cursor.at, entry, None);
    while let Some((owner, stray)) = Stray::after(cursor, entry) {
        (cursor.at, entry) = (stray.place.end, owner);
        values.push(stray.argument(cursor));
        first.get_or_insert(stray);
    }
    let Some(first) = first else { return false };
    let methods = TokenRange::new(start, cursor.at);
    let what = format!("`{}` is an argument of `{}` here", first.name, entry.word);
    let whole = TokenRange::new(name.place.start, cursor.at);
    let right = right_call(cursor.vocabulary, entry, &values);
    cursor.report(right.correct(Problem::new(methods, what), whole));
    true
}

/// Reads the parentheses after a name, if there are any.
fn named(
    cursor: &mut Cursor<'_>,
    name: &WrittenName,
    arguments_at: Option<TokenRange>,
) -> Option<WrittenCall> {
    let end = arguments_at.map_or(name.place.end, |inside| inside.end + 1);
    let place = TokenRange::new(name.place.start, end);
    let pieces = arguments_at.map(|inside| cursor.pieces(inside)).unwrap_or_default();
    let Some(entry) = cursor.vocabulary.entry(&name.text) else {
        let problem = unknown(cursor, name, place, &pieces);
        cursor.report(problem);
        return None;
    };
    let written = spell_name(cursor, name);
    if written != entry.word {
        let what = if written.contains("::") || written.contains('.') {
            format!("{} is written without a path", cursor.vocabulary.noun_with_article())
        } else {
            format!("`{written}` is written `{}`", entry.word)
        };
        cursor.report(Problem::new(name.place, what).correct(entry.word));
    }
    if let Some(inside) = arguments_at {
        if entry.positional.is_empty() && entry.keywords.is_empty() {
            let problem = needless_parentheses(cursor, entry, place, inside);
            cursor.report(problem);
            return None;
        }
        let group = TokenRange::new(inside.start - 1, inside.end + 1);
        if !cursor.tokens[group.start].is("(") {
            let correction = format!("({})", cursor.spell(inside));
            cursor.report(Problem::new(group, "arguments go in parentheses").correct(correction));
        }
    }
    let arguments = arguments(cursor, entry, place, arguments_at)?;
    Some(WrittenCall { entry, place, arguments })
}

/// `closed()`, or `closed(failures(5))`.
fn needless_parentheses(
    cursor: &Cursor<'_>,
    entry: &'static Entry,
    place: TokenRange,
    inside: TokenRange,
) -> Problem {
    let text = cursor.spell(inside);
    let is_group = inside.of(cursor.tokens).iter().any(|token| token.is("|"));
    let correction = if !cursor.vocabulary.is_joined() || !cursor.begins_condition(inside.start) {
        entry.word.to_owned()
    } else if is_group {
        format!("{} & ({text})", entry.word)
    } else {
        format!("{} & {text}", entry.word)
    };
    let problem = Problem::new(place, format!("`{}` takes no arguments", entry.word));
    problem.correct(correction)
}

/// The problem of an unknown word: the name of an argument, another library's word, a misspelling, or anything else.
fn unknown(cursor: &Cursor<'_>, name: &WrittenName, place: TokenRange, pieces: &[TokenRange]) -> Problem {
    if let Some((problem, _)) = stray::problem(cursor, name.place.start) {
        return problem;
    }
    let what = format!("unknown {} `{}`", cursor.vocabulary.noun, spell_name(cursor, name));
    let values: Vec<_> = pieces.iter().map(|piece| cursor.spell(*piece)).collect();
    if let Some(problem) =
        without_a_value(cursor, name, place).filter(|_| place == written(cursor, name) && values.is_empty())
    {
        return problem;
    }
    let Some(meant) = meant(cursor.vocabulary, &name.text, &values) else {
        if let Some(problem) = elsewhere::setting(cursor, name.text.as_str(), name.place, pieces) {
            return problem;
        }
        // `first(3)`
        return match values.as_slice() {
            [number] if cursor.vocabulary.setting == PERMIT.setting && number.parse::<u32>().is_ok() => {
                let example = cursor.vocabulary.entries[0].example();
                Problem::new(place, what).example(example).aside(limits_at_once(number))
            }
            _ => unrecognized(cursor, name, place, what),
        };
    };
    // If the arguments fit our word, only the word is wrong.
    let is_word_alone = meant.right.text == meant.entry.with(&values) && place == written(cursor, name);
    let wrong = if is_word_alone { name.place } else { place };
    let problem = Problem::new(wrong, what);
    match (meant.is_misspelt, is_word_alone) {
        (true, true) => problem.did_you_mean(meant.entry.word),
        (true, false) if meant.right.losses.is_empty() => problem.did_you_mean(meant.right.text),
        _ => meant.right.correct(problem, place),
    }
}

/// The problem of a word that resembles none of ours: perhaps a value, or a user function.
fn unrecognized(cursor: &Cursor<'_>, name: &WrittenName, place: TokenRange, what: String) -> Problem {
    // `Duration::from_secs`, but not `Duration.ofSeconds` of another language.
    let is_duration =
        name.place.of(cursor.tokens).iter().any(|token| token.is("Duration")) && name.text != "Duration";
    let takes_duration = |entry: &&Entry| matches!(entry.positional, [one] if one.kind.is_duration());
    if is_duration && let Some(entry) = cursor.vocabulary.entries.iter().find(takes_duration) {
        return Problem::new(place, what).correct(entry.with(&[cursor.spell(place)]));
    }
    // A bare word may mean something for another setting, or almost anything.
    let may_be_elsewhere = place != name.place
        || !["all", "always", "never"].contains(&name.text.as_str())
            && cursor.vocabulary.setting != "outcome";
    let signs = TokenRange::new(name.place.end, cursor.end_of_signs(name.place.end).min(place.end));
    // `cooldown = 30s`, but not `duration > 2s`
    let is_assigned = !signs.is_empty();
    let is_compared = signs.of(cursor.tokens).iter().any(|sign| !sign.is("=") && !sign.is(":"));
    let assigned =
        lex(&format!("{}({})", name.text, cursor.spell(TokenRange::new(signs.end, place.end)))).tokens;
    let value = if is_assigned { &assigned } else { place.of(cursor.tokens) };
    let of_another = || elsewhere::word(cursor.vocabulary, &name.text, place, value);
    if let Some(problem) = (may_be_elsewhere && !is_compared).then(of_another).flatten() {
        return problem;
    }
    if let Some(problem) = without_a_value(cursor, name, place) {
        return problem;
    }
    // `qps > 100`
    if let Some(help) = done_elsewhere(&name.text) {
        return Problem::new(name.place, what).help(help);
    }
    // `my_rule`, or `my_rule()`
    let is_alone = place == name.place || place == written(cursor, name) && place.end == name.place.end + 2;
    let custom = cursor.vocabulary.entry("custom").filter(|_| is_alone && !is_keyword(&name.text));
    let custom = custom.map(|custom| {
        format!("for a function of yours, write `{}`", custom.with(&[cursor.spell(name.place)]))
    });
    Problem::new(name.place, what).list(cursor.vocabulary.expected(), custom)
}

/// The problem of a word that stands for no possible value of a rule or a setting.
fn without_a_value(cursor: &Cursor<'_>, name: &WrittenName, place: TokenRange) -> Option<Problem> {
    let (noun, written) = (cursor.vocabulary.noun, spell_name(cursor, name));
    let is_rule = cursor.vocabulary.is_joined();
    if place == name.place && is_static(place.of(cursor.tokens)) {
        let noun = if is_rule { "rule" } else { noun };
        let what = format!("`{written}` is a constant, and a {noun} is read before constants are known");
        let help = format!(
            "write the {noun} itself; to share a breaker among functions, make it once and write `breaker = PAYMENTS`"
        );
        return Some(Problem::new(place, what).help(help));
    }
    let help = match name.text.as_str() {
        "if" | "when" | "match" | "case" | "switch" if is_rule => {
            if cursor.tokens.iter().any(speaks_of_state) {
                "join each state to its conditions: `closed & failures(5) | half_open & failures(1)`"
            } else {
                "a rule is the condition itself: `min(10) & failure_rate(0.5) | failures(20)`"
            }
        }
        "open" if is_rule => {
            "an open breaker refuses calls: a rule judges one that is `closed` or `half_open`"
        }
        "never" | "none" | "off" | "disabled" | "false" if is_rule => {
            "to keep a breaker from tripping, switch it off while the program runs: `breaker.disable()`"
        }
        "never" | "none" | "nobody" if cursor.vocabulary.setting == PERMIT.setting => {
            "to admit nobody until you say so, write `retry = never`"
        }
        "panic" | "panics" | "panicked" if is_rule => {
            "a panic counts as a failure, unless `on_panic = ignore`: a rule counts both together, as in `failures(5)`"
        }
        "cancel" | "cancelled" | "cancellations" if is_rule => {
            "a cancelled call is ignored, unless `on_cancel = failure`: then a rule counts it, as in `failures(5)`"
        }
        "refused" | "rejected" | "rejections" if is_rule => {
            "a refused call was never made, so no rule counts it; `breaker.snapshot().rejected` does"
        }
        "retry_after" | "header" | "headers" | "server" | "response"
            if cursor.vocabulary.setting == RETRY.setting =>
        {
            "how long to wait is read from an error by `retry = from_error(|error| ..)` in a function's attribute, \
             or reported by `failure_for`"
        }
        // A function's attribute removes it before the retry is read.
        word if cursor.vocabulary.setting == RETRY.setting && means_from_error(word) => {
            let what = "`from_error` asks the errors of a function, and there is none here".to_owned();
            let help = "write it in the `#[circuit_breaker(retry = from_error(..))]` of a function, \
                        or report calls by `failure_for`";
            return Some(Problem::new(place, what).help(help));
        }
        _ => return None,
    };
    Some(Problem::new(place, format!("`{written}` is not a {noun}")).help(help))
}

fn spell_name(cursor: &Cursor<'_>, name: &WrittenName) -> String {
    cursor.spell(name.place).replace(" - ", "-")
}

/// The place of a name with its parentheses, if any.
fn written(cursor: &Cursor<'_>, name: &WrittenName) -> TokenRange {
    let opening = name.place.end;
    match cursor.tokens.get(opening) {
        Some(token) if token.is("(") => TokenRange::new(name.place.start, cursor.brackets.close(opening) + 1),
        _ => name.place,
    }
}
