//! What the stripes were opened to, and how much of what they have counted has been collected.

use super::stripes::{APART, ENTRIES, FIRST_ENTRIES, LARGEST, Logging, Stripe, Stripes};
use super::word::StateWord;

/// What the stripes were opened to, kept under the lock.
///
/// To collect is only to read. So a thread that records under the lock takes no stripe away from the others. The calls counted in one
/// season are all alike, so any order of them is the same, and a sum of stripes that are read one after the other was the true one at
/// some moment in between.
pub(crate) struct Grants {
    /// The word under which calls are counted: which of them, and of which generation.
    word: StateWord,
    /// How many of them have been collected in this season.
    collected: u64,
    /// The stripes that are open, a bit for each.
    open: u32,
    /// The stripes that counted anything in the last season, a bit for each.
    known: u32,
    /// How often any log was opened.
    fillings: u64,
    logs: [Log; APART],
}

/// A log: for how many failures it was opened last, and how many of them have been collected.
#[derive(Clone, Copy)]
struct Log {
    opened: u8,
    collected: u8,
}

/// What the stripes have counted or logged, in an order in which it can have happened.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    /// So many calls that are all alike.
    Alike(u64),
    /// A failure among successes.
    Failure,
}

/// How many times more calls a stripe may count than are missing, where bad ones come again and again.
const PERSISTENCE: u64 = 16;

impl Log {
    const NONE: Self = Self { opened: 0, collected: 0 };

    /// How many failures there are, or may yet be, that have not been collected.
    fn uncollected(self) -> u8 {
        self.opened - self.collected
    }
}

impl Grants {
    pub(super) const NONE: Self = Self {
        word: StateWord::NONE,
        collected: 0,
        open: 0,
        known: 0,
        fillings: 0,
        logs: [Log::NONE; APART],
    };

    /// The word under which calls are counted; [`StateWord::NONE`] if none are.
    pub(super) fn word(&self) -> StateWord {
        self.word
    }

    /// What has been counted since the last time is passed to `enter`.
    #[inline]
    pub(super) fn collect(&mut self, stripes: Stripes<'_>, mut enter: impl FnMut(Counted)) {
        if self.open == 0 {
            return;
        }
        if self.logs_are_open() {
            self.collect_logged(stripes, &mut enter);
        } else {
            let sum = self.sum(stripes, |_, stripe| stripe.counted());
            self.enter_until(sum, &mut enter);
        }
    }

    /// The same, and closes the stripes.
    ///
    /// Logs first: then no failure is logged that came before a success which is counted.
    pub(super) fn close(&mut self, stripes: Stripes<'_>, mut enter: impl FnMut(Counted)) {
        if self.open == 0 {
            return;
        }
        for (log, logging) in self.logging(stripes) {
            logging.close(usize::from(log.opened));
        }
        let used = self.used(stripes);
        let mut known = 0;
        let sum = self.sum(stripes, |number, stripe| {
            let counted = stripe.close();
            known |= u32::from(counted > 0) << number;
            counted
        });
        self.enter_logged(stripes, used, &mut enter);
        self.enter_until(sum, &mut enter);
        self.logging(stripes).for_each(|(_, logging)| logging.empty());
        *self = Self { fillings: self.fillings, known, ..Self::NONE };
        stripes.tell_open(0);
    }

    /// Collects from stripes with logs.
    ///
    /// What is collected must be complete: with each failure the successes before it, and with each success the failures before it. Between
    /// two looks at the logs by which no failure was added, the counts are complete, and the logs are, of these counts. No log is opened
    /// meanwhile, so there are only so many looks.
    #[inline(never)]
    fn collect_logged(&mut self, stripes: Stripes<'_>, enter: &mut impl FnMut(Counted)) {
        let mut used = self.used(stripes);
        let sum = loop {
            let sum = self.sum(stripes, |_, stripe| stripe.counted());
            let again = self.used(stripes);
            if used == again {
                break sum;
            }
            used = again;
        };
        self.enter_logged(stripes, used, enter);
        self.enter_until(sum, enter);
    }

