//! How the outcome of a call is found: `track`, `success` and `ignore`.

use proc_macro2::Span;

use crate::input::arguments::Arguments;
use crate::input::errors::CompileErrors;
use crate::input::source::spelled;
use crate::input::warnings::Warning;
use crate::track::claim::{Claim, Domain, claims_nothing};
use crate::track::parser::tracker;
use crate::track::possible::Decided;
use crate::track::tracker::Tracker;

/// How the outcome of a call is found.
pub(crate) enum Outcomes {
    /// By the type of the return value: every `Err` is a failure.
    Standard,
    /// By what is in the `Result`.
    OfResult { ok: Box<Claims>, err: Box<Claims> },
    /// By the whole return value, which need not be a `Result`.
    OfReturned(Box<Claims>),
}

/// What the trackers claim among results of one domain, in the order of asking.
pub(crate) struct Claims {
    pub(crate) ignored: Claim,
    pub(crate) successes: Claim,
    pub(crate) failures: Claim,
    /// The span of the word `server_errors`, if it is given: then errors that no tracker claims are successes, since the server has
    /// answered, unless their status says that it failed.
    pub(crate) answers: Option<Span>,
}

/// The trackers of a function, in the order in which they are asked.
pub(crate) struct Trackers {
    ignore: Option<Tracker>,
    success: Option<Tracker>,
    track: Option<Tracker>,
}

impl Trackers {
    /// Reads the trackers, and reports what is wrong with each.
    pub(crate) fn read(arguments: &Arguments, errors: &mut CompileErrors) -> Self {
        let [track, success, ignore] =
            ["track", "success", "ignore"].map(|name| read(arguments, name, errors));
        Self { ignore, success, track }
    }

    /// How they determine the outcome of a call.
    pub(crate) fn outcomes(&self) -> Outcomes {
        let are_given = self.success.is_some() || self.ignore.is_some();
        if matches!(self.track, None | Some(Tracker::All)) && !are_given {
            Outcomes::Standard
        } else if self.are_of_returned() {
            Outcomes::OfReturned(Box::new(self.claims(Domain::Whole)))
        } else {
            let [ok, err] = [Domain::Ok, Domain::Err].map(|domain| Box::new(self.claims(domain)));
            Outcomes::OfResult { ok, err }
        }
    }

    fn server_errors(&self) -> Option<Span> {
        [&self.track, &self.success, &self.ignore]
            .into_iter()
            .find_map(|tracker| tracker.as_ref()?.server_errors())
    }

    fn are_of_returned(&self) -> bool {
        self.track.as_ref().is_some_and(Tracker::is_of_returned)
            && [&self.success, &self.ignore]
                .iter()
                .all(|other| other.as_ref().is_none_or(Tracker::is_of_returned))
    }

    fn claims(&self, domain: Domain) -> Claims {
        let claim = |tracker: &Option<Tracker>| {
            tracker.as_ref().map_or(Claim::Inapplicable, |tracker| Claim::of(tracker, domain))
        };
        let failures = match (self.track.as_ref().unwrap_or(&Tracker::All), domain) {
            // A tracker of `Ok` values alone does not mean that errors are not failures.
            (track, Domain::Err) => match Claim::of(track, domain) {
                Claim::Inapplicable => Claim::Constant(true),
                claim => claim,
            },
            (track, _) => Claim::of(track, domain),
        };
        let answers = self.server_errors().filter(|_| domain == Domain::Err);
        Claims { ignored: claim(&self.ignore), successes: claim(&self.success), failures, answers }
    }

    /// Reports trackers by which no call can fail, or none can succeed: a breaker that never opens, or never closes again.
    pub(crate) fn report_impossible(
        &self,
        arguments: &Arguments,
        may_fail_otherwise: bool,
        errors: &mut CompileErrors,
    ) {
        let possible = self.possible();
        let impossible = match possible {
            Possible { failure: false, .. } if !may_fail_otherwise => ImpossibleOutcome::Failure,
            Possible { success: false, .. } => ImpossibleOutcome::Success,
            Possible { .. } => return,
        };
        let given: Vec<_> = ["ignore", "success", "track"]
            .into_iter()
            .filter_map(|name| Some((name, arguments.get(name)?.span())))
            .collect();
        let names: Vec<_> = given.iter().map(|(name, _)| *name).collect();
        let alone = given.iter().rev().find(|(name, _)| impossible.is_so(&self.only(name).possible()));
        let word = if self.are_of_returned() { "returned" } else { "matches" };
        match (alone, given.last()) {
            (Some((name, span)), _) => errors.report(*span, impossible.message(name, word, None)),
            (None, Some((name, span))) => errors.report(*span, impossible.message(name, word, Some(&names))),
            (None, None) => {}
        }
    }

