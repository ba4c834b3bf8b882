//! What the stripes were opened to, and how much of what they counted has been collected.

use super::ledger::Ledger;
use super::log::{ENTRIES, FIRST_ENTRIES, Log};
use super::stripe::LARGEST;
use super::stripes::{OwnStripe, PLACES, Stripes, bits, place};
use super::word::StateWord;

/// What the stripes were opened to. Guarded by the lock.
///
/// Collecting only reads, so a thread that records under the lock takes no stripe away from the others. All calls counted in one
/// season are alike, so their order does not matter, and a sum of stripes read one after the other was the true sum at some moment
/// in between.
///
/// Methods take the breaker's `current` word.
pub(crate) struct Grants {
    /// The word under which calls are counted, which contains their kind and generation.
    word: StateWord,
    /// The number of the last success collected. They are numbered from the beginning of the generation, without those of earlier
    /// seasons that threads did not count by themselves.
    last: u64,
    /// How many calls of other kinds have been collected in this season, including the counts that their stripes started with.
    others: u64,
    /// The open stripes, a bit for each.
    open: u32,
    /// The stripes whose threads count successes of this generation by themselves, or have done so.
    own: u32,
    /// The stripes that were open in the last season.
    known: u32,
    /// The logs that hold, or may hold, an uncollected failure.
    logging: u32,
    /// How often threads have come back for more since the breaker was last healthy, up to a maximum.
    returns: u32,
    /// How many times logs have been opened.
    fillings: u64,
    /// For how many failures each log was last opened. Here rather than in the log, whose cache lines are its thread's.
    opened: [u8; PLACES],
    /// How many of them have been collected.
    collected: [u8; PLACES],
    /// How many successes were stored after the end of their generation, apart from those still visible in the stripes.
    too_late: u64,
}

/// What a thread wants to count successes for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// After this many, there may be nothing left to count. So a thread that ends the breaker's health is allowed these, and then
    /// checks. If there is still something, bad calls keep coming, or another thread will check. Coming back costs more than
    /// counting on for a while, so it is allowed twice as many each time, and gets its own stripe.
    pub(super) missing: u64,
    pub(super) ends_health: bool,
    /// Whether threads may count by themselves, where a success may be late: the window is one of calls, which never shrinks, and
    /// the breaker does not report how each call ended.
    pub(super) may_be_late: bool,
}

/// What all stripes have counted.
#[derive(Clone, Copy)]
struct Sums {
    /// In this season, on open stripes.
    counted: u64,
    /// In this generation, by threads on their own.
    own: u64,
}

impl Sums {
    fn all(self) -> u64 {
        self.counted + self.own
    }
}

/// What is known of the logs.
struct Logged {
    /// How many failures each has.
    used: [u8; PLACES],
    /// How many successes came before those whose threads have not stored that.
    pending: u64,
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

    /// Records what has been counted since the last time.
    #[inline]
    pub(super) fn collect(&mut self, stripes: Stripes<'_>, current: StateWord, ledger: &mut Ledger<'_>) {
        if self.logging != 0 {
            self.collect_logged(stripes, current, ledger);
        } else if self.open | self.own != 0 {
            let sums = self.sums(stripes, current);
            self.record(current, sums, ledger);
        }
    }

    /// The same, and closes the logs: the breaker may be healthy.
    pub(super) fn close_logs(&mut self, stripes: Stripes<'_>, current: StateWord, ledger: &mut Ledger<'_>) {
        if self.logging != 0 {
            let used = self.reclaim_rooms(stripes);
            let sums = self.sums(stripes, current);
            self.record_all(stripes, current, Logged { used, pending: sums.all() }, sums, ledger);
        }
    }

    /// The same, and closes the stripes, too.
    #[inline]
    pub(super) fn close(&mut self, stripes: Stripes<'_>, current: StateWord, ledger: &mut Ledger<'_>) {
        if self.open == 0 {
            self.collect(stripes, current, ledger);
        } else {
            self.close_open(stripes, current, ledger);
        }
    }