    /// Enters the logged failures, `used` of each log, in order, each after the successes that it came after.
    fn enter_logged(&mut self, stripes: Stripes<'_>, used: [u8; APART], enter: &mut impl FnMut(Counted)) {
        let mut left =
            (0..APART).fold(0, |left, own| left | u32::from(self.logs[own].collected < used[own]) << own);
        while left != 0 {
            let next = |own: u32| {
                let place = usize::from(self.logs[own as usize].collected);
                stripes.logging(own + 1).map_or(0, |log| log.after(place))
            };
            let Some((after, own)) = bits(left).map(|own| (next(own), own)).min() else { return };
            self.enter_until(after, enter);
            enter(Counted::Failure);
            let log = &mut self.logs[own as usize];
            log.collected += 1;
            if log.collected == used[own as usize] {
                left &= !(1 << own);
            }
        }
    }

    fn enter_until(&mut self, sum: u64, enter: &mut impl FnMut(Counted)) {
        if sum > self.collected {
            enter(Counted::Alike(sum - self.collected));
            self.collected = sum;
        }
    }

    fn sum(&self, stripes: Stripes<'_>, mut counted: impl FnMut(u32, &Stripe) -> u64) -> u64 {
        bits(self.open).map(|number| counted(number, stripes.get(number))).sum()
    }

    fn logs_are_open(&self) -> bool {
        self.logs.iter().any(|log| log.uncollected() > 0)
    }

    fn logging<'a>(&self, stripes: Stripes<'a>) -> impl Iterator<Item = (Log, &'a Logging)> {
        let logs = (1_u32..).zip(self.logs).filter(|(_, log)| log.opened > 0);
        logs.filter_map(move |(number, log)| Some((log, stripes.logging(number)?)))
    }

    /// How many failures each log has.
    fn used(&self, stripes: Stripes<'_>) -> [u8; APART] {
        std::array::from_fn(|own| match self.logs[own] {
            Log { opened: 0, .. } => 0,
            Log { opened, .. } => {
                stripes.logging(own as u32 + 1).map_or(0, |log| log.used(usize::from(opened)) as u8)
            }
        })
    }

    /// Opens the stripe of this thread to so many calls of `word`, after which nothing is left to count, and with it those that will
    /// be used next.
    ///
    /// If it has counted as many as it might, and bad calls came meanwhile, so that only the last `in_a_row` were good, more will come. To
    /// come back here costs more than to count for a while, so it is allowed many more. If none came, it is allowed what is missing.
    pub(super) fn open(&mut self, stripes: Stripes<'_>, word: StateWord, number: u64, in_a_row: u64) {
        let own = 1 << stripes.own();
        if self.open & own != 0 {
            let times = if in_a_row < self.collected { PERSISTENCE } else { 1 };
            return stripes.get(stripes.own()).prolong(times.saturating_mul(number));
        }
        let some = if self.open == 0 { self.known | own } else { own };
        self.open_some(stripes, word, number, some);
    }

    /// Opens the stripe of this thread alone to exactly so many calls of `word`, or to so many more.
    pub(super) fn open_own(&mut self, stripes: Stripes<'_>, word: StateWord, number: u64) {
        let own = stripes.own();
        if self.open >> own & 1 == 1 {
            return stripes.get(own).prolong(number);
        }
        self.open_some(stripes, word, number, 1 << own);
    }

    fn open_some(&mut self, stripes: Stripes<'_>, word: StateWord, number: u64, some: u32) {
        debug_assert!(self.open == 0 || self.word == word, "one kind of calls at a time");
        self.word = word;
        self.open |= some;
        stripes.tell_open(self.open);
        bits(some).for_each(|stripe| stripes.get(stripe).open(word, number));
    }

    /// Whether the stripe of this thread can count no more before it is closed.
    pub(super) fn is_full(&self, stripes: Stripes<'_>) -> bool {
        let own = stripes.own();
        self.open >> own & 1 == 1 && stripes.get(own).counted() == LARGEST
    }

    /// How many failures there may be that are set aside for logs, and not collected; `None` if no log wants room.
    pub(super) fn failures_to_come(&self) -> Option<u32> {
        // The first stripe has no log.
        let mut logs = bits(self.open >> 1).map(|own| &self.logs[own as usize]);
        logs.any(|log| log.uncollected() == 0)
            .then(|| self.logs.iter().map(|log| u32::from(log.uncollected())).sum())
    }

    /// Makes room for failures in the logs of the open stripes that have none. `set_aside` is asked for how many.
    pub(super) fn open_logs(&mut self, stripes: Stripes<'_>, mut set_aside: impl FnMut(u32) -> u32) {
        for number in bits(self.open) {
            let Some(logging) = stripes.logging(number) else { continue };
            let log = &mut self.logs[number as usize - 1];
            // Otherwise there is room, or something to be collected.
            if log.uncollected() == 0 {
                let room = set_aside(if log.opened == 0 { FIRST_ENTRIES } else { ENTRIES } as u32);
                *log = Log { opened: room as u8, collected: 0 };
                if room > 0 {
                    self.fillings += 1;
                    logging.open(self.fillings, room as usize);
                }
            }
        }
    }
}

