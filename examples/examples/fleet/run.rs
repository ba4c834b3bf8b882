//! One outage of a fleet, call by call.

use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use fluxgate::testing::{ManualClock, seed};
use fluxgate::{Call, CircuitBreaker, Outcome, State, Transition};

use crate::design::{Breakers, Design};
use crate::service::{BEGIN, END, HEALTHY, SHARDS, answer};

/// The steps of time.
const STEP: Duration = Duration::from_millis(10);
/// Between two calls of an instance, in steps: ten calls a second.
const GAPS: std::ops::RangeInclusive<usize> = 5..=15;
/// When everything ends.
const LENGTH: Duration = Duration::from_secs(112);
/// The length of the spans among which the busiest is found.
const SPAN: Duration = Duration::from_millis(100);

/// The results.
#[derive(Debug, Default)]
pub struct Run {
    /// Calls that were sent.
    pub sent: u64,
    /// Those of them that the outage hit.
    pub hit: u64,
    /// Refused calls that the outage would have hit.
    pub spared: u64,
    /// Refused calls that would have succeeded.
    pub refused_healthy: u64,
    /// The most calls sent to the failing part within a tenth of a second, once all breakers had opened.
    pub busiest: u64,
    /// How many of the affected breakers opened.
    pub opened: u64,
    /// How long after the start of the outage the last of them opened.
    pub open_after: Option<Duration>,
    /// How long after its end the last one closed.
    pub closed_after: Option<Duration>,
}

/// What the breakers report.
#[derive(Default)]
struct Heard {
    now: AtomicU64,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    opened: u64,
    last_opening: Option<Duration>,
    last_closing: Option<Duration>,
}

impl Heard {
    /// A listener for one breaker.
    fn listener(self: &Arc<Self>) -> impl Fn(&Transition) + Send + Sync + 'static {
        let (heard, has_opened) = (self.clone(), AtomicU64::new(0));
        move |transition: &Transition| {
            let now = Duration::from_nanos(heard.now.load(Relaxed));
            let mut log = heard.log.lock().expect("nobody panics");
            if transition.to == State::Open && has_opened.swap(1, Relaxed) == 0 {
                log.opened += 1;
                log.last_opening = Some(now);
            }
            if transition.to == State::Closed {
                log.last_closing = Some(now);
            }
        }
    }
}

/// A running call.
struct Running<'a> {
    end: Duration,
    /// `None` without a breaker.
    call: Option<Call<'a>>,
    is_success: bool,
}

impl Run {
    pub fn of(design: &Design) -> Self {
        seed(1);
        let (clock, heard) = (ManualClock::new(), Arc::new(Heard::default()));
        let breakers: Vec<_> = (0..design.count())
            .map(|_| design.builder(&clock).listener(heard.listener()).build().expect("sound settings"))
            .collect();
        // The windows are as after a healthy day.
        for breaker in &breakers {
            (0..design.window).for_each(|_| breaker.record(Outcome::Success, HEALTHY));
        }
        let mut run = Self::default();
        run.simulate(design, &breakers, &clock, &heard);
        let log = heard.log.lock().expect("nobody panics");
        run.opened = log.opened;
        run.open_after = log
            .last_opening
            .filter(|_| log.opened == design.affected())
            .map(|last| last.saturating_sub(BEGIN));
        let all_are_closed = breakers.iter().all(|breaker| breaker.state() == State::Closed);
        run.closed_after = log.last_closing.filter(|_| all_are_closed).map(|last| last.saturating_sub(END));
        run
    }

    fn simulate(&mut self, design: &Design, breakers: &[CircuitBreaker], clock: &ManualClock, heard: &Heard) {
        let mut random = Rng::with_seed(1);
        // Instances by the step of their next call, in a ring.
        let mut due: Vec<Vec<u32>> = vec![Vec::new(); GAPS.end() + 1];
        for instance in 0..design.instances {
            due[random.usize(GAPS)].push(instance);
        }
        // In the order in which they end, since all calls of one kind take equally long.
        let mut running = [VecDeque::<Running<'_>>::new(), VecDeque::new()];
        let (mut span, mut sent_in_span) = (Duration::ZERO, 0);
        for step in 0.. {
            let now = STEP * step;
            if now > LENGTH {
                break;
            }
            clock.advance(if step == 0 { Duration::ZERO } else { STEP });
            heard.now.store(u64::try_from(now.as_nanos()).expect("three minutes"), Relaxed);
            for queue in &mut running {
                while queue.front().is_some_and(|first| first.end <= now)
                    && let Some(Running { call, is_success, .. }) = queue.pop_front()
                {
                    let outcome = if is_success { Outcome::Success } else { Outcome::Failure };
                    if let Some(call) = call {
                        call.record(outcome);
                    }
                }
            }
            if now >= span + SPAN {
                (span, sent_in_span) = (now, 0);
            }
            let is_all_open = {
                let log = heard.log.lock().expect("nobody panics");
                log.opened > 0 && now < END && now > log.last_opening.unwrap_or_default() + SPAN
            };
            let slot = step as usize % due.len();
            for instance in std::mem::take(&mut due[slot]) {
                let gap = random.usize(GAPS);
                let next = (slot + gap) % due.len();
                due[next].push(instance);
                let shard = random.u32(0..SHARDS);
                // The request takes time to reach the breaker, and the permit to return; times are those of the breaker.
                let answer = answer(design.outage, shard, now + design.delay());
                let admitted = match design.breakers {
                    Breakers::None => Ok(None),
                    _ => breakers[design.index(instance, shard)].acquire().map(Some),
                };
                match admitted {
                    Ok(call) => {
                        self.sent += 1;
                        self.hit += u64::from(answer.is_bad());
                        if is_all_open && answer.is_bad() {
                            sent_in_span += 1;
                            self.busiest = self.busiest.max(sent_in_span);
                        }
                        let end = now + answer.takes + 2 * design.delay();
                        let kind = usize::from(answer.is_bad());
                        running[kind].push_back(Running { end, call, is_success: answer.is_success });
                    }
                    Err(_) if answer.is_bad() => self.spared += 1,
                    Err(_) => self.refused_healthy += 1,
                }
            }
        }
    }
}
