//! Randomly drawn settings of a breaker, and the calls it gets.

use std::time::Duration;

use fastrand::Rng;
use fluxgate::{Builder, OnCancel, Outcome};
use fluxgate_tests::reference::{Permit, Predicate, Retry, Rule, Settings, Window};

const NANOSECOND: Duration = Duration::from_nanos(1);
/// The shortest duration that may be slow.
const MICROSECOND: Duration = Duration::from_micros(1);
/// The shortest timeout of a trial.
const MILLISECOND: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

/// Everything a run depends on, except what the breaker itself draws.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    pub(crate) number: u64,
    pub(crate) settings: Settings,
    /// Of a cooldown or backoff, per mille.
    pub(crate) jitter: u32,
    /// From one call to the next.
    pub(crate) gap: Duration,
    /// How long a call of the healthy service takes.
    pub(crate) healthy: Duration,
    pub(crate) death: Death,
    /// How long a failure of the dead service asks to be left alone.
    pub(crate) asks: Option<Duration>,
}

/// What the calls of a dead service do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Death {
    Fail(Duration),
    Succeed(Duration),
    /// Forever, unless callers give up after this time.
    Hang(Option<Duration>),
}

impl Configuration {
    pub(crate) fn draw(number: u64) -> Self {
        let rng = &mut Rng::with_seed(number);
        let edges = number % 4 == 1;
        let gap = if edges {
            *choose(rng, &[MICROSECOND * 100, MILLISECOND, Duration::from_secs(1), HOUR])
        } else {
            between(rng, MILLISECOND, Duration::from_secs(60))
        };
        let durations = Durations { edges: edges.then_some(gap) };
        let healthy = match rng.u32(0..4) {
            0 if edges => durations.draw(rng, NANOSECOND, gap),
            0 => Duration::ZERO,
            1 => gap.mul_f64(rng.f64()),
            2 => gap,
            _ => gap.mul_f64(1.0 + 30.0 * rng.f64()),
        };
        let window = window(rng, durations, gap);
        let size = match window {
            Window::Count(size) => size as u32,
            Window::Time(duration, _) => (duration.as_nanos() / gap.as_nanos()).clamp(1, 60) as u32,
        };
        // At most this many of its calls are in flight.
        let busy = 1 + healthy.as_nanos().div_ceil(gap.as_nanos()) as u32;
        let rule = RuleDrawer { rng, size, healthy, busy, gap }.rule();
        if number.is_multiple_of(64) && healthy < Duration::from_secs(60) {
            let settings = standard();
            let death = death(rng, gap, &settings);
            return Self { number, settings, jitter: 0, gap, healthy, death, asks: None };
        }
        let settings = Settings {
            window,
            retry: retry(rng, durations),
            permit: permit(rng, durations, gap),
            slots: *choose(rng, &[1, 1, 2, 3, 5, 10, 10, 10, 20, 1_000, u32::MAX]),
            half_open_timeout: half_open_timeout(rng, durations, gap, healthy.max(slowest(&rule))),
            on_panic: Outcome::Failure,
            on_cancel: OnCancel::Outcome(Outcome::Ignored),
            rule,
        };
        let jitter = *choose(rng, &[0, 0, 100, 500, 999]);
        let death = death(rng, gap, &settings);
        let asks =
            (rng.u32(0..6) == 0).then(|| durations.draw(rng, MILLISECOND, Duration::from_secs(10_000)));
        Self { number, settings, jitter, gap, healthy, death, asks }
    }

    pub(crate) fn builder(&self) -> Builder {
        let retry = self.settings.retry.build();
        let jitters = matches!(self.settings.retry, Retry::Cooldown(_) | Retry::Backoff(..));
        let retry = if jitters { retry.jitter(f64::from(self.jitter) / 1_000.0) } else { retry };
        self.settings.builder().retry(retry).count_calls(self.number.is_multiple_of(3))
    }
}

/// The default settings.
fn standard() -> Settings {
    let rule = |state, least| Rule::All(vec![state, Rule::Min(least), Rule::FailureRate(500)]);
    Settings {
        window: Window::Count(100),
        rule: Rule::Any(vec![rule(Rule::Closed, 100), rule(Rule::HalfOpen, 10)]),
        retry: Retry::Cooldown(Duration::from_secs(60)),
        permit: Permit::Ramp(100, 1_000, Duration::from_secs(60)),
        slots: 10,
        half_open_timeout: None,
        on_panic: Outcome::Failure,
        on_cancel: OnCancel::Outcome(Outcome::Ignored),
    }
}

