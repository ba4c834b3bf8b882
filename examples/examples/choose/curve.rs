//! The curve of a rule: what happens at each share of failing calls.

use fluxgate::trip::Explanation;
use fluxgate_examples::picture::{Anchor, Ink, Picture};

/// The number of calls within which a breaker opens or does not.
const CALLS: u64 = 1_000;

/// The points of both curves: the share of failing calls, the chance to open, and the chance to pass a trial.
struct Points(Vec<(f64, f64, Option<f64>)>);

impl Points {
    fn of(explanation: &Explanation, count: usize) -> Self {
        let point = |at: usize| {
            let share = at as f64 / (count - 1) as f64;
            let passes = explanation.trial(share).map(|odds| odds.passes);
            (share, explanation.chance_to_open(share, CALLS), passes)
        };
        Self((0..count).map(point).collect())
    }
}

/// The curves in characters.
pub(crate) fn drawn(explanation: &Explanation) -> String {
    const WIDTH: usize = 71;
    const HEIGHT: usize = 13;
    let Points(points) = Points::of(explanation, WIDTH);
    let mut cells = vec![[' '; WIDTH]; HEIGHT];
    let row = |chance: f64| HEIGHT - 1 - (chance * (HEIGHT - 1) as f64).round() as usize;
    for (column, (_, _, passes)) in points.iter().enumerate() {
        if let Some(passes) = passes {
            cells[row(*passes)][column] = '·';
        }
    }
    for (column, (_, opens, _)) in points.iter().enumerate() {
        cells[row(*opens)][column] = '●';
    }
    let mut lines = vec!["       ● opens within 1,000 calls   · passes a trial".to_owned()];
    for (row, cells) in cells.iter().enumerate() {
        let label = match row {
            0 => "100%",
            row if row == (HEIGHT - 1) / 2 => "50%",
            row if row == HEIGHT - 1 => "0%",
            _ => "",
        };
        let cells: String = cells.iter().collect();
        lines.push(format!("{label:>5} ┤{}", cells.trim_end()));
    }
    let ticks: String =
        (0..WIDTH).map(|column| if column % ((WIDTH - 1) / 5) == 0 { '┬' } else { '─' }).collect();
    lines.push(format!("      └{ticks}"));
    let step = (WIDTH - 1) / 5;
    let labels: Vec<_> = (0..=5).map(|at| format!("{:<step$}", format!("{}%", at * 20))).collect();
    let labels = labels.concat();
    lines.push(format!("       {}", labels.trim_end()));
    lines.push("       of calls fail".to_owned());
    lines.join("\n") + "\n"
}

/// The same as a picture.
pub(crate) fn picture(explanation: &Explanation) -> String {
    const LEFT: f64 = 60.0;
    const TOP: f64 = 84.0;
    const WIDTH: f64 = 580.0;
    const HEIGHT: f64 = 260.0;
    let Points(points) = Points::of(explanation, 201);
    let place = |share: f64, chance: f64| (LEFT + share * WIDTH, TOP + (1.0 - chance) * HEIGHT);
    // A monospaced letter of the title is 9.2 wide.
    let title = explanation.rule().to_string();
    let width = 40 + title.chars().count() as u32 * 92 / 10;
    let mut picture = Picture::new(width.max(680), 410);
    picture.text("title code", Anchor::Start, (20.0, 28.0), &title);
    picture.text("faint code", Anchor::Start, (20.0, 50.0), &format!("window = {}", explanation.window()));
    for tick in 0..=5 {
        let at = f64::from(tick) / 5.0;
        let label = format!("{}%", tick * 20);
        picture.line(Ink::Faint, &[place(0.0, at), place(1.0, at)]);
        let (x, y) = place(0.0, at);
        picture.text("faint", Anchor::End, (x - 8.0, y + 4.0), &label);
        let (x, y) = place(at, 0.0);
        picture.text("faint", Anchor::Middle, (x, y + 20.0), &label);
    }
    picture.line(Ink::Plain, &[place(0.0, 0.0), place(1.0, 0.0)]);
    let passes: Vec<_> =
        points.iter().filter_map(|(share, _, passes)| Some(place(*share, (*passes)?))).collect();
    picture.line(Ink::Good, &passes);
    let opens: Vec<_> = points.iter().map(|(share, opens, _)| place(*share, *opens)).collect();
    picture.line(Ink::Bad, &opens);
    picture.text("faint", Anchor::Middle, (LEFT + WIDTH / 2.0, TOP + HEIGHT + 44.0), "of calls fail");
    for (x, ink, text) in [
        (330.0, Ink::Bad, "opens within 1,000 calls".to_owned()),
        (550.0, Ink::Good, "passes a trial".to_owned()),
    ] {
        picture.line(ink, &[(x - 30.0, 66.0), (x - 8.0, 66.0)]);
        picture.text("", Anchor::Start, (x, 70.0), &text);
    }
    picture.into_svg()
}
