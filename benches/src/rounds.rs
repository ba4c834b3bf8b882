//! Measuring in turns: every case runs a short round, then every case again, so drift of the machine (frequency,
//! neighbours, temperature) hits all of them alike and the ratios hold where absolute figures wander.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Something to measure: `run(n)` does it n times and returns how long that took.
pub struct Case<'a> {
    pub name: String,
    run: Box<dyn FnMut(u64) -> Duration + 'a>,
}

impl<'a> Case<'a> {
    pub fn new<R>(name: impl Into<String>, mut once: impl FnMut() -> R + 'a) -> Self {
        Case::timed(name, move |times| {
            let start = Instant::now();
            for _ in 0..times {
                black_box(once());
            }
            start.elapsed()
        })
    }

    pub fn timed(name: impl Into<String>, run: impl FnMut(u64) -> Duration + 'a) -> Self {
        Case { name: name.into(), run: Box::new(run) }
    }
}

/// Nanoseconds per run: the median round and the quartiles.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Figure {
    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |share: f64| samples[((samples.len() - 1) as f64 * share).round() as usize];
        Figure { low: at(0.25), median: at(0.5), high: at(0.75) }
    }

    /// Half the distance between the quartiles, as a share of the median.
    pub fn spread(&self) -> f64 {
        (self.high - self.low) / 2.0 / self.median
    }
}

/// One figure for each case, in the order of the cases.
pub fn measure(cases: &mut [Case<'_>], rounds: usize, round: Duration) -> Vec<Figure> {
    let times: Vec<u64> = cases.iter_mut().map(|case| times_that_fill(case, round)).collect();
    let mut samples = vec![Vec::with_capacity(rounds); cases.len()];
    for turn in 0..rounds {
        for offset in 0..cases.len() {
            // Each turn starts with another case, so no case always follows the same neighbour.
            let index = (turn + offset) % cases.len();
            let elapsed = (cases[index].run)(times[index]);
            samples[index].push(elapsed.as_nanos() as f64 / times[index] as f64);
        }
    }
    samples.into_iter().map(Figure::of).collect()
}

fn times_that_fill(case: &mut Case<'_>, round: Duration) -> u64 {
    let mut times = 16;
    loop {
        let elapsed = (case.run)(times);
        if elapsed * 4 >= round {
            let wanted = times as f64 * round.as_secs_f64() / elapsed.as_secs_f64();
            return (wanted as u64).max(1);
        }
        times *= 2;
    }
}
