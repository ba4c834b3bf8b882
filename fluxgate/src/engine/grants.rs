//! What the stripes were opened to, and how much of what they have counted has been collected.

use super::log::{ENTRIES, FIRST_ENTRIES, Log};
use super::stripes::{LARGEST, OwnStripe, PLACES, Stripes};
use super::word::StateWord;

/// What the stripes were opened to, kept under the lock.
///
/// To collect is only to read. So a thread that records under the lock takes no stripe away from the others. The calls counted in one
/// season are all alike, so any order of them is the same, and a sum of stripes that are read one after the other was the true one at
/// some moment in between.
///
/// Methods take the breaker's `current` word.
pub(crate) struct Grants {
    /// The word under which calls are counted: which of them, and of which generation.
    word: StateWord,
    /// The last success that has been collected. They are numbered from the beginning of the generation, but without those of
    /// earlier seasons that threads did not count by themselves.
    last: u64,
    /// How many other calls have been collected in this season, and how many their stripes began with.
    others: u64,
    /// The stripes that are open, a bit for each.
    open: u32,
    /// The stripes whose threads count successes of this generation by themselves, or have.
    own: u32,
    /// The stripes that were open in the last season.
    known: u32,
    /// The logs in which there is a failure that has not been collected, or may be.
    logging: u32,
    /// How often threads came back for more since the breaker was last healthy, as far as that matters.
    returns: u32,
    /// How often any log was opened.
    fillings: u64,
    /// For how many failures each log was opened last. Here, and not in the log, whose cache lines are its thread's.
    opened: [u8; PLACES],
    /// How many of them have been collected.
    collected: [u8; PLACES],
    /// How many successes were stored after the end of their generation, but for those that stripes still tell.
    too_late: u64,
}

/// What the stripes have counted or logged, in an order in which it can have happened.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    Successes(u64),
    Failures(u64),
    Refusals(u64),
}

/// What successes are counted for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// After so many, there may be nothing left to count. So a thread that ends the breaker's health is allowed these, and then looks. If
    /// there is still something, bad calls come again and again, or another thread is going to look. To come back costs more than to count
    /// for a while, so it is allowed twice as many each time, and gets a stripe of its own.
    pub(super) missing: u64,
    pub(super) ends_health: bool,
    /// One of them may be late, so a thread may count them by itself: the window is one of calls, which never has fewer of them than
    /// before, and the breaker does not tell of each how it ended.
    pub(super) may_be_late: bool,
}

/// What all stripes have counted.
#[derive(Clone, Copy)]
struct Sums {
    /// In this season, on stripes that are open.
    counted: u64,
    /// In this generation, by threads on stripes of their own.
    own: u64,
}

impl Grants {
    pub(super) const NONE: Self = Self {
        word: StateWord::NONE,
        last: 0,
        others: 0,
        open: 0,
        own: 0,
        known: 0,
        logging: 0,
        returns: 0,
        fillings: 0,
        opened: [0; PLACES],
        collected: [0; PLACES],
        too_late: 0,
    };

    /// The word under which calls are counted; [`StateWord::NONE`] if none are.
    pub(super) fn word(&self) -> StateWord {
        self.word
    }

    /// What has been counted since the last time is passed to `enter`.
    #[inline]
    pub(super) fn collect(
        &mut self,
        stripes: Stripes<'_>,
        current: StateWord,
        mut enter: impl FnMut(Counted),
    ) {
        if self.logging != 0 {
            self.collect_logged(stripes, current, &mut enter);
        } else if self.open | self.own != 0 {
            let sums = self.sums(stripes, current);
            self.enter(current, sums, &mut enter);
        }
    }

    /// The same, and closes the logs: the breaker may be healthy.
    pub(super) fn close_logs(
        &mut self,
        stripes: Stripes<'_>,
        current: StateWord,
        mut enter: impl FnMut(Counted),
    ) {
        if self.logging != 0 {
            let used = self.take_rooms_back(stripes);
            let sums = self.sums(stripes, current);
            self.enter_all(stripes, current, used, sums, &mut enter);
        }
    }

    /// The same, and closes the stripes, too.
    pub(super) fn close(&mut self, stripes: Stripes<'_>, current: StateWord, mut enter: impl FnMut(Counted)) {
        if self.open == 0 {
            return self.collect(stripes, current, enter);
        }
        let used = self.take_rooms_back(stripes);
        stripes.tell_counting(0);
        let counted = bits(self.open).map(|number| stripes.get(number).close()).sum();
        let sums = Sums { counted, own: self.own_successes(stripes, current) };
        self.enter_all(stripes, current, used, sums, &mut enter);
        let Self { own, returns, fillings, too_late, open: known, .. } = *self;
        *self = Self { own, known, returns, fillings, too_late, last: sums.own, ..Self::NONE };
    }

