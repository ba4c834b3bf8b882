//! How the outcome of a call is found: `track`, `success` and `ignore`.

use crate::input::arguments::Arguments;
use crate::input::errors::Errors;
use crate::track::claim::{Claim, Domain, claims_nothing};
use crate::track::parser::tracker;
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

/// What the trackers claim among results of one domain, in the order in which they are asked.
pub(crate) struct Claims {
    pub(crate) ignored: Claim,
    pub(crate) successes: Claim,
    pub(crate) failures: Claim,
}

impl Outcomes {
    /// Reads the trackers, and reports all that is wrong with them.
    pub(crate) fn read(arguments: &Arguments, errors: &mut Errors) -> Self {
        let [track, success, ignore] =
            ["track", "success", "ignore"].map(|name| read(arguments, name, errors));
        let others = [&success, &ignore];
        if matches!(track, None | Some(Tracker::All)) && others.iter().all(|other| other.is_none()) {
            return Self::Standard;
        }
        let claims = |domain| {
            let claim = |tracker: &Option<Tracker>| {
                tracker.as_ref().map_or(Claim::Inapplicable, |tracker| Claim::of(tracker, domain))
            };
            let failures = match (track.as_ref().unwrap_or(&Tracker::All), domain) {
                // Who speaks of `Ok` values alone does not mean that errors are none.
                (track, Domain::Err) => match Claim::of(track, domain) {
                    Claim::Inapplicable => Claim::Constant(true),
                    claim => claim,
                },
                (track, _) => Claim::of(track, domain),
            };
            Box::new(Claims { ignored: claim(&ignore), successes: claim(&success), failures })
        };
        let is_of_returned = track.as_ref().is_some_and(Tracker::is_of_returned)
            && others.iter().all(|other| other.as_ref().is_none_or(Tracker::is_of_returned));
        if is_of_returned {
            Self::OfReturned(claims(Domain::Whole))
        } else {
            Self::OfResult { ok: claims(Domain::Ok), err: claims(Domain::Err) }
        }
    }

    /// Whether the function may return something other than a `Result`.
    pub(crate) fn is_of_returned(&self) -> bool {
        matches!(self, Self::OfReturned(_))
    }
}

fn read(arguments: &Arguments, name: &str, errors: &mut Errors) -> Option<Tracker> {
    let argument = arguments.get(name)?;
    let tracker = tracker(argument, errors)?;
    if let Some(reason) = claims_nothing(&tracker) {
        errors.report(argument.span(), format!("this `{name}` can never match: {reason}"));
    }
    Some(tracker)
}
