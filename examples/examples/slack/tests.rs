//! What arrives at Slack, and what happens to messages that do not. The server is real, and no test waits in real time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fluxgate::testing::ManualClock;
use fluxgate::{CircuitBreaker, Outcome, permit, retry, trip, window};
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

use crate::channel;
use crate::notifier::{Pace, Wait, run};
use crate::pretend::{Answer, CHANNEL, Pretended, TOKEN, thread};
use crate::queue::Queue;
use crate::slack::Channel;

/// Pauses take no time unless the test blocks them, and time-outs expire when the test says so.
#[derive(Clone)]
struct TestPace {
    pauses: Arc<Mutex<Vec<Duration>>>,
    gate: Arc<Semaphore>,
    impatient: Arc<Notify>,
}

impl TestPace {
    fn new() -> Self {
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        Self { pauses: Arc::default(), gate, impatient: Arc::default() }
    }

    fn pauses(&self) -> Vec<u64> {
        self.pauses.lock().expect("no panic").iter().map(Duration::as_secs).collect()
    }
}

impl Pace for TestPace {
    fn pause(&self, length: Duration) -> Wait {
        self.pauses.lock().expect("no panic").push(length);
        let gate = self.gate.clone();
        Box::pin(async move { gate.acquire().await.expect("open").forget() })
    }

    fn patience(&self) -> Wait {
        let impatient = self.impatient.clone();
        Box::pin(async move { impatient.notified().await })
    }
}

/// A breaker that reports to a Slack with these answers.
struct Scene {
    breaker: CircuitBreaker,
    clock: ManualClock,
    queue: Queue,
    slack: Pretended,
    pace: TestPace,
    notifier: JoinHandle<u64>,
}

impl Scene {
    async fn new(answers: &[Answer]) -> Self {
        Self::named("payments", 100, answers).await
    }

    async fn named(name: &'static str, capacity: usize, answers: &[Answer]) -> Self {
        let slack = Pretended::open(answers).await.expect("a server");
        let channel = Channel::new(&slack.url(), TOKEN, CHANNEL.to_owned()).expect("valid");
        let (queue, pace) = (Queue::new(capacity), TestPace::new());
        let notifier = tokio::spawn(run(queue.clone(), channel, Arc::new(pace.clone())));
        let clock = ManualClock::new();
        let breaker = CircuitBreaker::builder(name)
            .window(window::count(10))
            .trip(trip::failure_streak(2))
            .retry(retry::cooldown(Duration::from_secs(60)))
            .permit(permit::all())
            .clock(clock.clone())
            .listener(queue.clone())
            .build()
            .expect("valid");
        Self { breaker, clock, queue, slack, pace, notifier }
    }

    fn call(&self, outcome: Outcome) {
        self.breaker.acquire().expect("admitted").record(outcome);
        self.breaker.acquire().expect("admitted").record(outcome);
    }

    /// The breaker opens, fails a trial, and passes the next.
    fn incident(&self) {
        self.call(Outcome::Failure);
        self.clock.advance(Duration::from_secs(60));
        self.call(Outcome::Failure);
        self.clock.advance(Duration::from_secs(65));
        self.call(Outcome::Success);
    }

    async fn request(&mut self) -> Value {
        self.slack.requests.recv().await.expect("a request")
    }

    /// All requests to Slack from now on, and how many transitions were not delivered.
    async fn end(mut self) -> (Vec<Value>, u64) {
        self.queue.close();
        let untold = self.notifier.await.expect("no panic");
        let mut requests = Vec::new();
        while let Ok(request) = self.slack.requests.try_recv() {
            requests.push(request);
        }
        (requests, untold)
    }
}

fn text(request: &Value) -> &str {
    request["text"].as_str().expect("a text")
}

fn threads(requests: &[Value]) -> Vec<Option<&str>> {
    requests.iter().map(|request| request["thread_ts"].as_str()).collect()
}

#[tokio::test]
async fn an_incident_is_a_thread() {
    let scene = Scene::new(&[]).await;
    scene.incident();
    scene.call(Outcome::Failure);
    let (requests, untold) = scene.end().await;
    let texts: Vec<_> = requests.iter().map(text).collect();
    assert_eq!(
        texts,
        [
            "🔴 payments opened: 2 failed in a row (2 &gt;= 2). Next attempt in 1m 0s.",
            "🟡 payments tries again: it lets a few calls through.",
            "🔴 payments opened again: 2 failed in a row (2 &gt;= 2). Next attempt in 1m 0s.",
            "🟡 payments tries again: it lets a few calls through.",
            "🟢 payments admits all calls again after 2m 5s: the trial passed.",
            "🔴 payments opened: 2 failed in a row (2 &gt;= 2). Next attempt in 1m 0s.",
        ]
    );
    let (first, none) = (thread(1), None);
    let within = Some(first.as_str());
    assert_eq!(threads(&requests), [none, within, within, within, within, none]);
    let broadcast: Vec<_> = requests.iter().map(|request| request["reply_broadcast"] == true).collect();
    assert_eq!(broadcast, [false, false, false, false, true, false]);
    assert_eq!(untold, 0);
}