    pub(super) fn are_any_open(&self) -> bool {
        self.open != 0
    }

    /// Ends the generation, whose stripes are closed. What threads have stored since they were last collected is too late, and so is what
    /// they have yet to store.
    pub(super) fn end(&mut self, stripes: Stripes<'_>, current: StateWord) {
        let own = bits(self.own).filter_map(|number| stripes.of_thread(number));
        let successes: u64 = own.map(|own| own.end(current)).sum();
        self.too_late += successes.saturating_sub(self.last);
    }

    /// How many successes threads have counted by themselves that came too late for their generation.
    pub(super) fn too_late(&self, stripes: Stripes<'_>, current: StateWord) -> u64 {
        self.too_late + stripes.of_threads().map(|own| own.too_late(current)).sum::<u64>()
    }

    /// Closes the logs. Returns how many failures each of them has, of which none came before a success that is counted only now.
    fn take_rooms_back(&mut self, stripes: Stripes<'_>) -> [u8; PLACES] {
        logs(self.logging, stripes).for_each(|(number, log)| log.close(self.opened[place(number)]));
        let used = self.used(stripes);
        for number in bits(self.logging) {
            self.opened[place(number)] = used[place(number)];
            if self.uncollected(number) == 0 {
                self.logging &= !(1 << number);
            }
        }
        used
    }

    /// Collects from stripes with logs.
    ///
    /// What is collected must be complete: with each failure the successes before it, and with each success the failures before it. Between
    /// two looks at the logs by which no failure was added, the counts are complete, and the logs are, of these counts. No log is opened
    /// meanwhile, so there are only so many looks.
    #[inline(never)]
    fn collect_logged(&mut self, stripes: Stripes<'_>, current: StateWord, enter: &mut impl FnMut(Counted)) {
        let mut used = self.used(stripes);
        let sums = loop {
            let sums = self.sums(stripes, current);
            let again = self.used(stripes);
            if used == again {
                break sums;
            }
            used = again;
        };
        self.enter_all(stripes, current, used, sums, enter);
    }

    /// Enters the logged failures, `used` of each log, in order, each after the successes that it came after; and then all other calls.
    fn enter_all(
        &mut self,
        stripes: Stripes<'_>,
        current: StateWord,
        used: [u8; PLACES],
        sums: Sums,
        enter: &mut impl FnMut(Counted),
    ) {
        let all = sums.counted + sums.own;
        let is_left = |grants: &Self, number: u32| grants.collected[place(number)] < used[place(number)];
        let mut left = logs(self.logging, stripes)
            .fold(0, |set, (number, _)| set | u32::from(is_left(self, number)) << number);
        while left != 0 {
            let after = |number: u32, log: &Log| {
                let since = log.since(self.collected[place(number)], self.last);
                since.map_or(all, |since| all.min(self.last + since))
            };
            let next = logs(left, stripes).map(|(number, log)| (after(number, log), number));
            let Some((after, number)) = next.min_by_key(|(after, _)| *after) else { break };
            self.enter_until(after, enter);
            enter(Counted::Failures(1));
            self.collected[place(number)] += 1;
            if self.uncollected(number) == 0 {
                self.logging &= !(1 << number);
            }
            if !is_left(self, number) {
                left &= !(1 << number);
            }
        }
        self.enter(current, sums, enter);
    }

    /// Enters what has been counted. Successes first: others are counted only while no success can change what follows from them, or
    /// late ones come before them.
    fn enter(&mut self, current: StateWord, sums: Sums, enter: &mut impl FnMut(Counted)) {
        if self.word == current {
            return self.enter_until(sums.counted + sums.own, enter);
        }
        self.enter_until(sums.own, enter);
        if sums.counted > self.others {
            let count = sums.counted - self.others;
            let are_failures = self.word == current.failures();
            enter(if are_failures { Counted::Failures(count) } else { Counted::Refusals(count) });
            self.others = sums.counted;
        }
    }

    fn enter_until(&mut self, success: u64, enter: &mut impl FnMut(Counted)) {
        if success > self.last {
            enter(Counted::Successes(success - self.last));
            self.last = success;
        }
    }

    fn sums(&self, stripes: Stripes<'_>, current: StateWord) -> Sums {
        let counted = bits(self.open).map(|number| stripes.get(number).counted()).sum();
        Sums { counted, own: self.own_successes(stripes, current) }
    }

