//! Time from the processor's counter, kept on the operating system's timeline.
//!
//! Reading the counter costs half as much as reading the system's clock, but its rate has to be measured, and sleep may stop it or
//! set it back. So readings are points on a *line*, which maps ticks to time, and is valid for about a second. Whoever reads the
//! counter after the end of the line draws the next one from a fresh *anchor*, a reading of both clocks; the rate is measured
//! between two anchors. Until two successive rates agree, or while the last line is far ahead of the system's clock, there is no
//! line, and the system's clock is read instead: at first, and after a sleep, for some ten milliseconds. Nobody ever waits.
//!
//! Time never goes back. A line begins no earlier than the last one ended, and no earlier than the system's clock. If that makes it
//! begin ahead, it runs slower, so that it ends level with the system's clock; if the last line had fallen behind, time jumps
//! ahead.

use crate::sync::{AtomicU64, Mutex, Ordering, const_unless_model, fence};

/// The two clocks.
pub(crate) trait TimeSource {
    /// The counter.
    fn ticks(&self) -> u64;
    /// The operating system's clock, in nanoseconds. It never goes back.
    fn nanos(&self) -> u64;
}

/// The counter, and the line that converts its ticks to nanoseconds.
pub(crate) struct Counter<S> {
    pub(super) source: S,
    /// How many lines have been drawn. Line `n` is at place `n % 2`; the next one is written to the other place, so that nobody has
    /// to wait for it.
    drawn: AtomicU64,
    lines: [Line<AtomicU64>; 2],
    calibration: Mutex<Calibration>,
}

/// Maps ticks to time, for `length` ticks from `start`.
#[derive(Clone, Copy)]
struct Line<T> {
    start: T,
    nanos: T,
    /// Nanoseconds in `1 << SCALE` ticks.
    rate: T,
    length: T,
}

/// A reading of both clocks at once.
#[derive(Clone, Copy)]
struct Anchor {
    ticks: u64,
    nanos: u64,
    /// How many ticks the reading took.
    width: u64,
}

/// What the next line is drawn from. Whoever holds its lock draws it.
struct Calibration {
    /// The last anchor, from which the rate is measured.
    since: Option<Anchor>,
    /// The last measured rate; 0 at first.
    rate: u64,
    /// For how many nanoseconds the last line was trusted.
    trust: u64,
}

const SCALE: u32 = 32;
/// The shortest time over which a rate is measured: 4 ms.
const SHORTEST: u64 = 1 << 22;
/// How long lines are trusted: 8 ms for the first, and, as long as the rate stays the same, up to a second for later ones. `trust
/// << SCALE` must fit in 63 bits.
const FIRST_TRUST: u64 = 1 << 23;
const LONGEST_TRUST: u64 = 1 << 30;
/// Two measured rates count as the same if they differ by less than a thousandth.
const SAME_RATE: u32 = 10;
/// If an anchor took longer than this (33 us), its thread stalled in the middle.
const LONGEST_WIDTH: u64 = 1 << 15;

impl<S: TimeSource> Counter<S> {
    const_unless_model! {
        pub(crate) const fn new(source: S) -> Self {
            Self {
                source,
                drawn: AtomicU64::new(0),
                lines: [Line::none(), Line::none()],
                calibration: Mutex::new(Calibration { since: None, rate: 0, trust: 0 }),
            }
        }
    }

    /// The time, if a line reaches that far; otherwise, call [`renew`](Self::renew).
    #[inline]
    pub(crate) fn read(&self) -> Option<u64> {
        let (drawn, line) = self.line();
        let elapsed = self.source.ticks().wrapping_sub(line.start);
        (elapsed < line.length && self.is_current(drawn)).then(|| line.at(elapsed))
    }

