//! Windows, retries, permits and times that are well-formed but make no sense.

use core::time::Duration;

use crate::language::syntax::{Value, WrittenCall, WrittenRule};
use crate::language::vocabulary::DURATION;
use crate::logic::flaws;
use crate::logic::promises::most_patient;
use crate::model::duration::Spelled;
use crate::model::limits::{DEFAULT_TIMEOUT, MAX_BUCKETS, MIN_BUCKET, is_threshold};
use crate::model::metrics::nanos;
use crate::model::permit::Permit;
use crate::model::ratio::Ratio;
use crate::model::retry::Retry;
use crate::model::rule::Node;
use crate::model::window::Extent;
use crate::text::problem::Problem;
use crate::text::token::{Token, TokenRange, spell};

/// A window with buckets that are too short.
pub(crate) fn window(tokens: &[Token], call: &WrittenCall) -> Option<Problem> {
    let window = call.window().filter(|window| flaws::window_flaw(window).is_some())?;
    let Extent::Time(duration) = window.extent else { return None };
    let written = spell(call.argument(DURATION.name)?.place.of(tokens));
    let buckets = (duration.as_nanos() / MIN_BUCKET.as_nanos()).min(MAX_BUCKETS as u128);
    let length = Spelled(Duration::from_nanos(window.bucket_nanos()));
    let what = format!(
        "the buckets of this window are too short: {} of {length} each, but the shortest is 1us",
        window.bucket_count()
    );
    let correction = match buckets {
        0 => "time(10us)".to_owned(),
        _ => format!("time({written}, buckets = {buckets})"),
    };
    Some(Problem::new(call.place, what).correct(correction))
}

/// A backoff whose longest delay is shorter than its first, whatever its other arguments are.
pub(crate) fn retry(tokens: &[Token], call: &WrittenCall) -> Option<Problem> {
    let (first, longest) = (call.argument("initial")?, call.argument("max")?);
    let (Value::Duration(initial), Value::Duration(max)) = (first.value, longest.value) else { return None };
    flaws::retry_flaw(&Retry::backoff(initial).max(max))?;
    let [initial, max] = [first, longest].map(|argument| spell(argument.place.of(tokens)));
    let what = format!("`max = {max}` is shorter than the first delay, {initial}");
    Some(Problem::new(longest.place, what).correct(initial).losing())
}

/// A share for which a trial would take forever, or a ramp that goes down.
pub(crate) fn permit(tokens: &[Token], call: &WrittenCall) -> Option<Problem> {
    match call.entry.word {
        "random" => rare_probes(tokens, call),
        "ramp_up" => falling_ramp(tokens, call),
        _ => None,
    }
}

fn rare_probes(tokens: &[Token], call: &WrittenCall) -> Option<Problem> {
    let permit = call.permit().filter(|permit| flaws::permit_flaw(permit).is_some())?;
    let Permit::Random(share) = permit else { return None };
    let calls = |admitted: i64| admitted * Ratio::ONE.parts_per_billion() / share.parts_per_billion();
    let what = format!(
        "`{}` admits one call in {}, so that a trial of 10 would wait for {} calls",
        spell(call.place.of(tokens)),
        calls(1),
        calls(10)
    );
    Some(Problem::new(call.place, what).correct("random(1%)").aside(" or more").losing())
}

/// A ramp that goes down, whatever its duration.
fn falling_ramp(tokens: &[Token], call: &WrittenCall) -> Option<Problem> {
    let [first, last] = [call.argument("from")?, call.argument("to")?];
    let (Value::Ratio(from), Value::Ratio(to)) = (first.value, last.value) else { return None };
    flaws::permit_flaw(&Permit::RampUp { from, to, duration: Duration::ZERO })?;
    let [from, to] = [first, last].map(|argument| spell(argument.place.of(tokens)));
    let shares = TokenRange::new(first.place.start, last.place.end);
    let problem = Problem::new(shares, format!("this ramp falls, from {from} to {to}"));
    Some(problem.correct(format!("{to}, {from}")).losing())
}

