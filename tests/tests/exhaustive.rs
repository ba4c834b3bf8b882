//! The checker of rules, the trial's length and its early verdict beside brute force: all small rules, all short sequences of calls.

use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Outcome, State, permit, retry, window};
use fluxgate_tests::fixture::millis;
use fluxgate_tests::reference::{Evidence, Record, Rule};

/// What a call can be: well, failed, slow, or both.
const KINDS: [(Outcome, Duration); 4] = [
    (Outcome::Success, Duration::ZERO),
    (Outcome::Failure, Duration::ZERO),
    (Outcome::Success, millis(10)),
    (Outcome::Failure, millis(10)),
];

fn evidence(calls: &[usize], window: usize) -> Evidence {
    let records: Vec<Record> = calls
        .iter()
        .map(|&kind| Record {
            at: Duration::ZERO,
            failed: KINDS[kind].0 == Outcome::Failure,
            took: KINDS[kind].1,
        })
        .collect();
    let streak = records.iter().rev().take_while(|record| record.failed).count();
    Evidence { calls: records[records.len().saturating_sub(window)..].to_vec(), streak }
}

/// All sequences of so many calls.
fn sequences(length: u32) -> impl Iterator<Item = Vec<usize>> {
    (0..KINDS.len().pow(length))
        .map(move |number| (0..length).map(|place| number / KINDS.len().pow(place) % KINDS.len()).collect())
}

mod checker {
    use super::*;

    const WINDOW: usize = 3;

    fn conditions() -> Vec<Rule> {
        vec![
            Rule::Closed,
            Rule::HalfOpen,
            Rule::Min(1),
            Rule::Min(3),
            Rule::Min(4),
            Rule::Failures(1),
            Rule::Failures(4),
            Rule::FailureRate(500),
            Rule::FailureStreak(4),
            Rule::SlowRate(1_000, millis(10)),
            Rule::AvgLatency(millis(5)),
        ]
    }

    /// A group of conditions, and where it holds: a bit for each sequence of up to five calls, closed and half-open.
    struct Group {
        members: Vec<Rule>,
        closed: Vec<bool>,
        half_open: Vec<bool>,
    }

    impl Group {
        fn new(members: Vec<Rule>, all: &[Vec<usize>]) -> Self {
            let rule = Rule::All(members.clone());
            let holds = |half_open, window| {
                all.iter().map(|calls| rule.holds(half_open, &evidence(calls, window), None)).collect()
            };
            Self { members, closed: holds(false, WINDOW), half_open: holds(true, usize::MAX) }
        }

        fn rule(&self) -> Rule {
            if let [only] = &self.members[..] { only.clone() } else { Rule::All(self.members.clone()) }
        }

        /// A rate or an average that no number of calls guards.
        fn is_unguarded(&self) -> bool {
            let rates =
                |rule: &Rule| matches!(rule, Rule::FailureRate(_) | Rule::SlowRate(..) | Rule::AvgLatency(_));
            let counts =
                |rule: &Rule| matches!(rule, Rule::Min(_) | Rule::Failures(_) | Rule::FailureStreak(_));
            self.members.iter().any(rates) && !self.members.iter().any(counts)
        }

        /// Can never hold where it is meant to: half-open where it says so, otherwise closed.
        fn is_impossible(&self) -> bool {
            let place = if self.members.contains(&Rule::HalfOpen) { &self.half_open } else { &self.closed };
            !place.contains(&true)
                || self.members.contains(&Rule::Closed) && self.members.contains(&Rule::HalfOpen)
        }
    }

    /// Whether a rule of these groups should be refused, by the definition of each refusal.
    fn is_wrong(groups: &[&Group], healthy: &[bool]) -> bool {
        let holds = |place: fn(&Group) -> &Vec<bool>, among: &dyn Fn(usize) -> bool| {
            groups
                .iter()
                .any(|group| place(group).iter().enumerate().any(|(nth, &holds)| holds && among(nth)))
        };
        groups.iter().any(|group| group.is_unguarded() || group.is_impossible())
            || !holds(|group| &group.closed, &|_| true)
            || !holds(|group| &group.half_open, &|_| true)
            || holds(|group| &group.closed, &|nth| healthy[nth])
            || holds(|group| &group.half_open, &|nth| healthy[nth])
    }