    /// The time where no line reaches, from the operating system's clock. Draws the next line, unless another thread is doing so.
    #[cold]
    pub(crate) fn renew(&self) -> u64 {
        let calibration = self.calibration.try_lock();
        let (line, ticks) = loop {
            let (drawn, line) = self.line();
            let ticks = self.source.ticks();
            if self.is_current(drawn) {
                break (line, ticks);
            }
        };
        let elapsed = ticks.wrapping_sub(line.start);
        let earliest = if elapsed < line.length {
            // Another thread has just drawn it.
            return line.at(elapsed);
        } else if elapsed < 1 << 63 {
            line.at(line.length)
        } else if elapsed.wrapping_add(line.length) < line.length {
            // This processor's counter is behind that of the processor that drew the line.
            return line.nanos;
        } else {
            // The counter was set back. If the line was ahead, it loses its lead.
            line.nanos
        };
        let Some(mut calibration) = calibration else { return self.source.nanos().max(earliest) };
        let anchor = self.anchor();
        let next = calibration.next(anchor, earliest);
        if let Some(next) = next {
            self.draw(next);
        } else if line.length > 0 {
            self.draw(Line { start: anchor.ticks, nanos: earliest, rate: 0, length: 0 });
        }
        anchor.nanos.max(earliest)
    }

    /// The current line, and its number. The line may be a torn read unless it [is still current](Self::is_current) afterwards.
    #[inline]
    fn line(&self) -> (u64, Line<u64>) {
        let drawn = self.drawn.load(Ordering::Acquire);
        (drawn, self.lines[(drawn % 2) as usize].load())
    }

    #[inline]
    fn is_current(&self, drawn: u64) -> bool {
        fence(Ordering::Acquire);
        self.drawn.load(Ordering::Relaxed) == drawn
    }

    /// Makes this the current line. The caller holds the lock of the calibration.
    fn draw(&self, line: Line<u64>) {
        let drawn = self.drawn.load(Ordering::Relaxed) + 1;
        // Whoever reads any part of what is written here sees that the old content of this place is no longer current.
        fence(Ordering::Release);
        self.lines[(drawn % 2) as usize].store(line);
        self.drawn.store(drawn, Ordering::Release);
    }

    /// Takes an anchor, the narrowest of three attempts. Its ticks are read first, so that a line is never behind the system's clock.
    fn anchor(&self) -> Anchor {
        let attempt = || {
            let ticks = self.source.ticks();
            let nanos = self.source.nanos();
            Anchor { ticks, nanos, width: self.source.ticks().wrapping_sub(ticks) }
        };
        let mut narrowest = attempt();
        for other in [attempt(), attempt()] {
            // On a tie, take the later one: its time is closer to now.
            if other.width <= narrowest.width {
                narrowest = other;
            }
        }
        narrowest
    }
}

impl Calibration {
    /// The line to draw from an anchor, with times no earlier than `earliest`. `None` if the rate is not known, or the last line is
    /// too far ahead.
    fn next(&mut self, anchor: Anchor, earliest: u64) -> Option<Line<u64>> {
        let Some(since) = self.since else {
            self.since = Some(anchor);
            return None;
        };
        let nanos = anchor.nanos.saturating_sub(since.nanos);
        if nanos < SHORTEST {
            return None;
        }
        let ticks = anchor.ticks.wrapping_sub(since.ticks);
        let rate = ratio(nanos, ticks);
        if scale(anchor.width, rate) > LONGEST_WIDTH {
            return None;
        }
        self.since = Some(anchor);
        if scale(since.width, rate) > LONGEST_WIDTH {
            return None;
        }
        // A different rate means that this is the first one, or that the counter was stopped, set back, or changed its rate:
        // measure again.
        let is_same = self.rate.abs_diff(rate) <= self.rate >> SAME_RATE;
        self.rate = rate;
        self.trust = if is_same { (self.trust * 4).clamp(FIRST_TRUST, LONGEST_TRUST) } else { 0 };
        let begin = anchor.nanos.max(earliest);
        let lead = begin - anchor.nanos;
        if !is_same || lead > self.trust / 2 {
            return None;
        }
        let slower = u128::from(rate) * u128::from(lead) / u128::from(self.trust);
        Some(Line {
            start: anchor.ticks,
            nanos: begin,
            rate: rate - slower as u64,
            length: ratio(self.trust, 1).checked_div(rate).unwrap_or(0),
        })
    }
}