    /// The same where some are open. Out of line, since that is rare under the lock.
    #[inline(never)]
    fn close_open(&mut self, stripes: Stripes<'_>, current: StateWord, ledger: &mut Ledger<'_>) {
        let used = self.reclaim_rooms(stripes);
        // A failure that finds the stripes being closed returns at once, and its thread may go on to count a success. So it comes
        // before what is counted from now on.
        let pending = if self.logging != 0 { self.sums(stripes, current).all() } else { 0 };
        stripes.publish_counting(0);
        let counted = bits(self.open).map(|number| stripes.get(number).close()).sum();
        let sums = Sums { counted, own: self.own_successes(stripes, current) };
        self.record_all(stripes, current, Logged { used, pending }, sums, ledger);
        let Self { own, returns, fillings, too_late, open: known, .. } = *self;
        *self = Self { own, known, returns, fillings, too_late, last: sums.own, ..Self::NONE };
    }

    pub(super) fn are_any_open(&self) -> bool {
        self.open != 0
    }

    /// Ends the generation, whose stripes are closed. What threads stored since the last collection is too late, and so is what
    /// they have yet to store.
    pub(super) fn end(&mut self, stripes: Stripes<'_>, current: StateWord) {
        let own = bits(self.own).filter_map(|number| stripes.of_thread(number));
        let successes: u64 = own.map(|own| own.end(current)).sum();
        self.too_late += successes.saturating_sub(self.last);
    }

    /// How many successes that threads counted by themselves came too late for their generation.
    pub(super) fn too_late(&self, stripes: Stripes<'_>, current: StateWord) -> u64 {
        self.too_late + stripes.of_threads().map(|own| own.too_late(current)).sum::<u64>()
    }