    #[test]
    fn refuses_exactly_what_is_wrong() {
        let all: Vec<Vec<usize>> = (0..=5).flat_map(sequences).collect();
        let healthy: Vec<bool> = all.iter().map(|calls| calls.iter().all(|&kind| kind == 0)).collect();
        let conditions = conditions();
        let mut groups = Vec::new();
        for (nth, first) in conditions.iter().enumerate() {
            groups.push(Group::new(vec![first.clone()], &all));
            for (second_nth, second) in conditions.iter().enumerate().skip(nth + 1) {
                groups.push(Group::new(vec![first.clone(), second.clone()], &all));
                for third in &conditions[second_nth + 1..] {
                    groups.push(Group::new(vec![first.clone(), second.clone(), third.clone()], &all));
                }
            }
        }
        let (mut refused, mut accepted) = (0, 0);
        let mut judge = |members: &[&Group]| {
            let rule = match members {
                [only] => only.rule(),
                _ => Rule::Any(members.iter().map(|group| group.rule()).collect()),
            };
            let built = CircuitBreaker::builder("exhaustive")
                .window(window::count(WINDOW))
                .trip(rule.build())
                .build();
            let wrong = is_wrong(members, &healthy);
            match built {
                Ok(_) => assert!(!wrong, "accepted: {}", rule.build()),
                Err(error) => assert!(wrong, "refused: {error}"),
            }
            *if wrong { &mut refused } else { &mut accepted } += 1;
        };
        for group in &groups {
            judge(&[group]);
        }
        // Of the many pairs, those of which either is right by itself, or says which state it is for.
        let right = |group: &&Group| !is_wrong(&[group], &healthy);
        let named = |group: &&Group| {
            (group.members.contains(&Rule::Closed) || group.members.contains(&Rule::HalfOpen))
                && !group.is_impossible()
                && !group.is_unguarded()
        };
        for first in groups.iter().filter(|group| right(group) || named(group)) {
            for second in groups.iter().filter(named) {
                if first.members != second.members {
                    judge(&[first, second]);
                }
            }
        }
        assert!(refused > 500 && accepted > 500, "{refused} refused, {accepted} accepted");
    }
}

mod trial {
    use super::*;

    /// What is certain after these calls of a trial of `length`: by trying all that may follow.
    fn verdict(rule: &Rule, calls: &[usize], length: u32) -> Option<bool> {
        let rest = length - calls.len() as u32;
        let mut verdicts = sequences(rest)
            .map(|more| rule.holds(true, &evidence(&[calls, &more].concat(), usize::MAX), None));
        let first = verdicts.next()?;
        verdicts.all(|verdict| verdict == first).then_some(first)
    }

    fn rules() -> Vec<Rule> {
        let worse = [
            vec![Rule::FailureRate(1)],
            vec![Rule::FailureRate(500)],
            vec![Rule::FailureRate(1_000)],
            vec![Rule::Failures(2)],
            vec![Rule::FailureStreak(2)],
            vec![Rule::SlowRate(400, millis(10))],
            vec![Rule::FailureRate(500), Rule::SlowRate(300, millis(10))],
            vec![Rule::Any(vec![Rule::Failures(3), Rule::SlowRate(600, millis(10))])],
            vec![Rule::Any(vec![Rule::FailureStreak(3), Rule::FailureRate(800)])],
        ];
        let mut rules: Vec<Rule> = (1..=5)
            .flat_map(|least| {
                worse.iter().map(move |worse| Rule::All([vec![Rule::Min(least)], worse.clone()].concat()))
            })
            .collect();
        rules.extend([
            Rule::FailureStreak(4),
            Rule::Failures(3),
            Rule::Any(vec![
                Rule::All(vec![Rule::Closed, Rule::Min(9), Rule::FailureRate(500)]),
                Rule::All(vec![Rule::HalfOpen, Rule::Min(4), Rule::FailureRate(300)]),
            ]),
            Rule::Any(vec![Rule::FailureStreak(3), Rule::All(vec![Rule::Min(5), Rule::FailureRate(500)])]),
        ]);
        rules
    }

    /// The smallest number of calls of which some sequence makes the rule hold.
    fn length(rule: &Rule) -> u32 {
        (1..=6)
            .find(|&length| {
                sequences(length).any(|calls| rule.holds(true, &evidence(&calls, usize::MAX), None))
            })
            .expect("six calls are enough for these rules")
    }

    #[test]
    fn is_decided_exactly_when_it_is_certain() {
        for rule in rules() {
            let clock = ManualClock::new();
            let breaker = CircuitBreaker::builder("exhaustive")
                .trip(rule.build())
                .retry(retry::cooldown(millis(1)))
                .permit(permit::all())
                .clock(clock.clone())
                .build()
                .expect("valid");
            let length = length(&rule);
            assert_eq!(breaker.snapshot().trial, length, "{}", rule.build());
            for calls in sequences(length) {
                breaker.reset();
                while breaker.state() == State::Closed {
                    let call = breaker.acquire().expect("closed");
                    clock.advance(millis(10));
                    call.failure();
                }
                clock.advance(millis(1));
                for nth in 1..=calls.len() {
                    let (outcome, took) = KINDS[calls[nth - 1]];
                    let call = breaker.acquire().expect("a probe");
                    clock.advance(took);
                    call.record(outcome);
                    let expected = match verdict(&rule, &calls[..nth], length) {
                        Some(true) => State::Open,
                        Some(false) => State::Closed,
                        None => State::HalfOpen,
                    };
                    assert_eq!(breaker.state(), expected, "{} after {:?}", rule.build(), &calls[..nth]);
                    if expected != State::HalfOpen {
                        break;
                    }
                }
                assert_ne!(breaker.state(), State::HalfOpen, "a trial ends");
            }
        }
    }
}
