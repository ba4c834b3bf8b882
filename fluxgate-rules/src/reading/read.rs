//! Tokens -> checked values. Macros and strings need to call only this module.

use crate::language::spelling::repaired;
use crate::language::syntax::{Argument, Branch, Call, Rule, Value};
use crate::language::value;
use crate::language::vocabulary::{PERMIT, Parameter, RETRY, Vocabulary, WINDOW};
use crate::logic::check;
use crate::model::duration::Spelled;
use crate::model::retry::{Retry, Schedule};
use crate::model::window::{Extent, Window};
use crate::reading::call::Source;
use crate::reading::explain::judge;
use crate::reading::parser;
use crate::reading::suggestion::meant_by;
use crate::text::brackets::Brackets;
use crate::text::lexer::lex;
use crate::text::problem::Problem;
use crate::text::token::{Place, Shape, Token, spell, spell_closure};
use core::time::Duration;

/// What was read, or everything that is wrong with it.
pub type Reading<T> = Result<T, Vec<Problem>>;

/// Reads the rule of a breaker with this window. If the rule or the window has a value that only the compiler knows,
/// [`check::rule`] must make the checks that are not possible here.
pub fn rule(tokens: &[Token], window: &Window) -> Reading<Rule> {
    read_rule(tokens, window).map_err(|problems| settled(tokens, window, problems))
}

/// Reads a rule that was built by hand, in which different functions may be spelled alike.
pub(crate) fn printed_rule(tokens: &[Token], window: &Window) -> Reading<Rule> {
    let read = written_rule(tokens).and_then(|rule| judge(tokens, rule, window));
    read.map_err(|problems| settled(tokens, window, problems))
}

fn read_rule(tokens: &[Token], window: &Window) -> Reading<Rule> {
    let rule = written_rule(tokens)?;
    let problems = duplicates(tokens, &rule);
    if !problems.is_empty() {
        return Err(problems);
    }
    judge(tokens, rule, window)
}

/// Where one condition is all there is, its correction puts the whole rule right: `min(10) & failure_rate(0.5)` for
/// `failure_rate > 0.5`.
fn settled(tokens: &[Token], window: &Window, mut problems: Vec<Problem>) -> Vec<Problem> {
    let [problem] = problems.as_mut_slice() else { return problems };
    let source = spell(tokens);
    let lexed = lex(&source);
    let Some(corrected) = problem.corrected(&source, &lexed.bytes).filter(|_| lexed.tokens == tokens) else {
        return problems;
    };
    let said = format!("write `{corrected}`");
    let Some(rest) = problem.help.as_ref().and_then(|help| help.strip_prefix(&said)) else { return problems };
    let others = |tokens: &[Token]| read_rule(tokens, window).err().unwrap_or_default();
    if let Some(right) = repaired(&corrected, others) {
        problem.help = Some(format!("write `{right}`{rest}"));
        problem.correction = Some((Place::new(0, tokens.len()), right));
    }
    problems
}

fn written_rule(tokens: &[Token]) -> Reading<Rule> {
    let brackets = Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    let (rule, problems) = parser::parse(tokens, &brackets);
    if problems.is_empty() { Ok(rule) } else { Err(problems) }
}

/// Reads a window.
pub fn window(tokens: &[Token]) -> Reading<Call> {
    let call = word(tokens, "window", &WINDOW)?;
    let flaw = call.window().filter(|window| check::window_flaw(window).is_some());
    reject(call, flaw, |call, window| {
        let Extent::Time(duration) = window.extent else { return None };
        let buckets = (duration.as_nanos() / check::MIN_BUCKET.as_nanos()).min(1_000);
        let length = Spelled(Duration::from_nanos(window.bucket_nanos()));
        let what = format!(
            "the buckets of this window are too short: {} of {length} each, but the shortest is 1us",
            window.bucket_count()
        );
        let correction = match buckets {
            0 => "time(10us)".to_owned(),
            _ => format!("time({}, buckets = {buckets})", Spelled(duration)),
        };
        Some(Problem::new(call.place, what).correct(correction))
    })
}

