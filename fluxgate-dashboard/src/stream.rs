//! Server-sent events to all open pages.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use futures_core::Stream;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Sleep, sleep};

/// How many pages may be open at once.
const CLIENTS: usize = 64;
/// How many messages wait for a page that does not read. There is one per second, and a few more when states change.
const WAITING: usize = 32;
/// After this time, a stream ends, so that the page's access is checked again.
const LONGEST: Duration = Duration::from_secs(600);

/// An event, as it is sent.
pub(crate) fn event(name: &str, data: &impl Serialize) -> Bytes {
    // JSON has no raw line breaks.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n").into()
}

/// The pages that are open.
#[derive(Default, Debug)]
pub(crate) struct Clients(Vec<Sender<Bytes>>);

impl Clients {
    /// Adds a page, whose first message is `first`; `None` if there are too many.
    pub(crate) fn join(&mut self, first: Bytes) -> Option<EventStream> {
        self.0.retain(|client| !client.is_closed());
        if self.0.len() >= CLIENTS {
            return None;
        }
        let (sender, messages) = channel(WAITING);
        // There is room: the channel is empty.
        let _ = sender.try_send(first);
        self.0.push(sender);
        Some(EventStream { messages, ends: Box::pin(sleep(LONGEST)) })
    }

    /// Sends to all pages. Forgets those that are gone, and those that have not read for too long: a browser whose stream ends opens
    /// another one and starts over.
    pub(crate) fn send(&mut self, message: &Bytes) {
        self.0.retain(|client| client.try_send(message.clone()).is_ok());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What one page receives.
pub(crate) struct EventStream {
    messages: Receiver<Bytes>,
    ends: Pin<Box<Sleep>>,
}

impl Stream for EventStream {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ends.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        Poll::Ready(ready!(self.messages.poll_recv(context)).map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, CLIENTS, Clients, LONGEST, WAITING, event};
    use futures_core::Stream as _;
    use std::future::poll_fn;
    use std::pin::Pin;

    #[test]
    fn an_event_is_two_lines_and_an_empty_one() {
        assert_eq!(event("change", &"a\nb"), "event: change\ndata: \"a\\nb\"\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_does_not_read_is_dropped_and_others_are_not() {
        let mut clients = Clients::default();
        let mut slow = clients.join(Bytes::from("first")).expect("room");
        let mut quick = clients.join(Bytes::from("first")).expect("room");
        for _ in 0..2 * WAITING {
            clients.send(&Bytes::from("more"));
            let received = poll_fn(|context| Pin::new(&mut quick).poll_next(context)).await;
            assert!(received.is_some());
        }
        assert_eq!(clients.0.len(), 1);
        let mut received = 0;
        while poll_fn(|context| Pin::new(&mut slow).poll_next(context)).await.is_some() {
            received += 1;
        }
        assert_eq!(received, WAITING, "what waited is still read, and then it ends");
    }

    #[tokio::test(start_paused = true)]
    async fn pages_are_bounded_and_make_room_when_they_go() {
        let mut clients = Clients::default();
        let mut pages: Vec<_> = (0..CLIENTS).map(|_| clients.join(Bytes::new()).expect("room")).collect();
        assert!(clients.join(Bytes::new()).is_none());
        pages.pop();
        assert!(clients.join(Bytes::new()).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_so_that_access_is_checked_again() {
        let mut clients = Clients::default();
        let mut page = clients.join(Bytes::from("first")).expect("room");
        let mut next = async || poll_fn(|context| Pin::new(&mut page).poll_next(context)).await;
        assert!(next().await.is_some());
        let before = tokio::time::Instant::now();
        assert!(next().await.is_none());
        assert_eq!(before.elapsed(), LONGEST);
    }
}