impl Line<AtomicU64> {
    const_unless_model! {
        const fn none() -> Self {
            Self {
                start: AtomicU64::new(0),
                nanos: AtomicU64::new(0),
                rate: AtomicU64::new(0),
                length: AtomicU64::new(0),
            }
        }
    }

    #[inline]
    fn load(&self) -> Line<u64> {
        let load = |part: &AtomicU64| part.load(Ordering::Relaxed);
        Line {
            start: load(&self.start),
            nanos: load(&self.nanos),
            rate: load(&self.rate),
            length: load(&self.length),
        }
    }

    fn store(&self, line: Line<u64>) {
        self.start.store(line.start, Ordering::Relaxed);
        self.nanos.store(line.nanos, Ordering::Relaxed);
        self.rate.store(line.rate, Ordering::Relaxed);
        self.length.store(line.length, Ordering::Relaxed);
    }
}

impl Line<u64> {
    /// The time `elapsed` ticks after the start. Beyond `length`, it could overflow.
    #[inline]
    fn at(&self, elapsed: u64) -> u64 {
        self.nanos.wrapping_add(elapsed.wrapping_mul(self.rate) >> SCALE)
    }
}

/// The rate at which `ticks` take `nanos`.
fn ratio(nanos: u64, ticks: u64) -> u64 {
    let rate = (u128::from(nanos) << SCALE).checked_div(u128::from(ticks));
    rate.map_or(u64::MAX, |rate| u64::try_from(rate).unwrap_or(u64::MAX))
}

/// Ticks, in nanoseconds.
fn scale(ticks: u64, rate: u64) -> u64 {
    u64::try_from((u128::from(ticks) * u128::from(rate)) >> SCALE).unwrap_or(u64::MAX)
}

#[cfg(all(test, not(fluxgate_loom)))]
mod tests {
    use std::cell::Cell;

    use super::{Counter, LONGEST_TRUST, LONGEST_WIDTH, TimeSource};

    const MILLISECOND: u64 = 1_000_000;
    const SECOND: u64 = 1_000 * MILLISECOND;

    /// Two clocks that move only when told to, and whose counter may misbehave.
    struct Clocks {
        ticks: Cell<f64>,
        nanos: Cell<u64>,
        ticks_per_nano: Cell<f64>,
        /// How long the thread stalls between the two readings, and in how many of the next attempts.
        stalls: Cell<(u64, usize)>,
    }

    impl TimeSource for Clocks {
        fn ticks(&self) -> u64 {
            self.pass(10);
            self.ticks.get() as u64
        }

        fn nanos(&self) -> u64 {
            let (stall, times) = self.stalls.get();
            if times > 0 {
                self.stalls.set((stall, times - 1));
                self.pass(stall);
            }
            self.pass(10);
            self.nanos.get()
        }
    }

    impl Clocks {
        fn pass(&self, nanos: u64) {
            self.nanos.set(self.nanos.get() + nanos);
            self.ticks.set(self.ticks.get() + nanos as f64 * self.ticks_per_nano.get());
        }
    }

    fn counter(ticks_per_nano: f64) -> Counter<Clocks> {
        Counter::new(Clocks {
            ticks: Cell::new(1e12),
            nanos: Cell::new(5 * SECOND),
            ticks_per_nano: Cell::new(ticks_per_nano),
            stalls: Cell::new((0, 0)),
        })
    }

    fn now(counter: &Counter<Clocks>) -> u64 {
        counter.read().unwrap_or_else(|| counter.renew())
    }

