//! What a rule would have done to the calls of a log.
//!
//! ```sh
//! cargo run --release --example replay -- access.log \
//!     --trip 'min(10) & failure_rate(50%)' --trip 'failure_streak(5)' --window 'count(100)'
//! ```
//!
//! Reads the Common and Combined Log Format, also with nginx's `$request_time` behind it, JSON lines, and CSV with a heading, and plays
//! them through the real breaker on a clock that follows the log. Each call is taken to begin and end at the time of its line.
//!
//! - `--window`, `--retry` and `--permit` are as in the attribute; the same for all rules
//! - `--key host` or `--key path`: a breaker for each of them
//! - `--failing 5xx,429`: which statuses are failures; by default `5xx`
//! - `--time`, `--status`, `--outcome`, `--duration`, `--host` and `--path` name fields of JSON or CSV, where that is not guessed
//! - `--svg file` draws the timeline

#![allow(unreachable_pub, reason = "a program has no outside")]

mod format;
mod lines;
mod moment;
mod play;
mod record;
mod report;
mod timeline;

use std::process::ExitCode;

use fluxgate::permit::Permit;
use fluxgate::retry::Retry;
use fluxgate::trip::Rule;
use fluxgate::window::Window;
use fluxgate::{Builder, CircuitBreaker, ConfigError};
use fluxgate_examples::arguments::Arguments;

use format::Format;
use lines::Lines;
use play::Play;
use record::{Failing, Field, Names, Record, unit_of};
use report::Log;
use timeline::Timeline;

const NAMES: [&str; 13] = [
    "trip", "window", "retry", "permit", "key", "failing", "time", "status", "outcome", "duration", "host",
    "path", "svg",
];

/// The log that comes with this program; `scripts/access-log.py` has made it.
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/replay/access.log");

