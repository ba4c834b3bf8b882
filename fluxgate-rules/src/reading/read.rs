//! Tokens -> checked values. Macros and strings need only this module.

use core::time::Duration;

use crate::figures::nearest::Expectations;
use crate::language::syntax::{Value, WrittenCall, WrittenRule};
use crate::language::vocabulary::{
    EXAMPLE_RULE, HALF_OPEN_TIMEOUT, PERMIT, Parameter, RETRY, Vocabulary, WINDOW,
};
use crate::language::{notation, value};
use crate::model::ratio::Ratio;
use crate::model::rule::Node;
use crate::model::window::Window;
use crate::reading::cursor::Cursor;
use crate::reading::elsewhere::after_value;
use crate::reading::parser::{Parsed, parse};
use crate::reading::prose;
use crate::reading::soundness;
use crate::reading::soundness::rule::Repeats;
use crate::reading::written_call::call;
use crate::suggestion::meant_by;
use crate::suggestion::repair::settled;
use crate::text::brackets::Brackets;
use crate::text::characters::{self, Illegible};
use crate::text::edits::Edits;
use crate::text::problem::Problem;
use crate::text::token::{Shape, Token, TokenRange, spell, spell_closure};

/// The value, or everything wrong with it.
pub type Reading<T> = Result<T, Vec<Problem>>;

/// Reads the rule of a breaker with this window. If the rule or the window has a value that only the compiler knows,
/// the [check](crate::check::rule) in the expansion must find what cannot be seen here.
pub fn rule(tokens: &[Token], window: &Window) -> Reading<WrittenRule> {
    let read = |tokens: &[Token]| sensible(tokens, window, Repeats::Refused);
    settled(tokens, read(tokens), EXAMPLE_RULE, read)
}

/// Reads the printed form of a rule that was built by hand, in which different functions may be spelled alike.
pub(crate) fn printed_rule(tokens: &[Token], window: &Window) -> Reading<WrittenRule> {
    let reading = sensible(tokens, window, Repeats::Allowed);
    settled(tokens, reading, EXAMPLE_RULE, |tokens| sensible(tokens, window, Repeats::Refused))
}

/// Refuses byte strings and C strings.
fn unprefixed(tokens: &[Token], noun: &str) -> Reading<()> {
    let [literal] = tokens else { return Ok(()) };
    let kind = match literal.text.as_str() {
        text if text.starts_with("b\"") => "byte string",
        text if text.starts_with("c\"") => "C string",
        _ => return Ok(()),
    };
    let whole = TokenRange::new(0, 1);
    let inside = literal.text[2..].trim_end_matches('"');
    let problem =
        Problem::new(whole, format!("a {noun} is written bare or in a string, and this is a {kind}"));
    Err(vec![problem.correct(inside)])
}

/// Reads tokens as if each character were what it looks like, and refuses the look-alikes.
fn legible<T>(tokens: &[Token], read: impl Fn(&[Token]) -> Reading<T>) -> Reading<T> {
    let Some(Illegible { problem, meant }) = characters::illegible(tokens) else { return read(tokens) };
    let mut rest = read(&meant.tokens).err().unwrap_or_default();
    // A replacement for everything also corrects what is wrong with the words of those characters.
    if problem.suggestion().is_some_and(|suggestion| suggestion.range.of(tokens).len() == tokens.len()) {
        rest.retain(|problem| !meant.is_changed(problem.place, tokens));
    }
    let mut problems = vec![problem];
    problems.extend(rest.into_iter().map(|problem| meant.before(problem)));
    problems.sort_by_key(|problem| problem.place.start);
    Err(problems)
}

/// Reads tokens as if their brackets matched, and refuses those that do not.
fn paired<T>(tokens: &[Token], read: &impl Fn(&[Token]) -> Reading<T>) -> Reading<T> {
    let mut problems = Vec::new();
    let mut meant = Edits::none(tokens);
    // Each correction may uncover another mistake.
    while let Err(problem) = Brackets::pair(&meant.tokens) {
        let next =
            problem.suggestion().filter(|_| problems.len() < 8).map(|suggestion| meant.then(suggestion));
        problems.push(meant.before(problem));
        let Some(next) = next else { return Err(problems) };
        meant = next;
    }
    if problems.is_empty() {
        return read(tokens);
    }
    let rest = read(&meant.tokens).err().unwrap_or_default();
    problems.extend(rest.into_iter().map(|problem| meant.before(problem)));
    problems.sort_by_key(|problem| problem.place.start);
    Err(problems)
}

fn sensible(tokens: &[Token], window: &Window, repeats: Repeats) -> Reading<WrittenRule> {
    legible(tokens, |tokens| {
        paired(tokens, &|tokens| {
            let parsed = parsed(tokens)?;
            refuse(soundness::rule::problems(tokens, &parsed, window, repeats))?;
            Ok(parsed.rule)
        })
    })
}