    /// Closes the logs. Returns how many failures each of them has. No other failure comes before a success counted from now on: it
    /// waits for the lock.
    fn reclaim_rooms(&mut self, stripes: Stripes<'_>) -> [u8; PLACES] {
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
    /// The collection must be complete: with each failure the successes before it, and with each success the failures before it. If
    /// no failure was added between two looks at the logs, the counts read in between are complete, and so are the logs for these
    /// counts. No log is opened meanwhile, so the number of looks is limited.
    #[inline(never)]
    fn collect_logged(&mut self, stripes: Stripes<'_>, current: StateWord, ledger: &mut Ledger<'_>) {
        let mut used = self.used(stripes);
        let sums = loop {
            let sums = self.sums(stripes, current);
            let again = self.used(stripes);
            if used == again {
                break sums;
            }
            used = again;
        };
        self.record_all(stripes, current, Logged { used, pending: sums.all() }, sums, ledger);
    }

    /// Records the logged failures, in order, each after the successes that preceded it; then all other calls.
    fn record_all(
        &mut self,
        stripes: Stripes<'_>,
        current: StateWord,
        logged: Logged,
        sums: Sums,
        ledger: &mut Ledger<'_>,
    ) {
        if self.logging != 0 {
            self.record_logged(stripes, logged, sums.all(), ledger);
        }
        self.record(current, sums, ledger);
    }

    /// Records only the logged failures, and the successes before them. `all` is the number of the last success.
    #[inline(never)]
    fn record_logged(
        &mut self,
        stripes: Stripes<'_>,
        Logged { used, pending }: Logged,
        all: u64,
        ledger: &mut Ledger<'_>,
    ) {
        let forgotten = all.checked_sub(ledger.remembered());
        // How many successes came before the next failure of each log.
        let mut next = [0; PLACES];
        let mut left = 0;
        for (number, log) in logs(self.logging, stripes) {
            let (collected, used) = (self.collected[place(number)], used[place(number)]);
            if collected == used {
                continue;
            }
            // If enough successes followed for it to be forgotten, all that matters is that it happened.
            let is_forgotten =
                |place: &u8| forgotten.is_some_and(|until| self.after(log, *place, pending, all) <= until);
            let first = (collected..used).rev().find(is_forgotten).map_or(collected, |last| last + 1);
            ledger.record_forgotten_failures(u64::from(first - collected));
            if first < used {
                next[place(number)] = self.after(log, first, pending, all);
                left |= 1 << number;
            }
            self.collect_until(number, first);
        }
        while let Some(number) = bits(left).min_by_key(|number| next[place(*number)]) {
            let after = next[place(number)];
            ledger.record_failure_after(after - self.last);
            self.last = after;
            let collected = self.collected[place(number)] + 1;
            self.collect_until(number, collected);
            match stripes.of_thread(number).and_then(OwnStripe::log) {
                Some(log) if collected < used[place(number)] => {
                    next[place(number)] = self.after(log, collected, pending, all);
                }
                _ => left &= !(1 << number),
            }
        }
    }

    /// Notes how many failures of this log have been collected.
    fn collect_until(&mut self, number: u32, collected: u8) {
        self.collected[place(number)] = collected;
        if self.uncollected(number) == 0 {
            self.logging &= !(1 << number);
        }
    }

    /// How many successes came before the failure in this place: `pending`, if its thread has not stored that.
    #[inline]
    fn after(&self, log: &Log, place: u8, pending: u64, all: u64) -> u64 {
        let after = log.since(place, self.last).map_or(pending, |since| self.last + since);
        after.min(all).max(self.last)
    }

    /// Records what has been counted. Successes come first: other calls are counted only while no success can change what follows
    /// from them, unless it is late, and then it comes before them.
    fn record(&mut self, current: StateWord, sums: Sums, ledger: &mut Ledger<'_>) {
        if self.word == current {
            return self.record_until(sums.all(), ledger);
        }
        self.record_until(sums.own, ledger);
        if sums.counted > self.others {
            let count = sums.counted - self.others;
            let are_failures = self.word == current.failures();
            if are_failures {
                ledger.record_failures(count);
            } else {
                ledger.record_refusals(count);
            }
            self.others = sums.counted;
        }
    }

    fn record_until(&mut self, success: u64, ledger: &mut Ledger<'_>) {
        if success > self.last {
            ledger.record_successes(success - self.last);
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

    /// How many failures a log holds, or may yet hold, that have not been collected.
    fn uncollected(&self, number: u32) -> u8 {
        self.opened[place(number)] - self.collected[place(number)]
    }

    /// How many failures each log has.
    fn used(&self, stripes: Stripes<'_>) -> [u8; PLACES] {
        let mut used = [0; PLACES];
        for (number, log) in logs(self.logging, stripes) {
            used[place(number)] = log.used(self.opened[place(number)], self.collected[place(number)]);
        }
        used
    }

    /// Lets successes of the `current` word be counted on the stripe of this thread, and on those likely to be used next.
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
            stripes.split();
            self.open_some(stripes, current, wanted, 1 << stripes.number());
        }
    }

    /// Opens only the stripe of this thread, to exactly `number` calls of `word`, or to `number` more. They are not successes, and
    /// everything counted has been collected.
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
            // A new generation, in which nothing has been counted.
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
        stripes.publish_counting(self.open | self.own);
        bits(some).for_each(|number| stripes.get(number).open(current, wanted.missing));
    }

    /// Whether the stripe of this thread is full until it is closed.
    pub(super) fn is_full(&self, stripes: Stripes<'_>) -> bool {
        let own = stripes.number();
        self.open >> own & 1 == 1 && stripes.get(own).counted() == LARGEST
    }

    /// How many failures have been set aside for logs and not collected; `None` if this thread cannot get a log, or has one with
    /// room.
    pub(super) fn failures_to_come(&self, stripes: Stripes<'_>) -> Option<u32> {
        let set_aside = || bits(self.logging).map(|number| u32::from(self.uncollected(number))).sum();
        self.without_room(stripes).is_some().then(set_aside)
    }

    /// The stripe of this thread, if it is open and its log has neither room nor anything uncollected.
    fn without_room<'a>(&self, stripes: Stripes<'a>) -> Option<(u32, &'a OwnStripe)> {
        let is_open = |number: u32| (self.open & !self.logging) >> number & 1 == 1;
        stripes.of_this_thread().filter(|(number, _)| is_open(*number))
    }

    /// Makes room for failures in the log of this thread, unless it has some. `set_aside` takes the number wanted, and returns the
    /// number granted.
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

#[cfg(all(test, not(fluxgate_loom)))]
pub(super) mod tests;