fn main() -> ExitCode {
    match answer() {
        Ok(page) => {
            print!("{page}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer() -> Result<String, String> {
    let arguments = Arguments::read(std::env::args().skip(1), &NAMES)?;
    let path = match arguments.free.as_slice() {
        [] => SAMPLE,
        [path] => path,
        _ => return Err("write one file: replay access.log --trip 'min(10) & failure_rate(50%)'".to_owned()),
    };
    let settings = Settings::read(&arguments)?;
    let (log, plays, timeline) = replay(path, &settings)?;
    if let Some(file) = arguments.last("svg") {
        let picture = report::picture(&log, &plays, &timeline);
        std::fs::write(file, picture).map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(report::page(&log, &plays, &timeline))
}

#[derive(Clone, Copy)]
enum Key {
    None,
    Host,
    Path,
}

struct Settings {
    /// Of each rule, as it was written.
    breakers: Vec<(String, BreakerSettings)>,
    key: Key,
    failing: Failing,
    names: Names,
}

#[derive(Clone)]
struct BreakerSettings {
    rule: Option<Rule>,
    window: Option<Window>,
    retry: Option<Retry>,
    permit: Option<Permit>,
}

impl BreakerSettings {
    fn builder(&self) -> Builder {
        let mut builder = CircuitBreaker::builder("replay");
        if let Some(rule) = &self.rule {
            builder = builder.trip(rule.clone());
        }
        if let Some(window) = self.window {
            builder = builder.window(window);
        }
        if let Some(retry) = self.retry {
            builder = builder.retry(retry);
        }
        if let Some(permit) = self.permit {
            builder = builder.permit(permit);
        }
        builder
    }
}

impl Settings {
    fn read(arguments: &Arguments) -> Result<Self, String> {
        let common = BreakerSettings {
            rule: None,
            window: arguments
                .last("window")
                .map(str::parse)
                .transpose()
                .map_err(|error: ConfigError| error.to_string())?,
            retry: arguments
                .last("retry")
                .map(str::parse)
                .transpose()
                .map_err(|error: ConfigError| error.to_string())?,
            permit: arguments
                .last("permit")
                .map(str::parse)
                .transpose()
                .map_err(|error: ConfigError| error.to_string())?,
        };
        let mut breakers = Vec::new();
        for text in arguments.all("trip") {
            let rule: Rule = text.parse().map_err(|error: ConfigError| error.to_string())?;
            breakers.push((rule.to_string(), BreakerSettings { rule: Some(rule), ..common.clone() }));
        }
        if breakers.is_empty() {
            breakers.push(("the default rule".to_owned(), common));
        }
        for (_, settings) in &breakers {
            settings.builder().build().map_err(|error: ConfigError| error.to_string())?;
        }
        let key = match arguments.last("key") {
            None => Key::None,
            Some("host") => Key::Host,
            Some("path") => Key::Path,
            Some(other) => return Err(format!("`{other}` is no key: write `--key host` or `--key path`")),
        };
        let failing = Failing::read(arguments.last("failing").unwrap_or("5xx"))?;
        let mut names = Names::default();
        for argument in ["time", "status", "outcome", "duration", "host", "path"] {
            for name in arguments.all(argument) {
                let field = match argument {
                    "time" => Field::Time,
                    "status" => Field::Status,
                    "outcome" => Field::Outcome,
                    "duration" => Field::Duration(unit_of(name.as_bytes())),
                    "host" => Field::Host,
                    _ => Field::Path,
                };
                names.0.push((name.to_owned(), field));
            }
        }
        Ok(Self { breakers, key, failing, names })
    }
}

/// Plays a log through the breakers of all rules.
fn replay(path: &str, settings: &Settings) -> Result<(Log, Vec<Play>, Timeline), String> {
    let failed = |error: std::io::Error| format!("{path}: {error}");
    let mut lines = Lines::open(path).map_err(failed)?;
    let (mut format, mut replay) = (None, None::<Replay>);
    let (mut broken, mut broken_lines) = (0, Vec::new());
    loop {
        let number = lines.number + 1;
        let Some(line) = lines.next().map_err(failed)? else { break };
        if line.is_empty() {
            continue;
        }
        if format.is_none() {
            let (known, is_heading) = Format::of(line, &settings.names).ok_or_else(|| {
                format!("{path}: line {number} is in no format that is known: write an access log, JSON lines, or CSV with a heading")
            })?;
            format = Some(known);
            if is_heading {
                continue;
            }
        }
        let Some(format) = &format else { continue };
        match format.read(line, &settings.names, &settings.failing) {
            Ok(record) => {
                let replay = replay.get_or_insert_with(|| Replay::new(path, settings, &record));
                replay.call(&record, settings.key, number);
            }
            Err(reason) => {
                broken += 1;
                if broken_lines.len() < 5 {
                    broken_lines.push((number, reason));
                }
            }
        }
    }
    let Some(Replay { mut log, plays, timeline }) = replay else {
        let first = broken_lines.first().map(|(number, reason)| format!(": line {number} has {reason}"));
        return Err(format!("{path} has no call{}", first.unwrap_or_default()));
    };
    (log.broken, log.broken_lines) = (broken, broken_lines);
    Ok((log, plays, timeline))
}

struct Replay {
    log: Log,
    plays: Vec<Play>,
    timeline: Timeline,
}

impl Replay {
    fn new(path: &str, settings: &Settings, first: &Record<'_>) -> Self {
        let play = |(rule, settings): &(String, BreakerSettings)| {
            let settings = settings.clone();
            Play::new(rule.clone(), move || settings.builder(), first.at)
        };
        let log = Log {
            path: path.rsplit('/').next().unwrap_or(path).to_owned(),
            calls: 0,
            failures: 0,
            first: first.at,
            last: first.at,
            unsorted: 0,
            first_unsorted: 0,
            broken: 0,
            broken_lines: Vec::new(),
        };
        let plays: Vec<_> = settings.breakers.iter().map(play).collect();
        Self { log, timeline: Timeline::new(first.at, plays.len()), plays }
    }

    fn call(&mut self, record: &Record<'_>, key: Key, line: u64) {
        let Self { log, plays, timeline } = self;
        if record.at < log.last {
            log.unsorted += 1;
            if log.unsorted == 1 {
                log.first_unsorted = line;
            }
        }
        log.last = log.last.max(record.at);
        log.calls += 1;
        log.failures += u64::from(record.failed);
        let bin = timeline.at(log.last);
        bin.calls += 1;
        bin.failures += u64::from(record.failed);
        let key = match key {
            Key::None => &b""[..],
            Key::Host => record.host,
            Key::Path => record.path,
        };
        for (place, play) in plays.iter_mut().enumerate() {
            let (is_refused, is_closed) = play.call(record, key);
            bin.refused[place] += u64::from(is_refused);
            bin.open[place] |= !is_closed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, NAMES, SAMPLE, Settings, replay};

    fn settings(arguments: &[&str]) -> Result<Settings, String> {
        let arguments = arguments.iter().map(ToString::to_string);
        Settings::read(&Arguments::read(arguments, &NAMES).unwrap())
    }

    #[test]
    fn the_sample_is_an_incident_of_a_host_and_one_of_all() {
        let rules = ["--trip", "min(10) & failure_rate(50%)", "--trip", "failure_streak(5)"];
        let (log, plays, timeline) = replay(SAMPLE, &settings(&rules).unwrap()).unwrap();
        assert_eq!((log.calls, log.unsorted), (1_800, 0));
        assert_eq!((log.broken, log.broken_lines[0].0), (1, 902));
        assert_eq!(plays.iter().map(|play| play.sums.opened).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(timeline.in_bins(9).iter().map(|bin| bin.calls).sum::<u64>(), 1_800);
        for play in &plays {
            // Nobody is lost: what failed was refused or let through.
            assert_eq!(play.sums.failures + play.sums.refused - play.sums.refused_good, log.failures);
            assert_eq!(play.episodes.iter().map(|episode| episode.refused).sum::<u64>(), play.sums.refused);
        }
        // A breaker for each host notices the one that is down, which is lost among the calls of both.
        let by_host = [&rules[..2], &["--key", "host"]].concat();
        let (_, by_host, _) = replay(SAMPLE, &settings(&by_host).unwrap()).unwrap();
        assert_eq!(by_host[0].breakers(), 2);
        assert_eq!(by_host[0].episodes[0].key.as_ref(), b"b.payments.example");
        assert!(by_host[0].episodes[0].from < plays[0].episodes[0].from);
    }

    #[test]
    fn lines_that_are_broken_long_or_early_are_told() {
        let path = std::env::temp_dir().join(format!("fluxgate-replay-{}.log", std::process::id()));
        let line = |second: u32| format!("{{\"ts\":{}, \"status\":200}}\n", 1_791_640_500 + second);
        let endless = format!("{{\"text\":\"{}\"}}\n", "x".repeat(1_000_000));
        let text =
            [&line(0), &line(5), "not a line\n", &endless, "\n", &line(3), &line(9), "{\"ts\""].concat();
        std::fs::write(&path, text).unwrap();
        let (log, plays, _) = replay(path.to_str().unwrap(), &settings(&[]).unwrap()).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!((log.calls, log.unsorted, log.first_unsorted, log.broken), (4, 1, 6, 3));
        assert_eq!(log.broken_lines.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 4, 8]);
        assert_eq!((log.last.since(log.first), plays[0].breakers()), (9_000_000_000, 1));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |arguments: &[&str]| settings(arguments).err().unwrap();
        assert!(error(&["--trip", "failure_rat(0.5)"]).contains("did you mean `failure_rate`?"));
        assert!(
            error(&["--trip", "min(20) & failure_rate(0.5)", "--window", "count(5)"]).contains("5 calls")
        );
        assert!(error(&["--key", "user"]).contains("--key host"));
        assert!(replay("missing.log", &settings(&[]).unwrap()).is_err());
    }
}
