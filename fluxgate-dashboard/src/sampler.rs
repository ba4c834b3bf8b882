//! Samples all breakers once a second, and those with events at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use fluxgate::{Events, Interests, Snapshot, breakers};
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::board::{Board, Trigger};

const SECOND: Duration = Duration::from_secs(1);
/// Events within this time are shown together.
const TOGETHER: Duration = Duration::from_millis(50);
/// How many breakers to sample before yielding to other tasks.
const AT_A_TIME: usize = 200;

/// Samples all breakers for one router. Its task ends when the last clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Sampler(Arc<Sampled>);

#[derive(Debug)]
struct Sampled {
    board: Mutex<Board>,
    /// Held while sampling the breakers and updating the board, so that older samples never overwrite newer ones.
    turn: tokio::sync::Mutex<()>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Sampler {
    pub(crate) fn new() -> Self {
        let board = Mutex::new(Board::new(std::time::Instant::now()));
        Self(Arc::new(Sampled { board, turn: tokio::sync::Mutex::default(), task: Mutex::default() }))
    }

    /// Starts sampling, unless it has started already or there is no runtime yet.
    pub(crate) fn start(&self) {
        let Ok(runtime) = Handle::try_current() else { return };
        let mut task = self.0.task.lock().unwrap_or_else(PoisonError::into_inner);
        // The runtime on which it started may be gone.
        if task.as_ref().is_none_or(JoinHandle::is_finished) {
            *task = Some(runtime.spawn(sample(Arc::downgrade(&self.0))));
        }
    }

    /// The board, with fresh samples of all breakers.
    pub(crate) async fn look(&self) -> MutexGuard<'_, Board> {
        let _turn = self.0.turn.lock().await;
        let snapshots = snapshots(|_| true).await;
        let mut board = self.0.board();
        board.update(snapshots, Trigger::Look, Vec::new(), std::time::Instant::now());
        board
    }

    pub(crate) fn board(&self) -> MutexGuard<'_, Board> {
        self.0.board()
    }
}

impl Sampled {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn sample(sampled: Weak<Sampled>) {
    let mut events = fluxgate::events().interests(Interests::transitions().resets());
    let began = Instant::now();
    let mut tick = began;
    while sampled.strong_count() > 0 {
        let mut heard = Vec::new();
        if let Ok(event) = timeout_at(tick, events.next()).await {
            heard.push(event);
            sleep_until(tick.min(Instant::now() + TOGETHER)).await;
        }
        let Some(sampled) = sampled.upgrade() else { return };
        let _turn = sampled.turn.lock().await;
        drain(&mut events, &mut heard);
        let now = Instant::now();
        let (snapshots, trigger) = if now >= tick {
            let second = now.duration_since(began).as_secs() + 1;
            tick = began + SECOND * u32::try_from(second).unwrap_or(u32::MAX);
            (snapshots(|_| true).await, Trigger::Tick(second))
        } else {
            let names: HashSet<_> = heard.iter().map(|event| event.breaker().to_owned()).collect();
            (snapshots(|name| names.contains(name)).await, Trigger::Events)
        };
        sampled.board().update(snapshots, trigger, heard, std::time::Instant::now());
    }
}

fn drain(events: &mut Events, heard: &mut Vec<fluxgate::Event>) {
    while let Some(event) = events.try_recv() {
        heard.push(event);
    }
}

/// Snapshots of all live breakers whose names are wanted.
pub(crate) async fn snapshots(wants: impl Fn(&str) -> bool) -> Vec<Snapshot> {
    let mut snapshots = Vec::new();
    for (nth, breaker) in breakers().enumerate() {
        if nth % AT_A_TIME == AT_A_TIME - 1 {
            yield_now().await;
        }
        if wants(breaker.name()) {
            snapshots.push(breaker.snapshot());
        }
    }
    snapshots
}

#[cfg(test)]
mod tests {
    use super::Sampler;
    use fluxgate::CircuitBreaker;
    use fluxgate::testing::ManualClock;
    use std::future::{Future as _, poll_fn};
    use std::pin::pin;
    use std::task::Poll;

    #[tokio::test]
    async fn a_look_waits_until_the_board_has_the_previous_samples() {
        let breaker =
            CircuitBreaker::builder("sampler turns").clock(ManualClock::new()).build().expect("valid");
        let sampler = Sampler::new();
        let turn = sampler.0.turn.lock().await;
        let mut look = pin!(sampler.look());
        let waits = poll_fn(|context| Poll::Ready(look.as_mut().poll(context).is_pending())).await;
        assert!(waits);
        breaker.force_open();
        drop(turn);
        let stream = look.await.join(crate::access::Access::ReadOnly);
        let mut stream = Box::pin(stream.expect("room"));
        let first = poll_fn(|context| futures_core::Stream::poll_next(stream.as_mut(), context)).await;
        let first = first.expect("everything").expect("infallible");
        let text = std::str::from_utf8(&first).expect("text");
        assert!(text.contains(r#""name":"sampler turns","state":"forced_open""#), "{text}");
    }
}
