//! The journals of a breaker's threads, under its lock.

use fluxgate_rules::Tally;

use super::journal::{self, Entered, Journal};
use super::stripes::{PLACES, Stripes, bits, place};
use super::window::headroom::Headroom;
use super::word::StateWord;

/// Which journals are open, kept under the lock.
///
/// All are closed at once, whenever the breaker looks at its calls, so what they have is complete: with each call the calls before it. And
/// all are opened at once, so that a thread seldom finds its own closed.
pub(crate) struct Journals {
    /// The journals that are open, a bit for each.
    open: u32,
    /// Those in which something was entered when they were last closed: their threads go on calling.
    known: u32,
    pace: Pace,
}

/// How fast calls come. Journals take memory, and so they are for calls that come so fast that the lock matters.
struct Pace {
    is_fast: bool,
    /// The calls since this time.
    since: u64,
    calls: u32,
}

impl Pace {
    /// After so many calls it is looked at, how long they took together.
    const CALLS: u32 = if cfg!(fluxgate_loom) { 1 } else { 16 };
    /// At most so many nanoseconds pass between two calls that come fast, on average.
    const FAST: u64 = if cfg!(fluxgate_loom) { u64::MAX } else { 10_000 };

    fn count(&mut self, calls: u32, now: u64) {
        self.calls = self.calls.saturating_add(calls);
        if self.calls >= Self::CALLS {
            self.is_fast = now.saturating_sub(self.since) <= u64::from(self.calls).saturating_mul(Self::FAST);
            (self.since, self.calls) = (now, 0);
        }
    }
}

/// What is left of the calls in closed journals, read backwards: the one that ended last comes first.
pub(super) struct Calls<'a> {
    /// The journal that is being read.
    current: journal::Calls<'a>,
    /// Since when no call in another one ended.
    since: u64,
    /// The other ones of which there is anything left, a bit for each.
    others: u32,
    journals: [journal::Calls<'a>; PLACES],
}

impl<'a> Calls<'a> {
    const NONE: Self =
        Self { current: journal::Calls::NONE, since: 0, others: 0, journals: [journal::Calls::NONE; PLACES] };

    /// Adds what is in the journal of this number.
    fn add(&mut self, number: u32, calls: journal::Calls<'a>) {
        self.others |= u32::from(calls.end().is_some()) << number;
        self.journals[place(number)] = calls;
    }

    /// Goes on with the journal whose last call ended last.
    #[inline]
    fn turn(&mut self) {
        if let Some((_, number)) = self.latest() {
            let next = &mut self.journals[place(number)];
            std::mem::swap(&mut self.current, next);
            if next.end().is_none() {
                self.others &= !(1 << number);
            }
            self.since = self.latest().map_or(0, |(end, _)| end);
        }
    }

    /// Of the other journals, the one whose last call ended last, and when.
    #[inline]
    fn latest(&self) -> Option<(u64, u32)> {
        bits(self.others).filter_map(|number| Some((self.journals[place(number)].end()?, number))).max()
    }
}

impl Iterator for Calls<'_> {
    type Item = Entered;

    #[inline]
    fn next(&mut self) -> Option<Entered> {
        if self.current.end().is_none_or(|end| end < self.since) {
            self.turn();
        }
        self.current.next()
    }
}

impl Journals {
    pub(super) const NONE: Self =
        Self { open: 0, known: 0, pace: Pace { is_fast: false, since: 0, calls: 0 } };

    #[inline]
    pub(super) fn are_any_open(&self) -> bool {
        self.open != 0
    }

    /// Closes the journals. Returns what is left of the shares for which they were opened, and their calls.
    pub(super) fn close<'a>(&mut self, stripes: Stripes<'a>) -> (Headroom, Tally, Calls<'a>) {
        let (mut unused, mut tally, mut calls) = (Headroom::NONE, Tally::EMPTY, Calls::NONE);
        for (number, journal) in journals(std::mem::take(&mut self.open), stripes) {
            let closed = journal.close();
            unused.take_back(closed.unused);
            tally += closed.tally;
            calls.add(number, closed.calls);
        }
        self.pace.calls = self.pace.calls.saturating_add(tally.total as u32);
        self.known = calls.others;
        (unused, tally, calls)
    }

    /// After a call that ended at `now`: opens the journal of this thread if calls come fast, and, if they go `together`, those of the
    /// threads that go on calling. `share`: what each of so many is opened for.
    pub(super) fn open(
        &mut self,
        stripes: Stripes<'_>,
        word: StateWord,
        now: u64,
        together: bool,
        share: impl FnOnce(u32) -> Option<Headroom>,
    ) {
        self.pace.count(1, now);
        if !self.pace.is_fast {
            return;
        }
        if stripes.number() == 0 {
            stripes.part();
        }
        let number = stripes.number();
        let own = stripes.of_thread(number).filter(|own| own.is_of_this_thread());
        let own = own.map_or(0, |own| {
            own.make_journal();
            1 << number
        });
        let wanted = if together { self.known | own } else { own };
        if let Some(share) = share(wanted.count_ones()) {
            journals(wanted, stripes).for_each(|(_, journal)| journal.open(word, share));
            self.open = wanted;
        }
    }
}