#[tokio::test]
async fn commands_are_reported_and_end_an_incident() {
    let scene = Scene::new(&[]).await;
    scene.breaker.force_open();
    scene.clock.advance(Duration::from_secs(7_500));
    scene.breaker.disable();
    scene.breaker.reset();
    scene.breaker.metrics_only();
    scene.call(Outcome::Failure);
    let (requests, _) = scene.end().await;
    let texts: Vec<_> = requests.iter().map(text).collect();
    assert_eq!(
        texts,
        [
            "⛔ payments was forced open by command. It refuses all calls until a command.",
            "⚪ payments is disabled now (disabled by command). It admits all calls again after 2h 5m, and protects nothing.",
            "⚪ payments only reports, and would have opened: 2 failed in a row (2 &gt;= 2).",
        ]
    );
    assert_eq!(threads(&requests), [None, Some(thread(1).as_str()), None]);
}

#[tokio::test]
async fn after_too_many_requests_it_waits_as_long_as_slack_says() {
    for (header, seconds) in [(Some("17"), 17), (None, 30), (Some("soon"), 30), (Some("999999"), 3_600)] {
        let scene = Scene::new(&[Answer::TooMany(header), Answer::TooMany(header)]).await;
        let pace = scene.pace.clone();
        scene.call(Outcome::Failure);
        let (requests, untold) = scene.end().await;
        assert_eq!(pace.pauses(), [seconds, seconds], "{header:?}");
        assert_eq!(requests.len(), 3);
        assert!(requests.iter().all(|request| *request == requests[0]), "the same again");
        assert_eq!(untold, 0);
    }
}

#[tokio::test]
async fn a_server_error_is_retried_with_growing_pauses() {
    let answers =
        [Answer::Status(500), Answer::Status(503), Answer::Error("internal_error"), Answer::Status(200)];
    let scene = Scene::new(&answers).await;
    let pace = scene.pace.clone();
    scene.call(Outcome::Failure);
    let (requests, untold) = scene.end().await;
    assert_eq!((requests.len(), untold), (5, 0));
    assert_eq!(pace.pauses(), [1, 2, 4, 8]);
}

#[tokio::test]
async fn lost_messages_are_counted_and_mentioned_and_the_thread_starts_later() {
    let mut scene = Scene::new(&vec![Answer::Status(502); 5]).await;
    scene.call(Outcome::Failure);
    for _ in 0..5 {
        assert!(text(&scene.request().await).starts_with("🔴 payments opened:"));
    }
    scene.clock.advance(Duration::from_secs(60));
    scene.call(Outcome::Success);
    let (requests, untold) = scene.end().await;
    assert_eq!(
        text(&requests[0]),
        "🟡 payments tries again: it lets a few calls through.\n(One message before this could not be delivered.)"
    );
    assert!(text(&requests[1]).ends_with("the trial passed."), "said once");
    assert_eq!(threads(&requests), [None, Some(thread(1).as_str())]);
    assert_eq!(untold, 1);
}

#[tokio::test]
async fn messages_rejected_by_slack_are_not_retried() {
    for answer in [Answer::Error("invalid_auth"), Answer::Error("channel_not_found"), Answer::Status(404)] {
        let scene = Scene::new(std::slice::from_ref(&answer)).await;
        let pace = scene.pace.clone();
        scene.call(Outcome::Failure);
        let (requests, untold) = scene.end().await;
        assert_eq!((requests.len(), untold), (1, 1), "{answer:?}");
        assert_eq!(pace.pauses(), [0; 0]);
    }
}

#[tokio::test]
async fn a_wrong_token_is_not_printed() {
    let slack = Pretended::open(&[]).await.expect("a server");
    let channel = Channel::new(&slack.url(), "xoxb-wrong", CHANNEL.to_owned()).expect("valid");
    let message = crate::incidents::Message { text: String::new(), thread: None, broadcast: false };
    let error = channel.post(&message).await.expect_err("it is wrong");
    assert_eq!(error.to_string(), "Slack rejects it: invalid_auth");
    assert!(!format!("{error:?}").contains("wrong"));
}

#[tokio::test]
async fn a_hanging_server_is_given_up() {
    let mut scene = Scene::new(&[Answer::Hang, Answer::Hang]).await;
    scene.call(Outcome::Failure);
    for _ in 0..2 {
        scene.request().await;
        scene.pace.impatient.notify_one();
    }
    let pace = scene.pace.clone();
    let (requests, untold) = scene.end().await;
    assert_eq!((requests.len(), untold), (1, 0));
    assert_eq!(pace.pauses(), [1, 2]);
}