/// The numbers of the bits of a set, from the lowest.
fn bits(mut set: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let lowest = (set != 0).then(|| set.trailing_zeros())?;
        set &= set - 1;
        Some(lowest)
    })
}

/// Reading a breaker's metrics collects, so these tests read seldom.
#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use crate::engine::word::StateWord;
    use crate::window::Window;
    use crate::{CircuitBreaker, Clock, State, trip, window};

    struct Hand(Arc<AtomicU64>);

    impl Clock for Hand {
        fn now(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    /// Plays random calls to a breaker and to a plain list, `forget` saying what a list of `(time, failed)` forgets. `dated`: on a clock,
    /// without which a count window takes another way. `contended`: with a stripe for each thread.
    fn play(window: Window, dated: bool, seed: u64, forget: impl Fn(&mut VecDeque<(u64, bool)>, u64)) {
        let mut random = fastrand::Rng::with_seed(seed);
        let time = Arc::new(AtomicU64::new(0));
        let rule = trip::min(1) & trip::failure_rate(1.0) & trip::failure_streak(1_000);
        let breaker = CircuitBreaker::builder("played").window(window).trip(rule);
        let breaker = if dated { breaker.clock(Hand(time.clone())) } else { breaker };
        let breaker = breaker.build().expect("a sound configuration");
        let mut list = VecDeque::new();
        let mut streak = 0;
        let failing = random.f64() * 0.3;
        // Of some, failures come in runs.
        let run = if random.bool() { 80 } else { 1 };
        let (mut fails, mut left) = (false, 0);
        for step in 0..3_000 {
            if seed.is_multiple_of(3) && step == 1_500 {
                assert!(!breaker.breaker().stripes().part(), "this call takes the lock");
            }
            if left == 0 {
                fails = random.f64() < failing;
                left = random.u32(1..=run);
            }
            left -= 1;
            let now = time.load(Ordering::Relaxed);
            let failed = fails;
            let _ = breaker.call(|| if failed { Err(()) } else { Ok(()) });
            list.push_back((now, failed));
            streak = if failed { streak + 1 } else { 0 };
            forget(&mut list, now);
            if random.u8(..) < 5 {
                let metrics = breaker.metrics();
                let failures = list.iter().filter(|call| call.1).count();
                assert_eq!(
                    (metrics.total(), metrics.failures(), metrics.failure_streak()),
                    (list.len() as u64, failures as u64, streak),
                    "seed {seed}, step {step}"
                );
            }
            time.fetch_add(random.u64(..50), Ordering::Relaxed);
        }
    }

    #[test]
    fn a_count_window_agrees_with_a_list() {
        for seed in 0..60 {
            for size in [1, 2, 3, 63, 64, 65, 100, 128, 1_500] {
                play(window::count(size), seed % 2 == 0, seed, |list, _| {
                    list.drain(..list.len().saturating_sub(size));
                });
            }
        }
    }

    #[test]
    fn a_time_window_agrees_with_a_list() {
        for seed in 0..60 {
            play(window::time(Duration::from_secs(10)), true, seed, |list, now| {
                list.retain(|(then, _)| then / 1_000 + 10 > now / 1_000);
            });
        }
    }

    /// Which calls are counted cannot be told from outside, for that is the point of it. But it must not be lost.
    fn after(window: Window, rule: trip::Rule, outcomes: &str, clock: impl Clock) -> CircuitBreaker {
        let builder = CircuitBreaker::builder("counted").window(window).trip(rule).clock(clock);
        let breaker = builder.build().expect("a sound configuration");
        for outcome in outcomes.chars() {
            let call = breaker.acquire().expect("closed");
            if outcome == 'x' { call.failure() } else { call.success() }
        }
        breaker
    }

    fn word(breaker: &CircuitBreaker) -> StateWord {
        breaker.breaker().word()
    }

    #[test]
    fn a_full_count_window_counts_successes_until_all_others_are_gone() {
        let left = |size: usize, rule: trip::Rule, outcomes: &str| {
            let breaker = after(window::count(size), rule, outcomes, Hand(Arc::default()));
            let healthy = breaker.breaker().healthy.load(Ordering::Relaxed);
            let breaker = breaker.breaker();
            let left = (0..100).take_while(|_| breaker.stripes().count(breaker.word())).count();
            (healthy == breaker.word().0, left)
        };
        let rule = || trip::min(4) & trip::failure_rate(1.0);
        for (outcomes, expected) in [
            ("ooo", (false, 0)),
            ("oooo", (true, 0)),
            ("oooooooo", (true, 0)),
            ("xooo", (false, 1)),
            ("xoooo", (false, 0)),
            ("xooooo", (true, 0)),
            ("ooox", (false, 4)),
            ("oooxoo", (false, 2)),
            ("oooxoox", (false, 4)),
        ] {
            assert_eq!(left(4, rule(), outcomes), expected, "{outcomes}");
        }
        // An average changes with every call, and a slow rate with none of these.
        let average = trip::min(4) & trip::avg_latency(Duration::from_secs(1)) | rule();
        assert_eq!(left(4, average, "ooxo"), (false, 0));
        let slow = trip::min(4) & trip::slow_rate(1.0, Duration::from_secs(1)) | rule();
        assert_eq!(left(4, slow, "ooxo"), (false, 3));
    }

    #[test]
    fn failures_are_counted_while_calls_do_nothing_else_and_cannot_make_the_rule_hold() {
        let counts = |rule: trip::Rule, outcomes: &str| {
            let breaker = after(window::count(100), rule, outcomes, Hand(Arc::default()));
            breaker.breaker().stripes().count(word(&breaker).failures())
        };
        let far = || trip::failure_streak(100_000);
        assert!(counts(far(), &"x".repeat(16)));
        assert!(!counts(far(), &"x".repeat(15)), "they may come by chance");
        assert!(!counts(far(), &("x".repeat(16) + "o")), "the streak is over");
        assert!(!counts(trip::failure_streak(40), &"x".repeat(16)), "it may hold soon");
        let slow = trip::min(10) & trip::slow_rate(1.0, Duration::from_secs(1));
        assert!(!counts(far() | slow, &"x".repeat(16)), "each may be slow");
    }

    /// However many are counted, the rule holds exactly when it would if each were recorded.
    #[test]
    fn the_rule_holds_with_the_right_failure() {
        for streak in [16, 17, 64, 65, 80, 81, 100, 256, 1_000, 5_000] {
            let breaker =
                CircuitBreaker::builder("exact").trip(trip::failure_streak(streak)).build().expect("sound");
            for _ in 1..streak {
                breaker.acquire().expect("closed").failure();
            }
            assert_eq!((breaker.state(), breaker.metrics().failure_streak()), (State::Closed, streak - 1));
            breaker.acquire().expect("closed").failure();
            assert_eq!(breaker.state(), State::Open, "{streak}");
        }
    }

    #[test]
    fn a_time_window_counts_until_its_bucket_ends_once_the_minimum_is_reached() {
        let window = window::time(Duration::from_secs(10));
        let counts = |outcomes: &str, millis: u64| {
            let rule = trip::min(3) & trip::failure_rate(1.0);
            let breaker = after(window, rule, outcomes, Hand(Arc::new(AtomicU64::new(7_500))));
            let is_in_time = millis * 1_000_000 < breaker.breaker().counts_until.load(Ordering::Relaxed);
            is_in_time && breaker.breaker().stripes().count(word(&breaker))
        };
        assert!(counts("ooo", 7_500) && counts("xooo", 7_999) && counts("ooooo", 0) && counts("ooox", 7_500));
        assert!(!counts("ooo", 8_000), "the bucket is over");
        assert!(!counts("oo", 7_500), "one more may be what the rule waits for");
    }

    #[test]
    fn refusals_are_counted_in_the_state_that_refused() {
        let breaker = after(window::count(4), trip::failure_streak(2), "xx", Hand(Arc::default()));
        let open = word(&breaker);
        for refused in 0..3 {
            assert_eq!(breaker.snapshot().rejected, refused);
            assert!(breaker.acquire().is_err());
        }
        assert!(
            breaker.breaker().stripes().count(open.refusals()) && !breaker.breaker().stripes().count(open)
        );
        breaker.force_open();
        assert!(!breaker.breaker().stripes().count(open.refusals()) && breaker.snapshot().rejected == 0);
        assert!(breaker.acquire().is_err());
        assert_eq!(breaker.snapshot().rejected, 1);
        breaker.reset();
        assert_eq!(breaker.snapshot().rejected, 0);
    }
}