    fn own_successes(&self, stripes: Stripes<'_>, current: StateWord) -> u64 {
        let own = bits(self.own).filter_map(|number| stripes.of_thread(number));
        own.map(|own| own.successes(current)).sum()
    }

    /// How many failures there are in a log, or may yet be, that have not been collected.
    fn uncollected(&self, number: u32) -> u8 {
        self.opened[place(number)] - self.collected[place(number)]
    }

    /// How many failures each log has.
    fn used(&self, stripes: Stripes<'_>) -> [u8; PLACES] {
        let mut used = [0; PLACES];
        for (number, log) in logs(self.logging, stripes) {
            used[place(number)] = log.used(self.opened[place(number)]);
        }
        used
    }

    /// Lets successes of the `current` word be counted by the stripe of this thread, and by those that will be used next.
    pub(super) fn open(&mut self, stripes: Stripes<'_>, current: StateWord, wanted: Wanted) {
        let Wanted { missing, ends_health, .. } = wanted;
        let own = stripes.number();
        if self.open >> own & 1 == 0 {
            let others = if self.open == 0 { self.known } else { 0 };
            return self.open_some(stripes, current, wanted, others | 1 << own);
        }
        let of_thread = stripes.of_thread(own).filter(|own| wanted.may_be_late && own.counts(current));
        let is_at_limit = of_thread.map_or_else(|| stripes.get(own).is_at_limit(), OwnStripe::is_at_limit);
        if !ends_health && !is_at_limit {
            return;
        }
        self.returns = if ends_health { 0 } else { (self.returns + 1).min(16) };
        let number = missing.saturating_mul(1 << self.returns);
        of_thread.map_or_else(|| stripes.get(own).allow(number), |own| own.allow(number));
        if !ends_health && own == 0 && wanted.may_be_late {
            stripes.part();
            self.open_some(stripes, current, wanted, 1 << stripes.number());
        }
    }

    /// Opens the stripe of this thread alone to exactly so many calls of `word`, or to so many more. They are no successes, and what there
    /// was has been collected.
    pub(super) fn open_to_others(&mut self, stripes: Stripes<'_>, word: StateWord, number: u64) {
        let own = stripes.number();
        let stripe = stripes.get(own);
        if self.open >> own & 1 == 1 {
            self.others -= stripe.set_back(number.min(self.others));
        } else {
            self.word = word;
            self.open |= 1 << own;
            self.others += stripe.open_to_exactly(word, number);
        }
    }

    fn open_some(&mut self, stripes: Stripes<'_>, current: StateWord, wanted: Wanted, some: u32) {
        if !bits(self.own).filter_map(|own| stripes.of_thread(own)).all(|own| own.counts(current)) {
            // Another generation, of which nothing has been counted.
            (self.own, self.last) = (0, 0);
        }
        self.word = current;
        self.open |= some;
        for number in bits(some) {
            if let Some(own) = stripes.of_thread(number) {
                if wanted.may_be_late {
                    self.too_late += own.begin(current);
                }
                let counts = own.counts(current);
                self.own |= u32::from(counts) << number;
                own.allow(if counts && wanted.may_be_late { wanted.missing } else { 0 });
            }
        }
        stripes.tell_counting(self.open | self.own);
        bits(some).for_each(|number| stripes.get(number).open(current, wanted.missing));
    }

    /// Whether the stripe of this thread can count no more before it is closed.
    pub(super) fn is_full(&self, stripes: Stripes<'_>) -> bool {
        let own = stripes.number();
        self.open >> own & 1 == 1 && stripes.get(own).counted() == LARGEST
    }

    /// How many failures there may be that are set aside for logs, and not collected; `None` if this thread has no log, or one with room.
    pub(super) fn failures_to_come(&self, stripes: Stripes<'_>) -> Option<u32> {
        let set_aside = || bits(self.logging).map(|number| u32::from(self.uncollected(number))).sum();
        self.without_room(stripes).is_some().then(set_aside)
    }

    /// The stripe of this thread, if it is open, and there is neither room in its log, nor something to be collected.
    fn without_room<'a>(&self, stripes: Stripes<'a>) -> Option<(u32, &'a OwnStripe)> {
        let number = stripes.number();
        let is_open = (self.open & !self.logging) >> number & 1 == 1;
        let own = stripes.of_thread(number).filter(|own| is_open && own.is_of_this_thread());
        own.map(|own| (number, own))
    }

    /// Makes room for failures in the log of this thread, if it has none. `set_aside` is asked for how many.
    pub(super) fn open_log(&mut self, stripes: Stripes<'_>, set_aside: impl FnOnce(u32) -> u32) {
        if let Some((number, own)) = self.without_room(stripes) {
            let log = own.make_log();
            let opened = &mut self.opened[place(number)];
            let room = set_aside(if *opened > 0 { ENTRIES } else { FIRST_ENTRIES } as u32);
            *opened = room as u8;
            if room > 0 {
                self.collected[place(number)] = 0;
                self.logging |= 1 << number;
                self.fillings += 1;
                log.open(self.fillings, room);
            }
        }
    }
}

