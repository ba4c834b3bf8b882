//! The task that posts to Slack.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::incidents::{Incidents, Message};
use crate::queue::Queue;
use crate::slack::{Channel, NotPosted};

/// How the task waits; tests replace it.
pub trait Pace: Send + Sync + 'static {
    /// A pause of this length.
    fn pause(&self, length: Duration) -> Wait;

    /// Ends when an answer has taken too long.
    fn patience(&self) -> Wait;
}

pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Real waiting.
pub struct RealTime;

impl Pace for RealTime {
    fn pause(&self, length: Duration) -> Wait {
        Box::pin(tokio::time::sleep(length))
    }

    fn patience(&self) -> Wait {
        self.pause(Duration::from_secs(10))
    }
}

/// How often a message is retried while Slack is failing. Requests by Slack to wait are not limited: the queue is bounded.
const ATTEMPTS: u32 = 5;

/// Posts what the queue yields until it is closed and empty. Returns how many transitions were not delivered.
pub async fn run(queue: Queue, channel: Channel, pace: Arc<dyn Pace>) -> u64 {
    let mut incidents = Incidents::default();
    // Since the last message that arrived, and in total.
    let (mut untold, mut untold_in_all) = (0, 0);
    while let Some((transition, dropped)) = queue.next().await {
        let lost = dropped + transition.missed;
        untold += lost;
        untold_in_all += lost;
        let Some(mut message) = incidents.message(&transition) else { continue };
        if untold > 0 {
            let messages = if untold == 1 { "One message" } else { &format!("{untold} messages") };
            message.text = format!("{}\n({messages} before this could not be delivered.)", message.text);
        }
        match deliver(&channel, &message, &*pace).await {
            Ok(posted) => {
                untold = 0;
                incidents.begin_thread(&transition.breaker, posted);
            }
            Err(error) => {
                untold += 1;
                untold_in_all += 1;
                eprintln!("a message was dropped: {error}: {}", message.text);
            }
        }
    }
    untold_in_all
}

async fn deliver(channel: &Channel, message: &Message, pace: &dyn Pace) -> Result<String, NotPosted> {
    let mut attempts = 0;
    loop {
        let answer = tokio::select! {
            answer = channel.post(message) => answer,
            () = pace.patience() => Err(NotPosted::Unavailable("no answer in time".to_owned())),
        };
        match answer {
            Err(NotPosted::TooMany(wait)) => pace.pause(wait).await,
            Err(NotPosted::Unavailable(_)) if attempts + 1 < ATTEMPTS => {
                pace.pause(Duration::from_secs(1 << attempts)).await;
                attempts += 1;
            }
            answer => return answer,
        }
    }
}
