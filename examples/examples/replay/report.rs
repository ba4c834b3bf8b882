//! The final report: a row for each rule, when breakers were open, and a timeline.

use std::fmt::Write as _;
use std::time::Duration;

use fluxgate_examples::picture::{Anchor, Ink, Picture};

use crate::moment::Moment;
use crate::play::{Episode, Play};
use crate::timeline::{Bin, Timeline};

/// What was read from a log.
pub struct Log {
    pub path: String,
    pub calls: u64,
    pub failures: u64,
    pub first: Moment,
    pub last: Moment,
    /// How many lines were out of order.
    pub unsorted: u64,
    pub first_unsorted: u64,
    pub broken: u64,
    /// The first unreadable lines, and what is wrong with them.
    pub broken_lines: Vec<(u64, &'static str)>,
}

/// The whole of it.
pub fn page(log: &Log, plays: &[Play], timeline: &Timeline) -> String {
    let mut page = String::new();
    let share = 100.0 * log.failures as f64 / log.calls.max(1) as f64;
    let mut line = |text: String| {
        page += text.trim_end();
        page += "\n";
    };
    line(format!("{}: {} calls from {} to {}, {share:.1}% failed", log.path, log.calls, log.first, log.last));
    if log.unsorted > 0 {
        let first = log.first_unsorted;
        line(match log.unsorted {
            1 => format!("1 call is earlier than one before it, on line {first}: for it, time stands still"),
            calls => format!(
                "{calls} calls are earlier than one before them, the first on line {first}: for those, time stands still"
            ),
        });
    }
    if log.broken > 0 {
        let lines = if log.broken == 1 { "line" } else { "lines" };
        line(format!("{} {lines} could not be read:", log.broken));
        for (number, reason) in &log.broken_lines {
            line(format!("  line {number}: {reason}"));
        }
        if log.broken > log.broken_lines.len() as u64 {
            line("  ..".to_owned());
        }
    }
    line(String::new());
    table(plays).into_iter().for_each(&mut line);
    for play in plays {
        line(String::new());
        line(play.rule.clone());
        for episode in &play.episodes {
            line(format!("  {}", described(episode)));
        }
        let more = play.sums.opened.saturating_sub(play.episodes.len() as u64);
        match (play.sums.opened, more) {
            (0, _) => line("  never opened".to_owned()),
            (_, 0) => {}
            (_, more) => line(format!("  and {more} more times")),
        }
    }
    line(String::new());
    drawn(log, plays, timeline).into_iter().for_each(&mut line);
    page
}

fn described(episode: &Episode) -> String {
    let mut text = format!("opened {}", episode.from);
    if !episode.key.is_empty() {
        let _ = write!(text, " for {}", String::from_utf8_lossy(&episode.key));
    }
    match episode.to {
        Some(to) => {
            let length = Duration::from_nanos(to.since(episode.from));
            let _ = write!(text, ", closed {to} ({}s later)", length.as_secs());
        }
        None => text += ", not closed again",
    }
    let _ = write!(text, ", {} calls refused", episode.refused);
    text
}

/// A row for each rule.
fn table(plays: &[Play]) -> Vec<String> {
    let heading = ["opened", "re-opened", "closed", "refused", "good", "let through", "to open", "breakers"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for play in plays {
        let sums = &play.sums;
        let time = match sums.trouble.checked_div(sums.opened) {
            Some(mean) => format!("{:.1}s", Duration::from_nanos(mean).as_secs_f64()),
            None => "-".to_owned(),
        };
        let numbers =
            [sums.opened, sums.reopened, sums.closed, sums.refused, sums.refused_good, sums.failures];
        let mut row: Vec<_> = numbers.iter().map(u64::to_string).collect();
        row.extend([time, play.breakers().to_string()]);
        rows.push(row);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<_> = (0..heading.len()).map(width).collect();
    let names = std::iter::once("").chain(plays.iter().map(|play| play.rule.as_str()));
    let longest = plays.iter().map(|play| play.rule.chars().count()).max().unwrap_or(0);
    let row = |(name, cells): (&str, &Vec<String>)| {
        let cells: Vec<_> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        format!("{name:longest$}  {}", cells.join("  "))
    };
    let mut lines: Vec<_> = names.zip(&rows).map(row).collect();
    lines.push("good: succeeded, but refused; let through: failed, but not refused; to open: from the first failure, on average".to_owned());
    lines
}

/// The timeline as text: how many calls failed, and how many each rule refused.
fn drawn(log: &Log, plays: &[Play], timeline: &Timeline) -> Vec<String> {
    const WIDTH: usize = 72;
    let bins = timeline.in_bins(WIDTH);
    let bar = |part: u64, whole: u64| {
        const STEPS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        // Anything above zero is visible.
        STEPS[(part * 8).div_ceil(whole.max(1)).min(8) as usize]
    };
    let mut lines = vec![format!(
        "{:>8} {}",
        "failed",
        bins.iter().map(|bin| bar(bin.failures, bin.calls)).collect::<String>()
    )];
    for place in 0..plays.len() {
        let cell = |bin: &Bin| match bar(bin.refused[place], bin.calls) {
            ' ' if bin.open[place] => '·',
            bar => bar,
        };
        let name = if plays.len() > 1 { format!("rule {}", place + 1) } else { "refused".to_owned() };
        lines.push(format!("{name:>8} {}", bins.iter().map(cell).collect::<String>()));
    }
    let (first, last) = (log.first.to_string(), log.last.to_string());
    // However short the log, the two times stay apart.
    let space = bins.len().saturating_sub(first.len()).max(last.len() + 2);
    lines.push(format!("{:>8} {first}{last:>space$}", ""));
    lines.push(format!(
        "{:>8} the height of a bar is a share of all calls; · not closed, but nothing refused",
        ""
    ));
    lines
}

/// The timeline as a picture.
pub fn picture(log: &Log, plays: &[Play], timeline: &Timeline) -> String {
    const LEFT: f64 = 20.0;
    const WIDTH: f64 = 860.0;
    const LANE: f64 = 56.0;
    let bins = timeline.in_bins(430);
    let step = WIDTH / bins.len().max(1) as f64;
    let lanes = plays.len() + 1;
    let mut picture = Picture::new(900, 70 + 92 * lanes as u32 + 10);
    picture.text("title", Anchor::Start, (LEFT, 28.0), &log.path);
    let mut lane =
        |nth: usize, title: &str, ink: Ink, of: &dyn Fn(&Bin) -> u64, is_open: &dyn Fn(&Bin) -> bool| {
            let top = 52.0 + 92.0 * nth as f64;
            let class = if nth == 0 { "" } else { "code" };
            picture.text(class, Anchor::Start, (LEFT, top + 10.0), title);
            let base = top + 18.0 + LANE;
            for (at, bin) in bins.iter().enumerate() {
                let x = LEFT + at as f64 * step;
                if is_open(bin) {
                    picture.area(Ink::Faint, (x, base - LANE), (step + 0.2, LANE));
                }
                let height = LANE * of(bin) as f64 / bin.calls.max(1) as f64;
                if height > 0.0 {
                    picture.area(ink, (x, base - height), (step + 0.2, height));
                }
            }
            picture.line(Ink::Plain, &[(LEFT, base), (LEFT + WIDTH, base)]);
        };
    lane(0, "share of calls that failed", Ink::Bad, &|bin| bin.failures, &|_| false);
    for (place, play) in plays.iter().enumerate() {
        let title = format!("refused by {}", play.rule);
        lane(place + 1, &title, Ink::Unsure, &|bin| bin.refused[place], &|bin| bin.open[place]);
    }
    let bottom = 70.0 + 92.0 * lanes as f64;
    picture.text("faint", Anchor::Start, (LEFT, bottom), &log.first.to_string());
    picture.text("faint", Anchor::End, (LEFT + WIDTH, bottom), &log.last.to_string());
    picture.into_svg()
}