/// The logs of this set of stripes, each with the number of its stripe.
fn logs(set: u32, stripes: Stripes<'_>) -> impl Iterator<Item = (u32, &Log)> {
    bits(set).filter_map(move |number| Some((number, stripes.of_thread(number)?.log()?)))
}

/// The place of the stripe of this number, which is a thread's.
fn place(number: u32) -> usize {
    number as usize - 1
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
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use crate::engine::word::StateWord;
    use crate::window::Window;
    use crate::{Call, Changes, CircuitBreaker, Clock, State, trip, window};

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
                breaker.breaker().stripes().part();
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
            let left = (0..100).take_while(|_| breaker.stripes().count_success(breaker.word())).count();
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

    #[test]
    fn successes_of_each_generation_are_counted_from_the_first_on() {
        let breaker = after(window::count(10), trip::failure_streak(50), "", Hand(Arc::default()));
        breaker.breaker().stripes().part();
        let calls = |outcomes: &str| {
            for outcome in outcomes.chars() {
                let call = breaker.acquire().expect("closed");
                if outcome == 'x' { call.failure() } else { call.success() }
            }
            let metrics = breaker.metrics();
            (metrics.total(), metrics.failures(), metrics.failure_streak())
        };
        let rule = |streak: u32| breaker.reconfigure(&Changes::new().trip(trip::failure_streak(streak)));
        assert_eq!(calls("xoooox"), (6, 2, 1));
        rule(60).expect("sound");
        assert_eq!(calls("oox"), (9, 3, 1), "the window is kept");
        breaker.reset();
        assert_eq!(calls("xoo"), (3, 1, 0));
        rule(70).expect("sound");
        breaker.reset();
        assert_eq!(calls("xooooooooo"), (10, 1, 0));
        assert_eq!(calls("x"), (10, 1, 1));
    }

    #[test]
    fn a_failure_of_an_earlier_generation_is_not_logged_in_this_one() {
        let breaker = after(window::count(10), trip::failure_streak(50), "", Hand(Arc::default()));
        breaker.breaker().stripes().part();
        let earlier = breaker.acquire().expect("closed");
        breaker.reset();
        let call = |failed| {
            let call = breaker.acquire().expect("closed");
            if failed { call.failure() } else { call.success() }
        };
        [true, false, false].into_iter().for_each(call);
        assert!(breaker.breaker().stripes().log(word(&breaker)), "there is room in the log");
        earlier.failure();
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.metrics.total(), snapshot.metrics.failures(), snapshot.late), (4, 2, 1));
    }

    #[test]
    fn each_thread_that_comes_when_there_are_stripes_gets_one() {
        let breaker = after(window::count(10), trip::failure_streak(50), "xo", Hand(Arc::default()));
        breaker.breaker().stripes().part();
        let other = || {
            breaker.acquire().expect("closed").success();
            assert!(breaker.breaker().stripes().count_success(word(&breaker)), "without the lock");
        };
        std::thread::scope(|scope| scope.spawn(other).join()).expect("no panic");
        assert_eq!(breaker.metrics().total(), 4);
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

    /// The same of two threads, which take turns.
    #[test]
    fn the_rule_holds_with_the_right_failure_of_two_threads() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            let most = random.u32(20..200);
            let builder = CircuitBreaker::builder("exact").window(window::count(100_000));
            let breaker = &builder.trip(trip::failures(most)).build().expect("sound");
            breaker.breaker().stripes().part();
            let fail = |failures: u32| {
                (0..failures).for_each(|_| breaker.acquire().expect("closed").failure());
                let _ = breaker.acquire().map(Call::success);
            };
            std::thread::scope(|scope| {
                let (order, orders) = mpsc::channel();
                let (tell, told) = mpsc::channel();
                scope.spawn(move || {
                    for failures in orders {
                        fail(failures);
                        tell.send(()).unwrap();
                    }
                });
                let mut left = most;
                while left > 0 {
                    assert_eq!(breaker.state(), State::Closed, "{left} of {most} are left");
                    let failures = random.u32(1..=left.min(9));
                    left -= failures;
                    if random.bool() {
                        fail(failures);
                    } else {
                        order.send(failures).unwrap();
                        told.recv().unwrap();
                    }
                }
                assert_eq!(breaker.state(), State::Open, "{most}");
            });
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
