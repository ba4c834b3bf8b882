//! What happens to all breakers, as a stream.

use core::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::listening::count_calls;
use crate::clock::system_clock;
use crate::events::channel::Channel;
use crate::events::event::Event;
use crate::events::interests::Interests;

/// A stream of what happens to all breakers from now on: a queue of at most 1,024 events, which no call waits for. If it is full, the
/// oldest event is [dropped](Events::dropped).
///
/// It needs no runtime: wait for events on a thread ([`recv`](Events::recv)) or in a task of any executor ([`next`](Events::next)).
///
/// ```
/// use fluxgate::{CircuitBreaker, Interests};
///
/// let mut events = fluxgate::events().interests(Interests::transitions().refusals());
/// let breaker = CircuitBreaker::builder("stock").build()?;
/// breaker.force_open();
/// breaker.acquire().unwrap_err();
/// let mut of_stock = std::iter::from_fn(|| Some(events.recv())).filter(|event| event.breaker() == "stock");
/// let heard = [of_stock.next(), of_stock.next()].map(|event| event.unwrap().to_string());
/// assert_eq!(
///     heard,
///     [
///         "circuit breaker `stock`: closed -> forced open (forced open by command)",
///         "circuit breaker `stock` refused a call: it is forced open",
///     ]
/// );
/// # Ok::<(), fluxgate::ConfigError>(())
/// ```
pub fn events() -> Events {
    Events(Channel::open(CAPACITY))
}

const CAPACITY: usize = 1_024;

/// A stream of what happens to all breakers; returned by [`events`].
#[must_use = "it hears events only as long as it is held"]
pub struct Events(Arc<Channel>);

impl Events {
    /// What to hear in addition to transitions. Default: nothing. If all calls are wanted, all breakers [count their calls](count_calls)
    /// from now on.
    pub fn interests(self, interests: Interests) -> Self {
        self.0.set_interests(interests);
        if interests.has_all_calls() {
            count_calls();
        }
        self
    }

    /// How many events may wait at most, 1 or more. Default: 1,024.
    pub fn capacity(self, events: usize) -> Self {
        self.0.set_capacity(events);
        self
    }

    /// How many events have been dropped, because the queue was full.
    pub fn dropped(&self) -> u64 {
        self.0.dropped()
    }

    /// The next event, if there is one already.
    pub fn try_recv(&mut self) -> Option<Event> {
        self.0.take()
    }

    /// Blocks this thread until there is an event.
    ///
    /// # Panics
    /// On a target without threads, such as WebAssembly by default, the standard library panics if there is none yet: nothing could end the
    /// wait.
    pub fn recv(&mut self) -> Event {
        loop {
            if let Some(event) = self.0.wait(None) {
                return event;
            }
        }
    }

    /// Blocks this thread until there is an event, but no longer than `longest`. On a [target without a clock](crate#targets), it does not
    /// wait.
    pub fn recv_timeout(&mut self, longest: Duration) -> Option<Event> {
        match system_clock() {
            Some(now) => self.0.wait(now.checked_add(longest)),
            None => self.0.take(),
        }
    }

    /// Waits for the next event. If the future is dropped, no event is lost.
    ///
    /// ```
    /// # async fn watch() {
    /// let mut events = fluxgate::events();
    /// loop {
    ///     println!("{}", events.next().await);
    /// }
    /// # }
    /// ```
    pub async fn next(&mut self) -> Event {
        poll_fn(|context| self.0.poll(context)).await
    }

    /// The next event, for a `Stream` of any crate: `futures::stream::poll_fn(move |context| events.poll_next(context))`. It never ends.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll(context).map(Some)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Events").field("dropped", &self.dropped()).finish_non_exhaustive()
    }
}