    /// Reads the clock every `pause`, for `long`, asserting that time never goes back. Returns the most it was behind and ahead of
    /// the system's clock, and how many in a thousand readings came from the counter.
    fn watch(counter: &Counter<Clocks>, long: u64, pause: u64) -> (u64, u64, u64) {
        let end = counter.source.nanos.get() + long;
        let (mut behind, mut ahead, mut from_ticks, mut readings) = (0, 0, 0, 0);
        let mut last = now(counter);
        while counter.source.nanos.get() < end {
            counter.source.pass(pause);
            from_ticks += u64::from(counter.read().is_some());
            readings += 1;
            let shown = now(counter);
            assert!(shown >= last, "{shown} after {last}");
            last = shown;
            let system = counter.source.nanos.get();
            behind = behind.max(system.saturating_sub(shown));
            ahead = ahead.max(shown.saturating_sub(system));
        }
        (behind, ahead, from_ticks * 1_000 / readings.max(1))
    }

    #[test]
    fn the_systems_clock_is_read_until_the_rate_is_known() {
        let counter = counter(3.0);
        let start = now(&counter);
        while counter.source.nanos.get() < start + 4 * MILLISECOND {
            assert!(counter.read().is_none());
            let shown = now(&counter);
            assert!(counter.source.nanos.get() - shown <= 100, "{shown}");
            counter.source.pass(100_000);
        }
        for known in [false, true] {
            counter.source.pass(5 * MILLISECOND);
            now(&counter);
            assert_eq!(counter.read().is_some(), known);
        }
    }

    #[test]
    fn a_counter_of_any_rate_agrees_with_the_system() {
        for ticks_per_nano in [0.001, 0.024, 1.0, 2.4, 5.0] {
            let counter = counter(ticks_per_nano);
            watch(&counter, 20 * MILLISECOND, MILLISECOND);
            let (behind, ahead, from_ticks) = watch(&counter, 100 * SECOND, MILLISECOND / 7);
            // A tick of the slowest counter lasts a microsecond.
            assert!(behind <= 3_000 && ahead <= 3_000, "{behind} behind, {ahead} ahead at {ticks_per_nano}");
            assert!(from_ticks >= 999, "{from_ticks}");
        }
    }

    /// Regression: a thread that stalled between reading the counter and the system's clock set the time ahead by the stall, for
    /// good.
    #[test]
    fn a_thread_that_stalls_does_not_move_the_clock() {
        for stalled in 1..=4 {
            for before in [0, 5 * MILLISECOND, 20 * MILLISECOND, 10 * SECOND] {
                let counter = counter(3.0);
                if before > 0 {
                    watch(&counter, before, MILLISECOND);
                }
                // Go to the end of the line.
                while counter.read().is_some() {
                    counter.source.pass(MILLISECOND);
                }
                counter.source.stalls.set((1_600 * MILLISECOND, stalled));
                now(&counter);
                let (behind, ahead, _) = watch(&counter, 10 * SECOND, MILLISECOND);
                // At the end of a line, a thread may still return the time at which it began to read.
                assert!(ahead <= LONGEST_WIDTH, "{ahead} ahead, {stalled} stalled after {before}");
                assert!(behind <= 100_000, "{behind} behind, {stalled} stalled after {before}");
                assert!(watch(&counter, SECOND, MILLISECOND).2 >= 990, "and the counter is read again");
            }
        }
    }

    #[test]
    fn a_counter_that_changes_its_rate_is_corrected() {
        for factor in [1.5, 0.5, 1.01, 0.99, 20.0, 0.05] {
            let counter = counter(2.0);
            watch(&counter, 10 * SECOND, MILLISECOND);
            counter.source.ticks_per_nano.set(2.0 * factor);
            let (behind, ahead, _) = watch(&counter, 5 * SECOND, MILLISECOND);
            // Unnoticed until the end of the line.
            let line = LONGEST_TRUST;
            assert!(behind <= line / 2 + line / 2 * 19 && ahead <= line, "{behind} behind, {ahead} ahead");
            watch(&counter, 20 * SECOND, MILLISECOND);
            let (behind, ahead, from_ticks) = watch(&counter, 10 * SECOND, MILLISECOND);
            assert!(behind <= 1_000 && ahead <= 1_000, "{behind} behind, {ahead} ahead");
            assert!(from_ticks >= 990, "{from_ticks}");
        }
    }