/// The journals of this set of stripes, each with the number of its stripe.
fn journals(set: u32, stripes: Stripes<'_>) -> impl Iterator<Item = (u32, &Journal)> {
    bits(set).filter_map(move |number| Some((number, stripes.of_thread(number)?.journal()?)))
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use std::collections::VecDeque;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use super::{Calls, Entered, Headroom, Journal, PLACES, StateWord};
    use crate::engine::word::{Needs, Timing};
    use crate::{CircuitBreaker, Clock, trip, window};

    const WORD: StateWord =
        StateWord::first(Needs { timing: Timing::Average, dated: true, tracked: false }).used();

    #[test]
    fn calls_of_many_journals_are_read_from_the_last_to_end_to_the_first() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            let opened = |_| {
                let journal = Journal::closed();
                journal.open(WORD, Headroom { bad: 999, latency: 9_999 });
                journal
            };
            let journals: Vec<_> = (0..random.usize(1..=PLACES)).map(opened).collect();
            let (mut end, mut entered) = (0, Vec::new());
            for _ in 0..random.usize(..300) {
                end += random.u64(1..9);
                let call = Entered { failed: random.bool(), nanos: random.u64(..50), end };
                if journals[random.usize(..journals.len())].enter(WORD, call) {
                    entered.push(call);
                }
            }
            let mut calls = Calls::NONE;
            for (place, journal) in journals.iter().enumerate() {
                calls.add(place as u32 + 1, journal.close().calls);
            }
            entered.reverse();
            assert_eq!(calls.collect::<Vec<_>>(), entered);
        }
    }

    #[derive(Clone, Default)]
    struct Hand(Arc<AtomicU64>);

    impl Clock for Hand {
        fn now(&self) -> Duration {
            Duration::from_nanos(self.0.load(Ordering::Relaxed))
        }
    }

    fn averaging(size: usize) -> crate::Builder {
        CircuitBreaker::builder("journals")
            .window(window::count(size))
            .trip(trip::min(1) & trip::avg_latency(Duration::from_secs(9)))
    }

    fn is_entered(breaker: &CircuitBreaker) -> bool {
        let breaker = breaker.breaker();
        breaker.stripes().enter(breaker.word(), Entered { failed: false, nanos: 0, end: 0 })
    }

    #[test]
    fn journals_are_opened_while_calls_come_fast() {
        for (step, is_fast) in [(0, true), (10_000, true), (11_000, false), (1_000_000, false)] {
            let time = Hand::default();
            let breaker = averaging(100).clock(time.clone()).build().expect("sound");
            for nth in 1..=60 {
                time.0.fetch_add(step, Ordering::Relaxed);
                breaker.acquire().expect("closed").success();
                assert_eq!(is_entered(&breaker), is_fast && nth >= 16, "call {nth} after {step} ns each");
            }
        }
    }

    /// Calls of two threads that take turns, beside a list of them. By a clock that is moved by hand, each takes less than so long.
    fn take_turns(breaker: &CircuitBreaker, size: usize, time: Option<(&Hand, u64)>, seed: u64) {
        let mut random = fastrand::Rng::with_seed(seed);
        let longest = time.map_or(1, |(_, longest)| longest);
        let run = |calls: Vec<(bool, u64)>| {
            for (failed, nanos) in calls {
                let call = breaker.acquire().expect("closed");
                if let Some((time, _)) = time {
                    time.0.fetch_add(nanos, Ordering::Relaxed);
                }
                if failed { call.failure() } else { call.success() }
            }
        };
        std::thread::scope(|scope| {
            let (order, orders) = mpsc::channel();
            let (tell, told) = mpsc::channel();
            scope.spawn(move || {
                for calls in orders {
                    run(calls);
                    tell.send(()).expect("it is waited for");
                }
            });
            let (mut list, mut streak) = (VecDeque::new(), 0);
            for turn in 0..200 {
                let calls: Vec<_> =
                    (0..random.usize(1..40)).map(|_| (random.u8(..) < 60, random.u64(..longest))).collect();
                list.extend(calls.iter().copied());
                streak =
                    calls.iter().fold(streak, |streak, (failed, _)| if *failed { streak + 1 } else { 0 });
                list.drain(..list.len().saturating_sub(size));
                if random.bool() {
                    run(calls);
                } else {
                    order.send(calls).expect("it runs");
                    told.recv().expect("it runs");
                }
                // To look closes the journals.
                if random.u8(..) < 40 {
                    let metrics = breaker.metrics();
                    let failures = list.iter().filter(|call| call.0).count() as u64;
                    assert_eq!(
                        (metrics.total(), metrics.failures(), metrics.failure_streak()),
                        (list.len() as u64, failures, streak),
                        "seed {seed}, turn {turn}"
                    );
                    if time.is_some() {
                        let mean = list.iter().map(|call| call.1).sum::<u64>() / list.len() as u64;
                        assert_eq!(metrics.avg_latency(), Some(Duration::from_nanos(mean)));
                    }
                }
            }
        });
    }

    #[test]
    fn calls_of_threads_that_take_turns_are_in_their_order() {
        for seed in 0..20 {
            for size in [1, 2, 30, 100, 500] {
                take_turns(&averaging(size).build().expect("sound"), size, None, seed);
                // Where it stands still, nothing but the threads tells the order.
                for longest in [1, 100] {
                    let time = Hand::default();
                    let breaker = averaging(size).clock(time.clone()).build().expect("sound");
                    take_turns(&breaker, size, Some((&time, longest)), seed);
                }
            }
        }
    }
}
