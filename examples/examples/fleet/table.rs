//! The tables of the documentation.

use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

use crate::design::{Breakers, Design, Keys, Outage};
use crate::run::Run;

/// A thousand instances, unless their number varies.
const INSTANCES: u32 = 1000;

const FAR: Duration = Duration::from_millis(50);

pub fn tables() -> String {
    let of = Design::of;
    let shared = |design| Design { breakers: Breakers::Shared(FAR), ..design };
    let without = |design| Design { breakers: Breakers::None, ..design };
    let without_jitter = |design| Design { jitter: 0.0, ..design };
    let by_shard = |design| Design { keys: Keys::Shard, ..design };
    let nervous = |design| Design { failure_rate: 0.05, ..design };
    let all = of(INSTANCES);
    let partly = Design { outage: Outage::Partly, ..all.clone() };
    let slowly = Design { outage: Outage::Slowly, ..all.clone() };

    let mut text = String::new();
    table(
        &mut text,
        "The service fails wholly.",
        &[
            ("no breaker, 1,000 instances", without(all.clone())),
            ("1 instance", of(1)),
            ("100 instances", of(100)),
            ("1,000 instances", all.clone()),
            ("10,000 instances", of(10_000)),
            ("1,000 instances, no jitter", without_jitter(all.clone())),
            ("one shared breaker for 1,000, 50 ms away", shared(all.clone())),
        ],
    );
    table(
        &mut text,
        "One shard of ten fails; 1,000 instances.",
        &[
            ("no breaker", without(partly.clone())),
            ("one for the service, at 50%", partly.clone()),
            ("one for the service, at 5%", nervous(partly.clone())),
            ("one for each shard, at 50%", by_shard(partly.clone())),
            ("one for each shard, at 50% of 20 calls", Design { window: 20, ..by_shard(partly.clone()) }),
            ("shared, one for the service, at 5%", shared(nervous(partly.clone()))),
            ("shared, one for each shard, at 50%", shared(by_shard(partly))),
        ],
    );
    table(
        &mut text,
        "The service answers after 2 s; 1,000 instances.",
        &[
            ("no breaker", without(slowly.clone())),
            ("one for each instance", slowly.clone()),
            ("no jitter", without_jitter(slowly.clone())),
            ("one shared breaker, 50 ms away", shared(slowly)),
        ],
    );
    text
}

fn table(text: &mut String, title: &str, rows: &[(&str, Design)]) {
    let mut line = |cells: [&str; 6]| {
        writeln!(text, "| {} |", cells.join(" | ")).expect("a string can be written to");
    };
    line([title, "calls wasted", "healthy calls refused", "busiest", "all open after", "all closed after"]);
    line(["---", "---:", "---:", "---:", "---:", "---:"]);
    let runs = thread::scope(|scope| {
        let runs: Vec<_> = rows.iter().map(|(_, design)| scope.spawn(|| Run::of(design))).collect();
        runs.into_iter().map(|run| run.join().expect("a run ends")).collect::<Vec<_>>()
    });
    for ((name, design), run) in rows.iter().zip(runs) {
        let each = |calls: u64| figure(calls as f64 / f64::from(design.instances));
        let busiest = run.busiest as f64 / f64::from(design.instances) * 100.0;
        let is_protected = design.breakers != Breakers::None;
        let open = run.open_after.filter(|_| is_protected);
        line([
            name,
            &each(run.hit),
            &each(run.refused_healthy),
            &open.filter(|_| design.instances > 1).map_or_else(none, |_| format!("{}%", figure(busiest))),
            &open.map_or_else(none, seconds),
            &open.and(run.closed_after).map_or_else(none, seconds),
        ]);
    }
    text.push('\n');
}

fn none() -> String {
    "–".to_owned()
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// Three digits are enough.
fn figure(number: f64) -> String {
    if number < 0.1 && number > 0.0 {
        format!("{number:.2}")
    } else if number < 100.0 {
        format!("{number:.1}")
    } else {
        format!("{number:.0}")
    }
}