/// A `half_open_timeout` with these tokens and this value that ends before the rule considers a call slow.
pub(crate) fn half_open_timeout(tokens: &[Token], timeout: Duration, nodes: &[Node]) -> Option<Problem> {
    flaws::timeout_flaw(nodes, timeout)?;
    let (at, threshold) = most_patient(nodes)?;
    let Node::Condition(condition) = nodes[at] else { return None };
    let what = format!(
        "`{}` is not longer than the duration that `{condition}` counts as slow: \
         in half-open, calls would count as hung before they are slow",
        spell(tokens)
    );
    let problem = Problem::new(TokenRange::whole(tokens), what);
    Some(match twice(threshold) {
        Some(longer) => problem.correct(longer),
        None => problem.help("write a shorter duration in the rule"),
    })
}

/// The same if `half_open_timeout` is not set, so that the rule is at fault.
pub(crate) fn default_timeout(tokens: &[Token], rule: &WrittenRule) -> Option<Problem> {
    let nodes = rule.nodes()?;
    flaws::timeout_flaw(&nodes, DEFAULT_TIMEOUT)?;
    let (at, threshold) = most_patient(&nodes)?;
    let what = format!(
        "`half_open_timeout`, {} by default, is not longer than the duration that `{}` counts as slow: \
         in half-open, calls would count as hung before they are slow",
        Spelled(DEFAULT_TIMEOUT),
        spell(rule.places[at].of(tokens))
    );
    let help = match twice(threshold) {
        Some(longer) => format!("add `half_open_timeout = {longer}`"),
        None => "write a shorter duration".to_owned(),
    };
    Some(Problem::new(rule.places[at], what).help(help))
}

/// Conditions on calls that take longer than `timeout` allows.
pub(crate) fn time_limit(tokens: &[Token], rule: &WrittenRule, limit: Duration) -> Vec<Problem> {
    let nodes = rule.nodes().unwrap_or_default();
    let beyond = nodes.iter().zip(&rule.places).filter(|(node, _)| flaws::is_beyond(**node, limit));
    let problem = |(node, place): (&Node, &TokenRange)| {
        let what = format!(
            "`{}` can never hold: `timeout` ends every call after {}",
            spell(place.of(tokens)),
            Spelled(limit)
        );
        let problem = Problem::new(*place, what);
        let shorter = match *node {
            Node::Condition(condition) if is_threshold(limit) => condition.with_threshold(limit),
            _ => None,
        };
        match shorter {
            Some(shorter) => {
                let aside = ", where calls that time out are slow, or a longer `timeout`";
                problem.correct(shorter.to_string()).aside(aside)
            }
            None => problem.help("write a longer `timeout`"),
        }
    };
    beyond.map(problem).collect()
}

/// A `timeout` of `limit`, at this place, that does not end a trial's call before it counts as hung. If the
/// `half_open_timeout` is `None`, it is the default.
pub(crate) fn hung(place: TokenRange, limit: Duration, timeout: Option<Duration>) -> Option<Problem> {
    flaws::hung_flaw(limit, timeout.unwrap_or(DEFAULT_TIMEOUT))?;
    let (which, verb) = match timeout {
        Some(timeout) => (format!("`half_open_timeout = {}`", Spelled(timeout)), "write"),
        None => (format!("`half_open_timeout`, {} by default,", Spelled(DEFAULT_TIMEOUT)), "add"),
    };
    let what = format!(
        "{which} is not longer than this `timeout`: in half-open, calls would count as hung before they time out"
    );
    let help = match twice(limit) {
        Some(longer) => format!("{verb} `half_open_timeout = {longer}`"),
        None => "write a shorter `timeout`".to_owned(),
    };
    Some(Problem::new(place, what).help(help))
}

/// Twice as long, if that does not overflow.
fn twice(duration: Duration) -> Option<String> {
    let nanos = nanos(duration).checked_mul(2)?;
    Some(Spelled(Duration::from_nanos(nanos)).to_string())
}