    /// Warns of what a tracker never gets to claim, since an earlier one claims it.
    pub(crate) fn repeated(&self, arguments: &Arguments) -> Vec<Warning> {
        const ORDER: [&str; 3] = ["ignore", "success", "track"];
        let in_domain = |domain| {
            let of = if self.are_of_returned() { Domain::Whole } else { domain };
            let Claims { ignored, successes, failures, .. } = self.claims(of);
            Decided::repeated([&ignored, &successes, &failures], domain)
        };
        let mut repeated: Vec<_> = [Domain::Ok, Domain::Err].into_iter().flat_map(in_domain).collect();
        repeated.dedup();
        let warning = |(question, later, earlier): (String, usize, usize)| {
            let (later, earlier) = (ORDER[later], ORDER[earlier]);
            let asked = question.trim_start_matches("custom ").trim_start_matches("type_of ");
            let asked = asked.parse().map_or_else(|_| asked.to_owned(), |tokens| spelled(&tokens));
            let message = format!(
                "`{later}` never gets to claim `{asked}`: `{earlier}` is asked first, and claims it\n\
                 help: remove it from one of the two"
            );
            Some(Warning::new(arguments.get(later)?.span(), message))
        };
        repeated.into_iter().filter_map(warning).collect()
    }

    /// One tracker without the others.
    fn only(&self, name: &str) -> Self {
        let keep = |its: &str, tracker: &Option<Tracker>| tracker.clone().filter(|_| its == name);
        Self {
            ignore: keep("ignore", &self.ignore),
            success: keep("success", &self.success),
            track: keep("track", &self.track),
        }
    }

    fn possible(&self) -> Possible {
        let decided = |domain| {
            let of = if self.are_of_returned() { Domain::Whole } else { domain };
            let Claims { ignored, successes, failures, .. } = self.claims(of);
            Decided::of([&ignored, &successes, &failures], domain)
        };
        let [ok, err] = [Domain::Ok, Domain::Err].map(decided);
        let [_, success, failure] = ok.or(err).by;
        Possible { success: success || ok.by_none, failure }
    }
}

/// Which outcomes a call that returns may have.
struct Possible {
    success: bool,
    failure: bool,
}

/// An outcome that no call can have.
#[derive(Clone, Copy)]
enum ImpossibleOutcome {
    Failure,
    Success,
}

impl ImpossibleOutcome {
    fn is_so(self, possible: &Possible) -> bool {
        match self {
            Self::Failure => !possible.failure,
            Self::Success => !possible.success,
        }
    }

    /// The message about a tracker that causes it. `word` is suggested for a better one; `together` are all trackers, if this one alone
    /// does not cause it.
    fn message(self, name: &str, word: &str, together: Option<&[&str]>) -> String {
        match self {
            Self::Failure => no_failure(name, word, together),
            Self::Success => no_success(name, word, together),
        }
    }
}

const NEVER_OPENS: &str = "no call can fail, and the breaker never opens";
const NEVER_CLOSES: &str = "no call can succeed, and the breaker never closes again";

fn no_failure(name: &str, word: &str, together: Option<&[&str]>) -> String {
    match (name, together) {
        ("track", None) => {
            format!("this `track` claims nothing, so {NEVER_OPENS}\n{}", say_which(name, word))
        }
        (_, None) => {
            let help = say_which(name, word);
            format!("this `{name}` claims everything that could be a failure, so {NEVER_OPENS}\n{help}")
        }
        ("track", Some([earlier @ .., _])) => format!(
            "everything that this `track` claims is already claimed by {}, so {NEVER_OPENS}\n\
             help: let it claim more; without it, every error that nothing else claims is a failure",
            quoted(earlier)
        ),
        (_, Some(all)) => format!(
            "{} claim everything that could be a failure, so {NEVER_OPENS}\nhelp: let one of them claim less",
            quoted(all)
        ),
    }
}

fn no_success(name: &str, word: &str, together: Option<&[&str]>) -> String {
    match together {
        None => {
            let help = say_which(name, if word == "returned" { word } else { "ok" });
            format!("this `{name}` claims everything that could be a success, so {NEVER_CLOSES}\n{help}")
        }
        Some(all) => format!(
            "{} claim everything that could be a success, so {NEVER_CLOSES}\nhelp: let one of them claim less",
            quoted(all)
        ),
    }
}

fn say_which(name: &str, word: &str) -> String {
    let which = match name {
        "success" => "which errors are successes",
        "ignore" => "which results to ignore",
        _ => "which results are failures",
    };
    format!("help: say {which}: `{name} = {word}(PATTERN)`")
}

/// "`ignore` and `success`".
fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

fn read(arguments: &Arguments, name: &str, errors: &mut CompileErrors) -> Option<Tracker> {
    let argument = arguments.get(name)?;
    let tracker = tracker(argument, errors)?;
    if let Some(reason) = claims_nothing(&tracker) {
        errors.report(argument.span(), format!("this `{name}` can never match: {reason}"));
    }
    Some(tracker)
}

impl Outcomes {
    /// Whether the function may return something other than a `Result`.
    pub(crate) fn is_of_returned(&self) -> bool {
        matches!(self, Self::OfReturned(_))
    }
}