    #[test]
    fn a_line_that_is_ahead_runs_slower() {
        let counter = counter(2.0);
        watch(&counter, 10 * SECOND, MILLISECOND);
        // Little enough for the rate to count as the same.
        counter.source.ticks_per_nano.set(2.001);
        let (_, ahead, from_ticks) = watch(&counter, 2 * SECOND, MILLISECOND);
        assert!(ahead > 100_000 && from_ticks >= 995, "{ahead} ahead, {from_ticks} from_ticks");
        // It never stands still for long.
        let mut last = now(&counter);
        for _ in 0..2_000 {
            counter.source.pass(MILLISECOND);
            let next = now(&counter);
            assert!((MILLISECOND / 2..=2 * MILLISECOND).contains(&(next - last)), "{} passed", next - last);
            last = next;
        }
        assert!(watch(&counter, SECOND, MILLISECOND).1 <= 1_000);
    }

    #[test]
    fn after_a_sleep_the_time_agrees_with_the_system() {
        // The counter was stopped, or set back, or ran on while the system's clock stood still; or both.
        let sleeps: [fn(&Clocks); 4] = [
            |clocks| clocks.nanos.set(clocks.nanos.get() + 3_600 * SECOND),
            |clocks| clocks.ticks.set(0.0),
            |clocks| clocks.ticks.set(clocks.ticks.get() + 1e13),
            |clocks| {
                clocks.ticks.set(17.0);
                clocks.nanos.set(clocks.nanos.get() + 7 * SECOND);
            },
        ];
        for sleep in sleeps {
            let counter = counter(3.0);
            watch(&counter, 10 * SECOND, MILLISECOND);
            for _ in 0..3 {
                sleep(&counter.source);
                // The current line may still be followed to its end.
                watch(&counter, 3 * SECOND, MILLISECOND);
                let (behind, ahead, from_ticks) = watch(&counter, 10 * SECOND, MILLISECOND);
                assert!(behind <= 1_000 && ahead <= 1_000, "{behind} behind, {ahead} ahead");
                assert!(from_ticks >= 900, "{from_ticks}");
            }
        }
    }

    #[test]
    fn a_processor_whose_counter_is_a_little_behind_draws_no_new_line() {
        let counter = counter(3.0);
        watch(&counter, 10 * SECOND, MILLISECOND);
        while counter.read().is_some() {
            counter.source.pass(MILLISECOND);
        }
        let begun = now(&counter);
        let drawn = counter.line().0;
        counter.source.ticks.set(counter.source.ticks.get() - 600.0);
        assert!(counter.read().is_none());
        assert!((begun..begun + 100).contains(&now(&counter)));
        assert_eq!(counter.line().0, drawn);
    }

    /// Whatever the two clocks do, time never goes back (asserted by `watch`), and in the end it agrees with the system's.
    #[test]
    fn time_does_not_go_back_whatever_the_clocks_do() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            // A slowdown is noticed only at the end of the line, which comes later by as much.
            let counter = counter(0.5 + random.f64() * 1.5);
            for _ in 0..10 {
                let clocks = &counter.source;
                match random.u32(..6) {
                    0 => clocks.ticks_per_nano.set(0.5 + random.f64() * 1.5),
                    1 => clocks.ticks.set(clocks.ticks.get() + random.f64() * 1e11),
                    2 => clocks.nanos.set(clocks.nanos.get() + random.u64(..3 * SECOND)),
                    3 => clocks.stalls.set((random.u64(..SECOND), random.usize(..5))),
                    4 => clocks.pass(random.u64(..100 * SECOND)),
                    _ => {}
                }
                watch(&counter, random.u64(..3 * SECOND), random.u64(1_000..10 * MILLISECOND));
            }
            counter.source.stalls.set((0, 0));
            watch(&counter, 10 * SECOND, MILLISECOND);
            let (behind, ahead, _) = watch(&counter, 5 * SECOND, MILLISECOND);
            assert!(behind <= 10_000 && ahead <= 10_000, "{behind} behind, {ahead} ahead");
        }
    }
}