fn parsed(tokens: &[Token]) -> Reading<Parsed> {
    unprefixed(tokens, "rule")?;
    refuse(prose::rule(tokens).into_iter().collect())?;
    let brackets = Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    Ok(parse(tokens, &brackets))
}

fn refuse(problems: Vec<Problem>) -> Reading<()> {
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Reads a window.
pub fn window(tokens: &[Token]) -> Reading<WrittenCall> {
    setting(tokens, "window", &WINDOW, soundness::setting::window)
}

/// Reads a retry.
pub fn retry(tokens: &[Token]) -> Reading<WrittenCall> {
    setting(tokens, "retry", &RETRY, soundness::setting::retry)
}

/// Reads a permit.
pub fn permit(tokens: &[Token]) -> Reading<WrittenCall> {
    setting(tokens, "permit", &PERMIT, soundness::setting::permit)
}

/// Reads one word of a vocabulary with its arguments. `owner` is the setting that takes it.
pub fn word(tokens: &[Token], owner: &str, vocabulary: &'static Vocabulary) -> Reading<WrittenCall> {
    setting(tokens, owner, vocabulary, |_, _| None)
}

fn setting(
    tokens: &[Token],
    owner: &str,
    vocabulary: &'static Vocabulary,
    explain: impl Fn(&[Token], &WrittenCall) -> Option<Problem>,
) -> Reading<WrittenCall> {
    let read = |tokens: &[Token]| {
        legible(tokens, |tokens| {
            paired(tokens, &|tokens| {
                let (call, mut problems) = written_call(tokens, owner, vocabulary)?;
                problems.extend(call.as_ref().and_then(|call| explain(tokens, call)));
                problems.sort_by_key(|problem| problem.place.start);
                call.filter(|_| problems.is_empty()).ok_or(problems)
            })
        })
    };
    settled(tokens, read(tokens), &vocabulary.entries[0].example(), read)
}

/// Reads a word with its arguments as far as possible, and returns what is wrong with it.
fn written_call(
    tokens: &[Token],
    owner: &str,
    vocabulary: &'static Vocabulary,
) -> Reading<(Option<WrittenCall>, Vec<Problem>)> {
    unprefixed(tokens, vocabulary.noun)?;
    let brackets = Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    let whole = TokenRange::whole(tokens);
    let Some(first) = tokens.first() else {
        let problem = Problem::new(whole, format!("`{owner}` has no value"));
        return Err(vec![problem.example(vocabulary.entries[0].example())]);
    };
    let two_windows = prose::two_windows(tokens).filter(|_| vocabulary.setting == WINDOW.setting);
    if let Some(problem) = two_windows.or_else(|| prose::setting(vocabulary, tokens)) {
        return Err(vec![problem]);
    }
    // `Duration.ofSeconds(30)` also begins with a word.
    if first.shape != Shape::Word || notation::duration(tokens).is_some() {
        let written = if first.is("|") { spell_closure(tokens) } else { spell(tokens) };
        let what = format!("`{written}` is not {}", vocabulary.noun_with_article());
        let problem = Problem::new(whole, what);
        let meant = meant_by(vocabulary, tokens, whole);
        let is_right = meant.is_some();
        let problem = match meant {
            Some(meant) => problem.correct(meant),
            None => problem.example(vocabulary.entries[0].example()),
        };
        // `permit = 3`
        let is_number = first.shape == Shape::Number && vocabulary.setting == PERMIT.setting && !is_right;
        return Err(vec![if is_number {
            problem.aside(prose::limits_at_once(&first.text))
        } else {
            problem
        }]);
    }
    let mut cursor = Cursor::new(tokens, &brackets, vocabulary);
    let call = call(&mut cursor);
    if cursor.at < tokens.len() && (call.is_some() || cursor.problems.is_empty()) {
        let problem = after_value(&cursor, TokenRange::new(cursor.at, tokens.len()));
        cursor.report(problem);
    }
    Ok((call, cursor.problems))
}

/// Reads the `half_open_timeout` of a breaker with this rule.
pub fn half_open_timeout(tokens: &[Token], nodes: &[Node]) -> Reading<Value> {
    let value = argument(tokens, &HALF_OPEN_TIMEOUT)?;
    if let Value::Duration(timeout) = value {
        refuse(soundness::setting::half_open_timeout(tokens, timeout, nodes).into_iter().collect())?;
    }
    Ok(value)
}

/// Refuses a rule that needs a `half_open_timeout` above the default, for a breaker that does not set it.
pub fn default_timeout(tokens: &[Token], rule: &WrittenRule) -> Reading<()> {
    refuse(soundness::setting::default_timeout(tokens, rule).into_iter().collect())
}

/// Refuses a rule with conditions on calls that take longer than `timeout` allows.
pub fn time_limit(tokens: &[Token], rule: &WrittenRule, limit: Duration) -> Reading<()> {
    refuse(soundness::setting::time_limit(tokens, rule, limit))
}

/// Refuses a `timeout` with these tokens and this value if `half_open_timeout` is not longer; `None` stands for its
/// default.
pub fn hung(tokens: &[Token], limit: Duration, timeout: Option<Duration>) -> Reading<()> {
    let place = TokenRange::whole(tokens);
    refuse(soundness::setting::hung(place, limit, timeout).into_iter().collect())
}

/// Reads `normal` or `outage`. The value must be known here, since the rule is checked against it.
pub fn share(tokens: &[Token], parameter: &Parameter) -> Reading<Ratio> {
    match argument(tokens, parameter)? {
        Value::Ratio(share) => Ok(share),
        _ => Err(vec![soundness::expectations::constant_share(tokens, parameter)]),
    }
}

/// Refuses a rule that opens healthy breakers, or overlooks outages, too often. `window` is `None` if only const
/// evaluation knows it.
pub fn expected(
    tokens: &[Token],
    rule: &WrittenRule,
    window: Option<&Window>,
    expectations: Expectations,
) -> Reading<()> {
    refuse(soundness::expectations::unmet(tokens, rule, window, expectations))
}

/// The same for the default rule. `tokens` belong to another setting.
pub fn expected_of_default(
    tokens: &[Token],
    window: Option<&Window>,
    expectations: Expectations,
) -> Reading<()> {
    refuse(soundness::expectations::unmet_by_default(tokens, window, expectations))
}

/// The same for the printed form of a rule that was built by hand.
pub(crate) fn expected_of_printed(
    tokens: &[Token],
    window: &Window,
    expectations: Expectations,
) -> Reading<()> {
    let Parsed { rule, problems, .. } = parsed(tokens)?;
    refuse(problems)?;
    expected(tokens, &rule, Some(window), expectations)
}

/// Checks a printed rule against how long a call may take.
pub(crate) fn within_limit(tokens: &[Token], limit: Duration) -> Reading<()> {
    let Parsed { rule, problems, .. } = parsed(tokens)?;
    refuse(problems)?;
    time_limit(tokens, &rule, limit)
}

/// Reports an unmatched parenthesis.
pub fn balance(tokens: &[Token]) -> Result<(), Problem> {
    Brackets::pair(tokens).map(|_| ())
}

/// Reads a setting that is `true` or `false`; `None` if only the compiler knows which.
pub fn truth(tokens: &[Token], owner: &str) -> Reading<Option<bool>> {
    refuse(characters::problem(tokens).into_iter().collect())?;
    balance(tokens).map_err(|problem| vec![problem])?;
    match tokens {
        [word] if word.is("true") => return Ok(Some(true)),
        [word] if word.is("false") => return Ok(Some(false)),
        _ => {}
    }
    // A user's constant may be called `ON`.
    let is_lower = |token: &Token| token.text.contains(char::is_lowercase);
    let is_name = |token: &Token| token.shape == Shape::Word;
    let is_other = truth_meant(tokens).is_some() && tokens.iter().any(is_lower);
    if tokens.iter().any(is_name) && !is_other {
        return Ok(None);
    }
    Err(vec![neither_true_nor_false(tokens, owner)])
}

/// The problem of a setting that is neither `true` nor `false`.
pub(crate) fn neither_true_nor_false(tokens: &[Token], owner: &str) -> Problem {
    let problem = Problem::new(TokenRange::whole(tokens), format!("`{owner}` is `true` or `false`"));
    match truth_meant(tokens) {
        Some(meant) => problem.correct(meant.to_string()),
        None => problem.example("true"),
    }
}

/// The meaning of another language's `true` or `false`.
fn truth_meant(tokens: &[Token]) -> Option<bool> {
    let text = spell(tokens).to_lowercase();
    match text.trim_matches(['"', '\'', ' ']) {
        "true" | "t" | "yes" | "y" | "on" | "1" | "enabled" | "always" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" | "disabled" | "never" | "none" | "null" => Some(false),
        _ => None,
    }
}

/// Reads a setting with a single value.
pub fn argument(tokens: &[Token], parameter: &Parameter) -> Reading<Value> {
    refuse(characters::problem(tokens).into_iter().collect())?;
    Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    let whole = TokenRange::whole(tokens);
    value::read(tokens, whole, parameter.name, parameter).map_err(|problem| vec![problem])
}