/// Short and long ones are equally likely.
fn between(rng: &mut Rng, shortest: Duration, longest: Duration) -> Duration {
    let (low, high) = (shortest.as_secs_f64().ln(), longest.as_secs_f64().ln());
    Duration::from_secs_f64((low + (high - low) * rng.f64()).exp())
}

fn choose<'a, T>(rng: &mut Rng, among: &'a [T]) -> &'a T {
    &among[rng.usize(0..among.len())]
}

/// Draws durations.
#[derive(Clone, Copy)]
struct Durations {
    /// If set, draws only durations at the edges: about the shortest, about this gap between two calls, and multiples of it.
    edges: Option<Duration>,
}

impl Durations {
    fn draw(self, rng: &mut Rng, shortest: Duration, longest: Duration) -> Duration {
        let Some(gap) = self.edges else { return between(rng, shortest, longest) };
        let edges =
            [shortest, shortest + NANOSECOND, gap - NANOSECOND, gap, gap + NANOSECOND, gap * 10, gap * 400];
        (*choose(rng, &edges)).max(shortest)
    }
}

/// Time windows that hold from less than one call up to many.
fn window(rng: &mut Rng, durations: Durations, gap: Duration) -> Window {
    if rng.u32(0..3) > 0 {
        return Window::Count(*choose(rng, &[1, 2, 3, 5, 10, 20, 50, 100, 200]));
    }
    if durations.edges.is_some() {
        let buckets = *choose(rng, &[1, 2, 60, 1_000]);
        return Window::Time(durations.draw(rng, MICROSECOND * buckets, HOUR), buckets as usize);
    }
    let duration = between(rng, gap / 2, gap * 200).max(MILLISECOND);
    Window::Time(duration, *choose(rng, &[1, 2, 10, 60]))
}

fn retry(rng: &mut Rng, durations: Durations) -> Retry {
    let shortest = if durations.edges.is_some() { NANOSECOND } else { MILLISECOND };
    let delay = durations.draw(rng, shortest, Duration::from_secs(600));
    match rng.u32(0..10) {
        0..=3 => Retry::Cooldown(delay),
        4..=6 => Retry::Backoff(delay, rng.u32(1..4), delay * rng.u32(1..20)),
        7 => Retry::Custom,
        8 => Retry::Always,
        _ => Retry::Never,
    }
}

/// Ramps from less than the gap between two calls to hundreds of calls.
fn permit(rng: &mut Rng, durations: Durations, gap: Duration) -> Permit {
    match rng.u32(0..8) {
        0 | 1 => Permit::All,
        2 => Permit::Random(*choose(rng, &[10, 50, 300, 900, 1_000])),
        3 => Permit::Patient,
        _ => {
            let (one, other) = (*choose(rng, &[1, 100, 500, 1_000]), *choose(rng, &[100, 900, 1_000]));
            let duration = match durations.edges {
                Some(_) => durations.draw(rng, NANOSECOND, HOUR),
                None => between(rng, MILLISECOND, Duration::from_secs(600)).min(gap * rng.u32(1..400)),
            };
            Permit::Ramp(one.min(other), one.max(other), duration)
        }
    }
}

/// Longer than a call that is not slow by the rule, by much or by a hair. If very many calls fit into this wait, the run takes
/// long.
fn half_open_timeout(rng: &mut Rng, durations: Durations, gap: Duration, fast: Duration) -> Option<Duration> {
    if durations.edges.is_some() {
        return Some(durations.draw(rng, (fast + NANOSECOND).max(MILLISECOND), HOUR));
    }
    let default = Duration::from_secs(60);
    let seldom = rng.u32(0..100) == 0;
    match rng.u32(0..4) {
        0 | 1 if fast < default && (gap * 400 > default || seldom) => None,
        0 => Some((fast + NANOSECOND).max(MILLISECOND)),
        _ => Some((fast + between(rng, NANOSECOND, gap * 400)).max(MILLISECOND)),
    }
}

