//! The rule checker, the trial's length and its early verdict against brute force: all small rules, all short sequences of calls.

use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Outcome, State, permit, retry, window};
use fluxgate_tests::fixture::millis;
use fluxgate_tests::reference::{self, Evidence, Record, Rule};

/// What a call can be: good, failed, slow, or both.
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
            runs: false,
        })
        .collect();
    let streak = records.iter().rev().take_while(|record| record.failed).count();
    let calls = records[records.len().saturating_sub(window)..].to_vec();
    Evidence { calls, streak, ..Evidence::default() }
}

/// All sequences of `length` calls.
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
            // Three failures of three.
            Rule::SureFailureRate(500, 500),
            Rule::FailureStreak(4),
            Rule::SlowRate(1_000, millis(10)),
            Rule::AvgLatency(millis(10)),
        ]
    }

    /// A group of conditions, and where it holds: one bit for each sequence of up to five calls, closed and half-open.
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

        /// Whether it has a rate or an average without a minimum number of calls.
        fn is_unguarded(&self) -> bool {
            let rates =
                |rule: &Rule| matches!(rule, Rule::FailureRate(_) | Rule::SlowRate(..) | Rule::AvgLatency(_));
            let counts = |rule: &Rule| {
                matches!(
                    rule,
                    Rule::Min(_) | Rule::Failures(_) | Rule::FailureStreak(_) | Rule::SureFailureRate(..)
                )
            };
            self.members.iter().any(rates) && !self.members.iter().any(counts)
        }

        /// Whether it can never hold where it should: in half-open if it says so, otherwise when closed.
        fn is_impossible(&self) -> bool {
            let place = if self.members.contains(&Rule::HalfOpen) { &self.half_open } else { &self.closed };
            !place.contains(&true)
                || self.members.contains(&Rule::Closed) && self.members.contains(&Rule::HalfOpen)
        }
    }

    /// Whether a rule made of these groups should be refused, by the definition of each refusal.
    ///
    /// `alike` marks, for each kind of call, the sequences that contain no other.
    fn is_wrong(groups: &[&Group], alike: &[Vec<bool>]) -> bool {
        let holds = |place: fn(&Group) -> &Vec<bool>, among: &dyn Fn(usize) -> bool| {
            groups
                .iter()
                .any(|group| place(group).iter().enumerate().any(|(nth, &holds)| holds && among(nth)))
        };
        groups.iter().any(|group| group.is_unguarded() || group.is_impossible())
            || !holds(|group| &group.closed, &|_| true)
            || !holds(|group| &group.half_open, &|_| true)
            || holds(|group| &group.closed, &|nth| alike[0][nth])
            || holds(|group| &group.half_open, &|nth| alike[0][nth])
            || alike[1..].iter().any(|alike| {
                holds(|group| &group.closed, &|nth| alike[nth])
                    && !holds(|group| &group.half_open, &|nth| alike[nth])
            })
    }

    #[test]
    fn refuses_exactly_what_is_wrong() {
        let all: Vec<Vec<usize>> = (0..=5).flat_map(sequences).collect();
        let alike = |kind| all.iter().map(|calls| calls.iter().all(|&other| other == kind)).collect();
        let alike: Vec<Vec<bool>> = (0..KINDS.len()).map(alike).collect();
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
            let wrong = is_wrong(members, &alike);
            match built {
                Ok(_) => assert!(!wrong, "accepted: {}", rule.build()),
                Err(error) => assert!(wrong, "refused: {error}"),
            }
            *if wrong { &mut refused } else { &mut accepted } += 1;
        };
        for group in &groups {
            judge(&[group]);
        }
        // Of the many pairs, only those whose members are valid alone or name their state.
        let right = |group: &&Group| !is_wrong(&[group], &alike);
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

    /// One way a rule can hold in half-open.
    struct Alternative {
        rule: Rule,
        length: usize,
        /// The fewest bad calls that make a trip certain.
        bad: usize,
    }

    /// What there is to know about a trial, found by trying all sequences.
    struct Trial {
        rule: Rule,
        alternatives: Vec<Alternative>,
        length: usize,
        good: usize,
        /// The kinds of calls that the rule can distinguish.
        kinds: Vec<usize>,
        good_kinds: Vec<usize>,
    }

    impl Trial {
        fn new(rule: &Rule) -> Self {
            let is_timed = format!("{rule:?}").contains("SlowRate");
            let kinds: Vec<usize> = if is_timed { vec![0, 1, 2, 3] } else { vec![0, 1] };
            let worst = if is_timed { 3 } else { 1 };
            let alternatives: Vec<Alternative> = rule
                .alternatives()
                .into_iter()
                .filter(|conditions| !conditions.contains(&Rule::Closed))
                .map(|conditions| {
                    let rule = Rule::All(conditions);
                    let length = (1..=6)
                        .find(|&length| among(&kinds, length).any(|calls| holds(&rule, &calls)))
                        .expect("six calls are enough for these rules");
                    let bad = (1..=length)
                        .find(|&bad| {
                            among(&kinds, length - bad)
                                .all(|more| holds(&rule, &[vec![worst; bad], more].concat()))
                        })
                        .expect("all calls are bad");
                    Alternative { rule, length, bad }
                })
                .collect();
            let length = alternatives.iter().map(|alternative| alternative.length).max().expect("some");
            let good = alternatives.iter().map(|alternative| alternative.bad).max().expect("some");
            let asks_slow = alternatives.iter().any(|one| format!("{:?}", one.rule).contains("SlowRate"));
            let good_kinds = if asks_slow { vec![0] } else { vec![0, 2] };
            Self { rule: rule.clone(), alternatives, length, good, kinds, good_kinds }
        }

        /// What is certain after these calls, found by trying all continuations.
        fn verdict(&self, calls: &[usize]) -> Option<State> {
            let certain = |alternative: &Alternative| {
                let rest = alternative.length.saturating_sub(calls.len());
                among(&self.kinds, rest).all(|more| holds(&alternative.rule, &[calls, &more].concat()))
            };
            if self
                .alternatives
                .iter()
                .any(|alternative| holds(&alternative.rule, calls) || certain(alternative))
            {
                return Some(State::Open);
            }
            let rest = self.length.saturating_sub(calls.len());
            let may_trip = among(&self.kinds, rest).any(|more| holds(&self.rule, &[calls, &more].concat()));
            let good = calls.iter().filter(|kind| self.good_kinds.contains(kind)).count();
            let passes = !may_trip && good >= self.good || calls.len() >= 2 * self.length;
            passes.then_some(State::Closed)
        }
    }

    fn holds(rule: &Rule, calls: &[usize]) -> bool {
        rule.holds(true, &evidence(calls, usize::MAX), None)
    }

    /// All sequences of `length` calls of these kinds.
    fn among(kinds: &[usize], length: usize) -> impl Iterator<Item = Vec<usize>> {
        (0..kinds.len().pow(length as u32)).map(move |number| {
            (0..length).map(|place| kinds[number / kinds.len().pow(place as u32) % kinds.len()]).collect()
        })
    }

    /// Rules without durations, so only two kinds of calls differ.
    fn untimed() -> Vec<Rule> {
        let worse = [
            vec![Rule::FailureRate(1)],
            vec![Rule::FailureRate(500)],
            vec![Rule::FailureRate(1_000)],
            vec![Rule::Failures(2)],
            vec![Rule::FailureStreak(2)],
            vec![Rule::Any(vec![Rule::FailureStreak(3), Rule::FailureRate(800)])],
        ];
        let mut rules: Vec<Rule> = (1..=5)
            .flat_map(|least| {
                worse.iter().map(move |worse| Rule::All([vec![Rule::Min(least)], worse.clone()].concat()))
            })
            .collect();
        let own = |least, share| {
            Rule::Any(vec![
                Rule::All(vec![Rule::Closed, Rule::Min(9), Rule::FailureRate(500)]),
                Rule::All(vec![Rule::HalfOpen, Rule::Min(least), Rule::FailureRate(share)]),
            ])
        };
        rules.extend([
            Rule::FailureStreak(4),
            Rule::Failures(3),
            own(4, 300),
            own(1, 1_000),
            Rule::Any(vec![Rule::FailureStreak(3), Rule::All(vec![Rule::Min(5), Rule::FailureRate(500)])]),
            Rule::Any(vec![Rule::FailureStreak(5), Rule::All(vec![Rule::Min(3), Rule::FailureRate(900)])]),
            Rule::Any(vec![Rule::Failures(1), Rule::FailureStreak(2)]),
        ]);
        rules
    }

    /// Rules with durations, too.
    fn timed() -> Vec<Rule> {
        let slow = |share| Rule::SlowRate(share, millis(10));
        let worse = [
            vec![slow(400)],
            vec![slow(1_000)],
            vec![Rule::FailureRate(500), slow(300)],
            vec![Rule::Any(vec![Rule::Failures(3), slow(600)])],
        ];
        let mut rules: Vec<Rule> = (1..=3)
            .flat_map(|least| {
                worse.iter().map(move |worse| Rule::All([vec![Rule::Min(least)], worse.clone()].concat()))
            })
            .collect();
        rules.extend([
            Rule::Any(vec![Rule::FailureStreak(3), Rule::All(vec![Rule::Min(2), slow(500)])]),
            // A threshold for closed breakers makes no call of a trial bad.
            Rule::Any(vec![
                Rule::All(vec![Rule::Closed, Rule::Min(3), Rule::FailureRate(200), slow(500)]),
                Rule::All(vec![Rule::Min(3), Rule::FailureRate(500)]),
            ]),
        ]);
        rules
    }

    struct Player {
        breaker: CircuitBreaker,
        clock: ManualClock,
    }

    impl Player {
        fn new(rule: &Rule) -> Self {
            let clock = ManualClock::new();
            let breaker = CircuitBreaker::builder("exhaustive")
                .trip(rule.build())
                .retry(retry::cooldown(millis(1)))
                .permit(permit::all())
                .clock(clock.clone())
                .build()
                .expect("valid");
            Self { breaker, clock }
        }

        /// Where a trial of these calls ends, or that it continues.
        fn play(&self, calls: &[usize]) -> State {
            self.breaker.reset();
            while self.breaker.state() == State::Closed {
                let call = self.breaker.acquire().expect("closed");
                self.clock.advance(millis(10));
                call.failure();
            }
            self.clock.advance(millis(1));
            for &kind in calls {
                let (outcome, took) = KINDS[kind];
                let call = self.breaker.acquire().expect("a probe");
                self.clock.advance(took);
                call.record(outcome);
            }
            self.breaker.state()
        }
    }

    /// Plays every sequence of calls until there is a verdict.
    fn follow(trial: &Trial, player: &Player, calls: &mut Vec<usize>) {
        for &kind in &trial.kinds {
            calls.push(kind);
            let verdict = trial.verdict(calls);
            let expected = verdict.unwrap_or(State::HalfOpen);
            assert_eq!(player.play(calls), expected, "{} after {calls:?}", trial.rule.build());
            if verdict.is_none() {
                follow(trial, player, calls);
            }
            calls.pop();
        }
    }

    fn follow_all(rules: Vec<Rule>) {
        for rule in rules {
            let (trial, player) = (Trial::new(&rule), Player::new(&rule));
            assert_eq!(player.breaker.snapshot().trial as usize, trial.length, "{}", rule.build());
            follow(&trial, &player, &mut Vec::new());
        }
    }

    #[test]
    fn a_trial_is_decided_exactly_when_it_is_certain() {
        follow_all(untimed());
    }

    #[test]
    fn a_trial_of_durations_is_decided_exactly_when_it_is_certain() {
        follow_all(timed());
    }

    /// The model plays only the best and the worst continuation; its verdict must be that of all continuations.
    #[test]
    fn the_model_judges_as_all_continuations_do() {
        fn follow(trial: &Trial, model: &reference::Trial, calls: &mut Vec<usize>) {
            for &kind in &trial.kinds {
                calls.push(kind);
                let verdict = trial.verdict(calls);
                let lost = verdict.map(|state| state == State::Open);
                assert_eq!(model.verdict(&evidence(calls, usize::MAX)), lost, "{calls:?} of {model:?}");
                if verdict.is_none() {
                    follow(trial, model, calls);
                }
                calls.pop();
            }
        }
        for rule in [untimed(), timed()].concat() {
            let (trial, model) = (Trial::new(&rule), reference::Trial::of(&rule).expect("it has a trial"));
            assert_eq!((model.length, model.good), (trial.length, trial.good), "{}", rule.build());
            follow(&trial, &model, &mut Vec::new());
        }
    }
}
