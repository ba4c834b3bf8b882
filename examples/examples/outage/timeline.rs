//! The shop with the breaker, live: a row for each second, and each transition.

use std::fmt::Display;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fluxgate::{State, Transition};
use tokio::time::{Instant, interval_at};

use crate::BREAKER;
use crate::callers::{Call, End, Log, quantile};
use crate::paint::{Colour, paint};
use crate::warehouse::{Health, RECOVERY, SCRIPT, Warehouse};

const SECOND: Duration = Duration::from_secs(1);
const BAR: usize = 20;

pub struct Timeline {
    start: Instant,
    warehouse: Arc<Warehouse>,
    log: Log,
    closed: Arc<Mutex<Option<Duration>>>,
}

pub fn introduce() {
    println!("A shop sends 100 orders a second to its warehouse, through a circuit breaker.");
    let [answered, failed, refused] = [End::Answered, End::Failed, End::Refused].map(|end| cells(end, 1));
    println!(
        "A row is a second, a cell 5 orders: {answered} answered, {failed} failed, {refused} refused unsent.\n"
    );
    println!("  s  warehouse breaker   {}", columns([&"sent", &"ok", &"failed", &"refused", &"median"]));
}

impl Timeline {
    pub fn new(start: Instant, warehouse: Arc<Warehouse>, log: Log) -> Self {
        Self { start, warehouse, log, closed: Arc::default() }
    }

    /// Prints each transition, and remembers when the breaker last closed.
    pub fn listener(&self) -> impl Fn(&Transition) + Send + Sync + 'static {
        let (start, closed) = (self.start, Arc::clone(&self.closed));
        move |transition| {
            let time = start.elapsed();
            if transition.to == State::Closed {
                *closed.lock().expect("no holder panics") = Some(time);
            }
            println!("{}", announcement(time, transition));
        }
    }

    /// How long after the recovery the breaker closed.
    pub fn closed(&self) -> Option<Duration> {
        self.closed.lock().expect("no holder panics").and_then(|time| time.checked_sub(RECOVERY))
    }

    pub async fn run(&self, length: Duration) {
        let mut seconds = interval_at(self.start + SECOND, SECOND);
        let (mut seen, mut received) = (0, 0);
        for second in 0..length.as_secs() {
            let begin = Duration::from_secs(second);
            if SCRIPT.iter().any(|(time, _)| *time == begin) {
                println!("{}", describe(Health::at(begin)));
            }
            seconds.tick().await;
            let ended = self.log.lock().expect("no holder panics")[seen..].to_vec();
            let sent = self.warehouse.received.load(Relaxed) - received;
            println!("{}", row(second + 1, Health::at(begin), sent, &ended));
            seen += ended.len();
            received += sent;
        }
    }
}

fn describe(health: Health) -> String {
    let (duration, status) = health.treats_orders();
    let word = health.word();
    paint(
        Colour::Grey,
        &format!("-- {word}: an order takes {} ms and ends with {status} --", duration.as_millis()),
    )
}

fn row(second: u64, health: Health, sent: u64, ended: &[Call]) -> String {
    let count = |end| ended.iter().filter(|call| call.end == end).count();
    let (answered, failed, refused) = (count(End::Answered), count(End::Failed), count(End::Refused));
    let waits = ended.iter().filter(|call| call.end != End::Refused).map(|call| call.wait);
    let median = quantile(waits, 0.5).map_or_else(|| "-".into(), |wait| format!("{}ms", wait.as_millis()));
    let state = BREAKER.state();
    let state = paint(colour(state), &format!("{state:<9}"));
    let figures = columns([&sent, &answered, &failed, &refused, &median]);
    format!("{second:>3}  {:<9} {state} {figures}  {}", health.word(), bar(answered, failed, refused))
}

fn columns([sent, answered, failed, refused, median]: [&dyn Display; 5]) -> String {
    format!("{sent:>5}{answered:>5}{failed:>7}{refused:>8}{median:>7}")
}

fn bar(answered: usize, failed: usize, refused: usize) -> String {
    let all = (answered + failed + refused).max(1);
    // The ends of each stretch are rounded, not its length, so the stretches always fill the bar.
    let place = |calls: usize| (calls * BAR + all / 2) / all;
    let (first, second, third) =
        (place(answered), place(answered + failed), place(answered + failed + refused));
    cells(End::Answered, first) + &cells(End::Failed, second - first) + &cells(End::Refused, third - second)
}

fn cells(end: End, count: usize) -> String {
    match end {
        End::Answered => paint(Colour::Green, &"█".repeat(count)),
        End::Failed => paint(Colour::Red, &"×".repeat(count)),
        End::Refused => paint(Colour::Grey, &"·".repeat(count)),
    }
}

/// The time, the states and the reason; the cause of an opening gets its own line.
fn announcement(time: Duration, transition: &Transition) -> String {
    let Transition { from, to, reason, retry_after, .. } = transition;
    let head = format!("   > {:.2} s: {from} -> {}", time.as_secs_f64(), paint(colour(*to), &to.to_string()));
    match retry_after {
        Some(wait) => format!("{head} for {wait:?}, since\n             {reason}"),
        None => format!("{head}, {reason}"),
    }
}

fn colour(state: State) -> Colour {
    match state {
        State::Closed => Colour::Green,
        State::HalfOpen => Colour::Yellow,
        _ => Colour::Red,
    }
}