fn death(rng: &mut Rng, gap: Duration, settings: &Settings) -> Death {
    let mut thresholds = vec![slowest(&settings.rule)];
    thresholds.extend(settings.rule.thresholds());
    let slow = *choose(rng, &thresholds) + *choose(rng, &[Duration::ZERO, gap, gap * 10]);
    match rng.u32(0..9) {
        0..=2 => Death::Fail(Duration::ZERO),
        3 => Death::Fail(gap.mul_f64(20.0 * rng.f64())),
        4 => Death::Fail(slow),
        5 | 6 => Death::Succeed(slow),
        7 => Death::Hang(None),
        // Usually sooner than the trial ends, but not so soon that nothing is learnt.
        _ => {
            let given_up = settings.half_open_timeout().mul_f64(0.1 + 1.1 * rng.f64());
            Death::Hang(Some(given_up.max(NANOSECOND)))
        }
    }
}

/// The duration from which a call is slow for every condition of the rule.
fn slowest(rule: &Rule) -> Duration {
    match rule {
        Rule::SlowRate(_, threshold) => *threshold,
        Rule::AvgLatency(mean) => *mean,
        Rule::Custom(Predicate::Slow) => SLOW_MEAN,
        Rule::All(members) | Rule::Any(members) => members.iter().map(slowest).max().unwrap_or_default(),
        _ => Duration::ZERO,
    }
}

/// The threshold of [`Predicate::Slow`].
const SLOW_MEAN: Duration = Duration::from_millis(30);

/// Draws rules that healthy traffic does not fulfil.
pub(crate) struct RuleDrawer<'a> {
    pub(crate) rng: &'a mut Rng,
    /// The most calls that the window holds.
    pub(crate) size: u32,
    /// How long a healthy call takes.
    pub(crate) healthy: Duration,
    /// How many healthy calls are in flight at most.
    pub(crate) busy: u32,
    /// From one call to the next.
    pub(crate) gap: Duration,
}

impl RuleDrawer<'_> {
    pub(crate) fn rule(&mut self) -> Rule {
        let rule = match self.rng.u32(0..16) {
            0..=2 => self.guarded(),
            3 => Rule::FailureStreak(self.count(20)),
            4 => Rule::Failures(self.count(20)),
            5 | 6 => Rule::Any(vec![self.guarded(), self.guarded()]),
            7 | 8 => Rule::Any(vec![self.guarded(), Rule::FailureStreak(self.rng.u32(1..8))]),
            9 => Rule::Any(vec![self.closed(), self.half_open()]),
            10 => self.stricter(),
            11 => Rule::Any(vec![self.guarded(), self.closed(), self.half_open()]),
            12 => Rule::Any(vec![self.guarded(), self.half_open()]),
            13 => {
                let states = Rule::Any(vec![
                    Rule::All(vec![Rule::Closed, self.evidence()]),
                    Rule::All(vec![Rule::HalfOpen, self.evidence()]),
                ]);
                Rule::All(vec![Rule::Min(self.count(30)), states])
            }
            _ => self.tree(3),
        };
        flat(self.crowded(rule))
    }

    /// Some rules also count running calls, with a limit above what healthy traffic reaches.
    fn crowded(&mut self, rule: Rule) -> Rule {
        let in_flight = Rule::InFlight((self.busy + self.rng.u32(1..20)).max(2));
        match self.rng.u32(0..16) {
            0..=2 => Rule::Any(vec![rule, in_flight]),
            3 => Rule::Any(vec![rule, Rule::All(vec![Rule::Closed, in_flight])]),
            4 => Rule::Any(vec![rule, Rule::All(vec![Rule::HalfOpen, in_flight])]),
            5 => {
                let evidence = self.guarded();
                Rule::Any(vec![rule, Rule::All(vec![in_flight, evidence])])
            }
            _ => rule,
        }
    }

    /// An alternative to add to a rule.
    pub(crate) fn alternative(&mut self) -> Rule {
        flat(match self.rng.u32(0..4) {
            0 => Rule::FailureStreak(self.rng.u32(1..12)),
            1 => self.half_open(),
            _ => self.guarded(),
        })
    }

    fn closed(&mut self) -> Rule {
        Rule::All(vec![Rule::Closed, self.guarded()])
    }

    /// Half-open needs fewer calls, and looks for more problems.
    fn stricter(&mut self) -> Rule {
        let (evidence, more) = (self.evidence(), self.evidence());
        let least = self.count(60);
        Rule::Any(vec![
            Rule::All(vec![Rule::Closed, Rule::Min(least), evidence.clone()]),
            Rule::All(vec![
                Rule::HalfOpen,
                Rule::Min(self.rng.u32(1..=least)),
                Rule::Any(vec![evidence, more]),
            ]),
        ])
    }

    fn half_open(&mut self) -> Rule {
        let size = std::mem::replace(&mut self.size, 60);
        let rule = Rule::All(vec![Rule::HalfOpen, self.guarded()]);
        self.size = size;
        rule
    }

    fn guarded(&mut self) -> Rule {
        let evidence = match self.rng.u32(0..5) {
            0 => Rule::Any(vec![self.evidence(), self.evidence()]),
            1 => Rule::All(vec![self.evidence(), self.evidence()]),
            _ => self.evidence(),
        };
        Rule::All(vec![Rule::Min(self.count(60)), evidence])
    }

    /// Any tree, whether or not it is a rule.
    fn tree(&mut self, depth: u32) -> Rule {
        match self.rng.u32(0..10) {
            _ if depth == 0 => self.evidence(),
            0 => Rule::Closed,
            1 => Rule::HalfOpen,
            2 | 3 => Rule::Min(self.count(30)),
            4 | 5 => self.evidence(),
            6 | 7 => Rule::Any((0..self.rng.u32(2..4)).map(|_| self.tree(depth - 1)).collect()),
            _ => {
                let members = (0..self.rng.u32(1..3)).map(|_| self.tree(depth - 1));
                let members: Vec<Rule> = members.collect();
                Rule::All([vec![Rule::Min(self.count(30))], members].concat())
            }
        }
    }

    fn evidence(&mut self) -> Rule {
        let share = *choose(self.rng, &[1, 100, 200, 333, 500, 750, 900, 1_000]);
        match self.rng.u32(0..13) {
            0..=3 => Rule::FailureRate(share),
            10 | 11 => {
                let share = *choose(self.rng, &[1, 100, 200, 333, 500, 750, 900]);
                Rule::SureFailureRate(share, *choose(self.rng, &[500, 900, 950, 990]))
            }
            4 => Rule::Failures(self.count(10)),
            5 => Rule::FailureStreak(self.count(10)),
            6 | 7 => Rule::SlowRate(share, self.threshold()),
            8 => Rule::AvgLatency(self.threshold()),
            9 => Rule::FailingFor(*choose(self.rng, &[MICROSECOND, self.gap * 3, self.gap * MOST_GAPS])),
            _ if self.healthy < SLOW_MEAN => {
                Rule::Custom(*choose(self.rng, &[Predicate::TwoFailures, Predicate::Slow]))
            }
            _ => Rule::Custom(Predicate::TwoFailures),
        }
    }

    fn count(&mut self, most: u32) -> u32 {
        self.rng.u32(1..=self.size.min(most))
    }

    /// Longer than a healthy call, by much or by a hair.
    fn threshold(&mut self) -> Duration {
        let more = *choose(self.rng, &[NANOSECOND, Duration::from_millis(10), Duration::from_secs(1)]);
        (self.healthy + more).max(MICROSECOND)
    }
}

