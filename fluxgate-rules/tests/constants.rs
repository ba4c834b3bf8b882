//! The functions of `check` that stop compilation because of a user's constants, called at run time: what they refuse,
//! with which message, and what they leave to each other, so that nothing is refused twice.
#![allow(missing_docs)]

use std::panic::{UnwindSafe, catch_unwind};
use std::time::Duration;

use fluxgate_rules::check;
use fluxgate_rules::flaws::{self, Flaw};
use fluxgate_rules::limits::MAX_NODES;
use fluxgate_rules::{Node, Permit, Retry, Window};

const LONGEST: Duration = Duration::from_nanos(u64::MAX);
const TOO_LONG: Duration = Duration::from_nanos(u64::MAX).saturating_add(Duration::from_nanos(1));
const SECOND: Duration = Duration::from_secs(1);

/// The message of a check; `None` if it accepts.
fn said(check: impl FnOnce() + UnwindSafe) -> Option<String> {
    let panic = catch_unwind(check).err()?;
    Some(*panic.downcast::<String>().expect("a message"))
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what is said")]
fn refused(flaw: Flaw) -> Option<String> {
    Some(flaw.text().to_owned())
}

/// `failure_rate(0.5) | (other & min(10) & failures(3))`: refused at its first condition, unless `other` has a value
/// out of range.
fn unguarded(other: Node) -> [Node; 6] {
    [Node::Any(5), Node::failure_rate(0.5), Node::All(3), other, Node::min(10), Node::failures(3)]
}

/// `min(10) | failures(3) | other`: refused as a whole, since healthy traffic trips it, unless `other` is refused.
fn healthy(other: Node) -> [Node; 4] {
    [Node::Any(3), Node::min(10), Node::failures(3), other]
}

fn always(_: &fluxgate_rules::Metrics) -> bool {
    true
}

#[test]
fn a_condition_is_refused_unless_a_value_is_out_of_range() {
    let window = Window::count(100);
    let condition = |other| said(move || check::condition(&unguarded(other), 1, &window));
    for sound in [
        Node::closed(),
        Node::half_open(),
        Node::custom("always", always),
        Node::min(1),
        Node::failures(1),
        Node::failure_streak(1),
        Node::failure_rate(1.0),
        Node::slow_rate(1e-9, LONGEST),
        Node::slow_rate(0.5, Duration::from_micros(1)),
        Node::avg_latency(Duration::from_micros(1)),
        Node::failing_for(Duration::from_nanos(1)),
        Node::in_flight(2),
        Node::failure_rate(0.5).sure(0.5),
        Node::avg_latency(LONGEST),
    ] {
        assert_eq!(condition(sound), refused(Flaw::Unguarded), "{sound:?}");
    }
    for unsound in [
        Node::min(0),
        Node::failures(0),
        Node::failure_streak(0),
        Node::failure_rate(0.0),
        Node::failure_rate(50.0),
        Node::failure_rate(0.5).sure(0.05),
        Node::failure_rate(50.0).sure(0.95),
        Node::slow_rate(50.0, SECOND),
        Node::slow_rate(0.5, Duration::ZERO),
        Node::slow_rate(0.5, TOO_LONG),
        Node::slow_rate(0.5, Duration::from_nanos(999)),
        Node::avg_latency(Duration::ZERO),
        Node::avg_latency(Duration::from_nanos(999)),
        Node::avg_latency(TOO_LONG),
        Node::failing_for(Duration::ZERO),
        Node::in_flight(1),
    ] {
        assert_eq!(condition(unsound), None, "{unsound:?}");
    }
}

#[test]
fn a_condition_is_refused_unless_the_window_is_out_of_range() {
    let condition = |window| said(move || check::condition(&unguarded(Node::closed()), 1, &window));
    for sound in [
        Window::count(1),
        Window::count(1_000_000),
        Window::time(Duration::from_nanos(1)),
        Window::time(LONGEST).buckets(1_000),
        Window::time(SECOND).buckets(1),
    ] {
        assert_eq!(condition(sound), refused(Flaw::Unguarded), "{sound}");
    }
    for unsound in [
        Window::count(0),
        Window::count(1_000_001),
        Window::time(Duration::ZERO),
        Window::time(TOO_LONG),
        Window::time(SECOND).buckets(0),
        Window::time(SECOND).buckets(1_001),
    ] {
        assert_eq!(condition(unsound), None, "{unsound}");
    }
}

#[test]
fn a_rule_is_refused_only_if_none_of_its_conditions_is() {
    let window = Window::count(100);
    let rule = |nodes: Vec<Node>| said(move || check::rule(&nodes, &window));
    assert_eq!(rule(healthy(Node::failures(7)).to_vec()), refused(Flaw::TripsOnHealth));
    // A rule refused elsewhere is not refused here.
    assert_eq!(rule(healthy(Node::failures(0)).to_vec()), None);
    assert_eq!(rule(healthy(Node::failures(101)).to_vec()), None);
    assert_eq!(rule(unguarded(Node::closed()).to_vec()), None);

    let tripping = [Node::min(10), Node::failure_rate(0.5)];
    let of = |state: Node| [vec![Node::All(3), state], tripping.to_vec()].concat();
    assert_eq!(rule([vec![Node::All(2)], tripping.to_vec()].concat()), None);
    assert_eq!(rule(of(Node::closed())), refused(Flaw::NeverTripsHalfOpen));
    assert_eq!(rule(of(Node::half_open())), refused(Flaw::NeverTripsClosed));
}

#[test]
fn the_number_of_nodes_is_limited() {
    let window = Window::count(100);
    let alternatives = |members: usize| {
        let conditions = (1..).map(Node::failures).take(members);
        std::iter::once(Node::Any(members)).chain(conditions).collect::<Vec<_>>()
    };
    let (most, more) = (alternatives(MAX_NODES - 1), alternatives(MAX_NODES));
    assert_eq!(flaws::size_flaw(&most), None);
    assert_eq!(flaws::size_flaw(&more), Some(Flaw::TooLong));
    assert_eq!(said(move || check::rule(&most, &window)), None);
    let rule = more.clone();
    assert_eq!(said(move || check::rule(&rule, &window)), refused(Flaw::TooLong));
    // The whole rule is refused for its length, not each condition.
    let rule = [more, vec![Node::failure_rate(0.5)]].concat();
    assert_eq!(said(move || check::condition(&rule, rule.len() - 1, &window)), None);
}

#[test]
fn the_number_of_thresholds_is_limited() {
    let window = Window::count(100);
    let alternatives = |thresholds: u32| {
        let slow = (1..=thresholds).map(|seconds| Node::slow_rate(0.5, SECOND * seconds));
        let members: Vec<_> = slow.flat_map(|slow| [Node::All(2), Node::min(5), slow]).collect();
        [vec![Node::Any(members.len())], members].concat()
    };
    let (most, more) = (alternatives(4), alternatives(5));
    assert_eq!(flaws::size_flaw(&most), None);
    assert_eq!(said(move || check::rule(&most, &window)), None);
    let rule = more.clone();
    assert_eq!(said(move || check::rule(&rule, &window)), refused(Flaw::TooManyThresholds));
    // The whole rule is refused, not the condition that is one too many, nor a timeout that suits none of them.
    let rule = more.clone();
    assert_eq!(said(move || check::condition(&rule, rule.len() - 1, &window)), None);
    assert_eq!(said(move || check::half_open_timeout(&more, SECOND)), None);
}

#[test]
fn a_window_is_refused_only_if_its_values_are_in_range() {
    let window = |window| said(move || check::window(&window));
    let (short, shorter) = (Duration::from_micros(10), Duration::from_nanos(9_999));
    assert_eq!(window(Window::count(100)), None);
    assert_eq!(window(Window::time(short)), None);
    assert_eq!(window(Window::time(shorter)), refused(Flaw::ShortBuckets));
    assert_eq!(window(Window::time(Duration::ZERO)), None);
    assert_eq!(window(Window::time(shorter).buckets(0)), None);
}

#[test]
fn retries_and_permits_are_refused() {
    let retry = |max| said(move || check::retry(&Retry::backoff(SECOND).max(max)));
    assert_eq!(retry(SECOND), None);
    assert_eq!(retry(Duration::from_nanos(999_999_999)), refused(Flaw::MaxBelowInitial));
    let permit = |from, to| said(move || check::permit(&Permit::ramp_up(from, to, SECOND)));
    assert_eq!(permit(0.1, 1.0), None);
    assert_eq!(permit(0.5, 0.5), None);
    assert_eq!(permit(0.6, 0.5), refused(Flaw::FallingRamp));
    // A value that is out of range is refused as such.
    for (initial, max) in [(SECOND, Duration::ZERO), (TOO_LONG, SECOND)] {
        assert_eq!(
            said(move || check::retry(&Retry::backoff(initial).max(max))),
            None,
            "{initial:?}, {max:?}"
        );
    }
    for (from, to) in [(0.5, 0.0), (0.5, f64::NAN), (50.0, 1.0), (0.5, -1.0)] {
        assert_eq!(permit(from, to), None, "{from}, {to}");
    }
    let random = |share| said(move || check::permit(&Permit::random(share)));
    assert_eq!((random(0.01), random(1.0)), (None, None));
    assert_eq!(random(0.009_999_999), refused(Flaw::RareProbes));
    assert_eq!(random(1e-9), refused(Flaw::RareProbes));
    // 0 is refused as a value.
    assert_eq!(random(0.0), None);
}

#[test]
fn the_length_of_a_trial_is_limited() {
    let window = Window::time(SECOND);
    let of = |condition: Node| said(move || check::condition(&[condition], 0, &window));
    for (most, more) in [
        (Node::min(1_000_000), Node::min(1_000_001)),
        (Node::failures(1_000_000), Node::failures(1_000_001)),
        (Node::failure_streak(1_000_000), Node::failure_streak(u32::MAX)),
    ] {
        assert_eq!((of(most), of(more)), (None, refused(Flaw::LongTrial)), "{more:?}");
        let closed = [Node::All(2), Node::closed(), more];
        assert_eq!(said(move || check::condition(&closed, 2, &window)), None, "{more:?}");
    }
    // Too many calls for the window is reported instead.
    let small = Window::count(100);
    let nodes = [Node::failures(u32::MAX)];
    assert_eq!(said(move || check::condition(&nodes, 0, &small)), refused(Flaw::BeyondWindow));
}

#[test]
fn a_confidence_that_is_never_reached_is_refused_in_words_of_its_own() {
    let sure = |share: f64| Node::failure_rate(share).sure(0.95);
    let of = |condition: Node, window| said(move || check::condition(&[condition], 0, &window));
    let (small, time) = (Window::count(50), Window::time(SECOND));
    assert_eq!((of(sure(0.8), small), of(sure(0.9), small)), (None, refused(Flaw::NeverSure)));
    assert_eq!((of(sure(0.9), time), of(sure(0.999_999), time)), (None, refused(Flaw::LongProof)));
}

#[test]
fn a_rule_that_is_blind_in_half_open_is_refused() {
    let window = Window::count(100);
    let rule = |closed: Node, half_open: Node| {
        let of = |state, evidence| [Node::All(3), state, Node::min(5), evidence];
        let (closed, half_open) = (of(Node::closed(), closed), of(Node::half_open(), half_open));
        let nodes = [vec![Node::Any(8)], closed.to_vec(), half_open.to_vec()].concat();
        said(move || check::rule(&nodes, &window))
    };
    let (slow, slower) = (Node::slow_rate(0.5, SECOND), Node::slow_rate(0.5, 2 * SECOND));
    assert_eq!(rule(Node::failures(3), Node::failure_rate(0.1)), None);
    assert_eq!(rule(Node::failures(3), slow), refused(Flaw::BlindToFailures));
    assert_eq!(rule(slow, Node::failures(3)), refused(Flaw::BlindToSlowCalls));
    assert_eq!(rule(slower, slow), None);
    assert_eq!(rule(slow, Node::avg_latency(SECOND)), None);
    assert_eq!(rule(slow, Node::custom("always", always)), None);
}

#[test]
fn a_timeout_is_longer_than_the_slow_call_threshold() {
    let timeout = |nodes: Vec<Node>, timeout| said(move || check::half_open_timeout(&nodes, timeout));
    let of = |evidence| vec![Node::All(2), Node::min(5), evidence];
    let longer = SECOND + Duration::from_nanos(1);
    for evidence in [Node::slow_rate(0.5, SECOND), Node::avg_latency(SECOND)] {
        assert_eq!(timeout(of(evidence), SECOND), refused(Flaw::ShortTimeout), "{evidence:?}");
        assert_eq!(timeout(of(evidence), longer), None, "{evidence:?}");
        // While closed, no call is hung.
        let closed = vec![Node::All(3), Node::closed(), Node::min(5), evidence];
        assert_eq!(timeout(closed, SECOND), None, "{evidence:?}");
    }
    assert_eq!(timeout(of(Node::failure_rate(0.5)), Duration::from_millis(1)), None);
    // A rule refused elsewhere is not refused here.
    assert_eq!(timeout(of(Node::slow_rate(0.5, SECOND)), Duration::ZERO), None);
    assert_eq!(timeout(of(Node::slow_rate(0.5, TOO_LONG)), SECOND), None);
    assert_eq!(timeout(of(Node::slow_rate(50.0, SECOND)), SECOND), None);
}

#[test]
fn a_condition_is_within_the_time_limit() {
    let within = |nodes: Vec<Node>, limit| said(move || check::time_limit(&nodes, limit));
    let of = |evidence| vec![Node::All(2), Node::min(5), evidence];
    let shorter = Duration::from_nanos(999_999_999);
    for evidence in [Node::slow_rate(0.5, SECOND), Node::avg_latency(SECOND)] {
        assert_eq!(within(of(evidence), SECOND), None, "{evidence:?}");
        assert_eq!(within(of(evidence), shorter), refused(Flaw::BeyondTimeLimit), "{evidence:?}");
    }
    for evidence in [Node::failure_rate(0.5), Node::failing_for(SECOND)] {
        assert_eq!(within(of(evidence), shorter), None, "{evidence:?}");
    }
    // What is refused elsewhere is not refused here.
    assert_eq!(within(of(Node::slow_rate(0.5, SECOND)), Duration::ZERO), None);
    assert_eq!(within(of(Node::slow_rate(0.5, TOO_LONG)), SECOND), None);
    assert_eq!(within(of(Node::slow_rate(50.0, SECOND)), shorter), None);
}

#[test]
fn calls_time_out_before_they_count_as_hung() {
    let hung = |limit, timeout| said(move || check::hung(limit, timeout));
    assert_eq!(hung(SECOND, SECOND + Duration::from_nanos(1)), None);
    assert_eq!(hung(SECOND, SECOND), refused(Flaw::HungInTime));
    // What is refused elsewhere is not refused here.
    assert_eq!((hung(SECOND, Duration::ZERO), hung(SECOND, TOO_LONG)), (None, None));
    assert_eq!((hung(Duration::ZERO, Duration::ZERO), hung(TOO_LONG, SECOND)), (None, None));
}

#[test]
fn single_values_are_refused_in_the_words_of_the_macro() {
    let refused = || Some("its message".to_owned());
    assert_eq!(said(|| check::name("")), Some(check::EMPTY_NAME.to_owned()));
    assert_eq!(said(|| check::name(" ")), None);
    let count = |value| said(move || check::count(value, "its message"));
    assert_eq!((count(0), count(1)), (refused(), None));
    let size = |value| said(move || check::size(value, "its message"));
    assert_eq!((size(0), size(1), size(1_000_000), size(1_000_001)), (refused(), None, None, refused()));
    let buckets = |value| said(move || check::buckets(value, "its message"));
    assert_eq!((buckets(0), buckets(1), buckets(1_000), buckets(1_001)), (refused(), None, None, refused()));
    let ratio = |value| said(move || check::ratio(value, "its message"));
    assert_eq!((ratio(0.0), ratio(1e-9), ratio(1.0), ratio(1.1)), (refused(), None, None, refused()));
    let jitter = |value| said(move || check::jitter(value, "its message"));
    assert_eq!((jitter(-0.1), jitter(0.0), jitter(0.9), jitter(1.0)), (refused(), None, None, refused()));
    let duration = |value| said(move || check::duration(value, "its message"));
    assert_eq!((duration(Duration::ZERO), duration(TOO_LONG)), (refused(), refused()));
    assert_eq!((duration(Duration::from_nanos(1)), duration(LONGEST)), (None, None));
    let threshold = |value| said(move || check::threshold(value, "its message"));
    assert_eq!((threshold(Duration::from_nanos(999)), threshold(TOO_LONG)), (refused(), refused()));
    assert_eq!((threshold(Duration::from_micros(1)), threshold(LONGEST)), (None, None));
    let timeout = |value| said(move || check::timeout(value, "its message"));
    assert_eq!((timeout(Duration::from_nanos(999_999)), timeout(TOO_LONG)), (refused(), refused()));
    assert_eq!((timeout(Duration::from_millis(1)), timeout(LONGEST)), (None, None));
    let multiplier = |value| said(move || check::multiplier(value, "its message"));
    assert_eq!((multiplier(0.9), multiplier(1.0), multiplier(f64::MAX)), (refused(), None, None));
    assert_eq!((multiplier(f64::INFINITY), multiplier(f64::NAN)), (refused(), refused()));
}