/// Reads a retry.
pub fn retry(tokens: &[Token]) -> Reading<Call> {
    let call = word(tokens, "retry", &RETRY)?;
    let flaw = call.retry().filter(|retry| check::retry_flaw(retry).is_some());
    reject(call, flaw, |call, retry: &Retry| {
        let (Schedule::Backoff(initial), Some(max)) = (retry.schedule, retry.max) else { return None };
        let place = call.arguments.iter().find(|argument| argument.parameter.name == "max")?.place;
        let what = format!("`max = {}` is shorter than the first delay, {}", Spelled(max), Spelled(initial));
        Some(Problem::new(place, what).correct(Spelled(initial).to_string()))
    })
}

/// Reads a permit.
pub fn permit(tokens: &[Token]) -> Reading<Call> {
    let call = word(tokens, "permit", &PERMIT)?;
    let flaw = call.permit().filter(|permit| check::permit_flaw(permit).is_some());
    reject(call, flaw, |call, _| {
        let [from, to, duration] = call.arguments.as_slice() else { return None };
        let text = |argument: &Argument| spell(argument.place.of(tokens));
        let what = format!("this ramp falls, from {} to {}", text(from), text(to));
        let correction = format!("ramp_up({}, {}, {})", text(to), text(from), text(duration));
        Some(Problem::new(call.place, what).correct(correction))
    })
}

fn reject<T>(call: Call, flawed: Option<T>, problem: impl Fn(&Call, &T) -> Option<Problem>) -> Reading<Call> {
    match flawed.and_then(|flawed| problem(&call, &flawed)) {
        Some(problem) => Err(vec![problem]),
        None => Ok(call),
    }
}

/// Reads one word of a vocabulary with its arguments. `owner` is the setting that takes it.
pub fn word(tokens: &[Token], owner: &str, vocabulary: &'static Vocabulary) -> Reading<Call> {
    let brackets = Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    let mut source = Source { tokens, brackets: &brackets, vocabulary, problems: Vec::new() };
    let whole = Place::new(0, tokens.len());
    let Some(first) = tokens.first() else {
        let problem = Problem::new(whole, format!("`{owner}` has no value"));
        return Err(vec![problem.correct(vocabulary.entries[0].example())]);
    };
    if first.shape != Shape::Word {
        let meant = meant_by(vocabulary, tokens, whole).unwrap_or_else(|| vocabulary.entries[0].example());
        let written = if first.is("|") { spell_closure(tokens) } else { spell(tokens) };
        let what = format!("`{written}` is not {}", vocabulary.a_noun());
        return Err(vec![Problem::new(whole, what).correct(meant)]);
    }
    let mut end = 0;
    let call = source.word(&mut end, tokens.len());
    if end < tokens.len() && source.problems.is_empty() {
        let rest = Place::new(end, tokens.len());
        let problem = Problem::new(rest, format!("`{}` does not belong here", source.spell(rest)));
        source.report(problem.help("remove it").correct(""));
    }
    match call {
        Some(call) if source.problems.is_empty() => Ok(call),
        _ => Err(source.problems),
    }
}

/// Reports the wrong parenthesis, if there is one.
pub fn balance(tokens: &[Token]) -> Result<(), Problem> {
    Brackets::pair(tokens).map(|_| ())
}

/// Reads a setting that is one value.
pub fn argument(tokens: &[Token], parameter: &Parameter) -> Reading<Value> {
    Brackets::pair(tokens).map_err(|problem| vec![problem])?;
    let whole = Place::new(0, tokens.len());
    value::read(tokens, whole, parameter.name, parameter).map_err(|problem| vec![problem])
}

/// Reports members that a group contains twice.
fn duplicates(tokens: &[Token], rule: &Rule) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (group, branch) in rule.branches.iter().enumerate() {
        let (Branch::All(members) | Branch::Any(members)) = *branch else { continue };
        let mut seen = Vec::new();
        let mut at = group + 1;
        while at <= group + members {
            let place = rule.places[at];
            let text = spell(place.of(tokens));
            // Functions given at run time are all spelled alike, but may differ.
            if seen.contains(&text) && !text.contains("custom(..)") {
                let with_operator = Place::new(place.start - 1, place.end);
                let problem =
                    Problem::new(place, format!("`{text}` is given twice")).help("remove one of them");
                problems.push(problem.correct_at(with_operator, ""));
            }
            seen.push(text);
            at += rule.size(at);
        }
    }
    problems
}
