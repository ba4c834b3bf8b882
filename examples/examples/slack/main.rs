//! Incidents in Slack: one thread each, from when a breaker opens until it admits all calls again.
//!
//! ```sh
//! cargo run --example slack -- --pretend
//! ```
//!
//! also plays Slack, and prints the messages. The program calls a dependency that is down for a while, and ends after half a
//! minute; `--seconds N` changes that. To use the real Slack:
//!
//! ```sh
//! cargo add --dev --package fluxgate-examples reqwest --features rustls
//! SLACK_TOKEN=xoxb-.. SLACK_CHANNEL=C0.. cargo run --example slack
//! ```
//!
//! The first line adds HTTPS, which these examples leave out to build faster. The token belongs to a bot with the scope `chat:write`
//! that has been invited to the channel.
//!
//! What to reuse: `queue.rs`, a listener that never waits; `notifier.rs`, the task that does; `incidents.rs`, the messages;
//! `slack.rs`, how they are sent.

#![allow(unreachable_pub, reason = "a program has no outside")]

mod incidents;
mod notifier;
mod pretend;
mod queue;
mod slack;
#[cfg(test)]
mod tests;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use fluxgate::{CallNotPermitted, circuit_breaker};
use tokio::time::{Instant, interval};

use notifier::RealTime;
use pretend::Pretended;
use queue::Queue;
use slack::Channel;

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("no answer")]
    NoAnswer,
    #[error(transparent)]
    Refused(#[from] CallNotPermitted),
}

#[circuit_breaker(
    name = "payments",
    window = count(20),
    trip = min(10) & failure_rate(50%),
    retry = cooldown(4s),
    permit = ramp_up(10%, 100%, 4s)
)]
async fn pay(works: bool) -> Result<(), Trouble> {
    if works { Ok(()) } else { Err(Trouble::NoAnswer) }
}

/// Twenty calls a second. Payments are down from the third second to the tenth.
async fn trade(length: Duration) {
    let begin = Instant::now();
    let mut ticks = interval(Duration::from_millis(50));
    while begin.elapsed() < length {
        ticks.tick().await;
        let is_down = (3..10).contains(&begin.elapsed().as_secs());
        let _ = pay(!is_down).await;
    }
}

const USUAL_URL: &str = "https://slack.com/api";

/// How many transitions may wait while Slack asks for patience.
const CAPACITY: usize = 256;

/// The channel that the environment names.
fn channel(variable: impl Fn(&str) -> Option<String>) -> Result<Channel, String> {
    let needed = |name: &str, what: &str| {
        let value = variable(name).filter(|value| !value.trim().is_empty());
        value.map(|value| value.trim().to_owned()).ok_or_else(|| {
            format!("`{name}` is not set: it is {what}. Or let the program play Slack: `--pretend`")
        })
    };
    let token = needed("SLACK_TOKEN", "the token of a bot with the scope `chat:write`, `xoxb-..`")?;
    let id = needed("SLACK_CHANNEL", "the channel to post to, `C0..`")?;
    Channel::new(&variable("SLACK_URL").unwrap_or_else(|| USUAL_URL.to_owned()), &token, id)
}

async fn run(arguments: &[String]) -> Result<(), String> {
    let mut length = Duration::from_secs(30);
    let mut is_pretended = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--pretend" => is_pretended = true,
            "--seconds" => {
                let seconds = rest.next().and_then(|seconds| seconds.parse().ok());
                length = Duration::from_secs(seconds.ok_or("write `--seconds 30`")?);
            }
            other => return Err(format!("unknown argument `{other}`: expected `--pretend` or `--seconds`")),
        }
    }
    let channel = if is_pretended { pretended().await? } else { channel(|name| std::env::var(name).ok())? };

    let queue = Queue::new(CAPACITY);
    fluxgate::listen(queue.clone());
    let notifier = tokio::spawn(notifier::run(queue.clone(), channel, Arc::new(RealTime)));
    trade(length).await;

    // Deliver what is still waiting.
    queue.close();
    let untold = notifier.await.map_err(|error| error.to_string())?;
    if untold > 0 { Err(format!("not delivered: {untold}")) } else { Ok(()) }
}

/// A channel of the pretended Slack, whose messages are printed.
async fn pretended() -> Result<Channel, String> {
    let mut pretended = Pretended::open(&[]).await.map_err(|error| error.to_string())?;
    let channel = Channel::new(&pretended.url(), pretend::TOKEN, pretend::CHANNEL.to_owned());
    tokio::spawn(async move {
        while let Some(request) = pretended.requests.recv().await {
            let indent = if request["thread_ts"].is_string() { "   ↳ " } else { "" };
            let text = request["text"].as_str().unwrap_or_default();
            println!("{indent}{}", pretend::shown(text));
        }
    });
    channel
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