#[tokio::test]
async fn a_refused_connection_is_retried() {
    // The socket holds the port without listening, so nobody else can.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let url = format!("http://{}/api", socket.local_addr().expect("bound"));
    let channel = Channel::new(&url, TOKEN, CHANNEL.to_owned()).expect("valid");
    let (queue, pace) = (Queue::new(10), TestPace::new());
    let breaker = CircuitBreaker::builder("refused").listener(queue.clone()).build().expect("valid");
    breaker.force_open();
    queue.close();
    assert_eq!(run(queue, channel, Arc::new(pace.clone())).await, 1);
    assert_eq!(pace.pauses(), [1, 2, 4, 8]);
}

#[tokio::test]
async fn a_full_queue_drops_the_oldest_and_delays_no_call() {
    let mut scene = Scene::named("busy", 3, &[Answer::Hang]).await;
    scene.breaker.force_open();
    scene.request().await;
    // On this single thread the task cannot run meanwhile: anything that waited for it would wait forever.
    for _ in 0..1_000 {
        scene.breaker.reset();
        scene.breaker.force_open();
    }
    scene.breaker.reset();
    scene.pace.impatient.notify_one();
    let (requests, untold) = scene.end().await;
    let texts: Vec<_> = requests.iter().map(text).collect();
    // The one in progress, and the last three of 2,001.
    assert_eq!(requests.len(), 4, "{texts:#?}");
    assert!(texts[1].contains("(1998 messages before this could not be delivered.)"), "{texts:#?}");
    assert!(texts[3].starts_with("🟢 busy admits all calls again"), "{texts:#?}");
    assert_eq!(untold, 1_998);
}

/// Regression: if the end of an incident was dropped, the next opening appeared only in its thread, where nobody looks.
#[tokio::test]
async fn an_opening_is_in_the_channel_even_if_the_last_recovery_was_lost() {
    let mut scene = Scene::named("payments", 1, &[]).await;
    scene.call(Outcome::Failure);
    let first = scene.request().await;
    scene.clock.advance(Duration::from_secs(60));
    scene.call(Outcome::Success);
    scene.call(Outcome::Failure);
    let (later, untold) = scene.end().await;
    let requests = [vec![first], later].concat();
    assert_eq!(threads(&requests), [None, None]);
    assert!(text(&requests[1]).ends_with("(2 messages before this could not be delivered.)"), "{requests:?}");
    assert_eq!(untold, 2);
}

#[tokio::test]
async fn a_pause_that_slack_asks_for_delays_no_call() {
    let mut scene = Scene::named("patient", 2, &[Answer::TooMany(Some("600"))]).await;
    scene.pace.gate.forget_permits(Semaphore::MAX_PERMITS);
    scene.call(Outcome::Failure);
    scene.request().await;
    scene.clock.advance(Duration::from_secs(60));
    scene.call(Outcome::Success);
    scene.pace.gate.add_permits(1);
    let (requests, untold) = scene.end().await;
    let texts: Vec<_> = requests.iter().map(text).collect();
    assert_eq!((texts.len(), untold), (3, 0), "{texts:#?}");
    assert!(texts[2].starts_with("🟢 patient"), "{texts:#?}");
}

#[tokio::test]
async fn a_breakers_name_mentions_nobody() {
    let scene = Scene::named("<!channel> & <@U1>", 10, &[]).await;
    scene.breaker.force_open();
    let (requests, _) = scene.end().await;
    assert!(text(&requests[0]).starts_with("⛔ &lt;!channel&gt; &amp; &lt;@U1&gt; was"), "{requests:?}");
}

#[test]
fn missing_environment_variables_are_reported() {
    let with = |variables: &[(&str, &str)]| {
        let variable = |name: &str| {
            let value = variables.iter().find(|(known, _)| *known == name);
            value.map(|(_, value)| (*value).to_owned())
        };
        channel(variable).err().unwrap_or_default()
    };
    assert!(with(&[]).starts_with("`SLACK_TOKEN` is not set"));
    assert!(with(&[("SLACK_TOKEN", " "), ("SLACK_CHANNEL", "C0")]).starts_with("`SLACK_TOKEN` is not set"));
    assert!(with(&[("SLACK_TOKEN", "xoxb-1")]).starts_with("`SLACK_CHANNEL` is not set"));
    let (token, id) = (("SLACK_TOKEN", "xoxb-secret\n2"), ("SLACK_CHANNEL", "C0"));
    let wrong = with(&[token, id, ("SLACK_URL", "http://localhost")]);
    assert!(wrong.contains("characters") && !wrong.contains("secret"), "{wrong}");
    assert_eq!(with(&[("SLACK_TOKEN", "xoxb-1\n"), id, ("SLACK_URL", "http://localhost")]), "");
}