/// The length of the longest `failing_for`, in gaps.
pub(crate) const MOST_GAPS: u32 = 30;

/// Whether user functions decide, which no check can see through.
pub(crate) fn asks_custom(rule: &Rule) -> bool {
    mentions(rule, |condition| matches!(condition, Rule::Custom(_)))
}

/// Whether it asks for how long calls have been failing. A trial that begins sooner may pass although all of them fail.
pub(crate) fn asks_how_long(rule: &Rule) -> bool {
    mentions(rule, |condition| matches!(condition, Rule::FailingFor(_)))
}

fn mentions(rule: &Rule, what: fn(&Rule) -> bool) -> bool {
    match rule {
        Rule::All(members) | Rule::Any(members) => members.iter().any(|member| mentions(member, what)),
        condition => what(condition),
    }
}

/// The same rule without nested groups of one kind and without duplicates, which `build()` refuses.
fn flat(rule: Rule) -> Rule {
    match rule {
        Rule::All(members) => group(members, Rule::All, |rule| match rule {
            Rule::All(inner) => inner,
            other => vec![other],
        }),
        Rule::Any(members) => group(members, Rule::Any, |rule| match rule {
            Rule::Any(inner) => inner,
            other => vec![other],
        }),
        condition => condition,
    }
}

fn group(members: Vec<Rule>, join: fn(Vec<Rule>) -> Rule, members_of: fn(Rule) -> Vec<Rule>) -> Rule {
    let mut distinct: Vec<Rule> = Vec::new();
    for member in members.into_iter().map(flat).flat_map(members_of) {
        if !distinct.contains(&member) {
            distinct.push(member);
        }
    }
    if distinct.len() == 1 { distinct.remove(0) } else { join(distinct) }
}
