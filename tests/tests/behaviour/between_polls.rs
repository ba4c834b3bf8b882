//! Between two polls of a guarded future, its thread is not in the body: what it calls meanwhile is not part of that call.

use std::future::{Future, pending};
use std::io;
use std::pin::Pin;

use fluxgate::{CircuitBreaker, circuit_breaker, trip};
use fluxgate_tests::fixture::Fixture;
use fluxgate_tests::futures::poll;

type Reply = io::Result<()>;
type Boxed<'a> = Pin<Box<dyn Future<Output = Reply> + 'a>>;

/// A client whose calls hang, in every form in which a call can wait.
struct Client(CircuitBreaker);

impl Client {
    fn by_hand(&self) -> impl Future<Output = Result<(), fluxgate::Error<io::Error>>> {
        self.0.call_async(pending::<Reply>())
    }

    #[circuit_breaker(breaker = self.0)]
    async fn plain(&self) -> Reply {
        pending().await
    }

    #[circuit_breaker(breaker = self.0, fallback = |_| Ok(()))]
    async fn with_a_fallback(&self) -> Reply {
        pending().await
    }

    #[circuit_breaker(breaker = self.0, fallback = async |_| Ok(()))]
    async fn with_an_awaited_fallback(&self) -> Reply {
        pending().await
    }

    #[circuit_breaker(breaker = self.0, rejected = |refusal| Err(refusal.into()))]
    async fn with_rejected(&self) -> Reply {
        pending().await
    }

    #[circuit_breaker(breaker = self.0, rejected = async |refusal| Err(refusal.into()))]
    async fn with_awaited_rejected(&self) -> Reply {
        pending().await
    }

    #[circuit_breaker(breaker = self.0, rejected = |refusal| { let _ = word; Err(refusal.into()) })]
    async fn with_rejected_that_uses_a_parameter(&self, word: &str) -> Reply {
        pending::<()>().await;
        Err(io::Error::other(word.to_owned()))
    }

    #[circuit_breaker(breaker = self.0, fallback = |_| Ok(()))]
    fn lazy_with_a_fallback(&self) -> Boxed<'_> {
        Box::pin(async move { pending().await })
    }

    #[circuit_breaker(breaker = self.0)]
    fn eager(&self) -> impl Future<Output = Reply> {
        let reply = pending::<Reply>();
        async move {
            reply.await?;
            Ok(())
        }
    }

    #[circuit_breaker(breaker = self.0, fallback = async |_| Ok(()))]
    fn eager_with_an_awaited_fallback(&self) -> Boxed<'_> {
        let reply = pending::<Reply>();
        Box::pin(async move {
            reply.await?;
            Ok(())
        })
    }
}

type Form = (&'static str, fn(&Client) -> Boxed<'_>);

const FORMS: [Form; 10] = [
    ("by hand", |client| Box::pin(async { client.by_hand().await.map_err(io::Error::other) })),
    ("plain", |client| Box::pin(client.plain())),
    ("fallback", |client| Box::pin(client.with_a_fallback())),
    ("awaited fallback", |client| Box::pin(client.with_an_awaited_fallback())),
    ("rejected", |client| Box::pin(client.with_rejected())),
    ("awaited rejected", |client| Box::pin(client.with_awaited_rejected())),
    ("rejected with a parameter", |client| Box::pin(client.with_rejected_that_uses_a_parameter("down"))),
    ("lazy with a fallback", |client| client.lazy_with_a_fallback()),
    ("eager", |client| Box::pin(client.eager())),
    ("eager with an awaited fallback", |client| client.eager_with_an_awaited_fallback()),
];

/// Polls a call this many times. Returns it if it is to go on waiting, or else drops it.
fn hang(client: &Client, (name, form): Form, polls: usize, waits: bool) -> Option<Boxed<'_>> {
    let mut future = form(client);
    for _ in 0..polls {
        assert!(poll(future.as_mut()).is_pending(), "{name}");
    }
    waits.then_some(future)
}

/// Every form, polled once or several times, which then goes on waiting or is dropped.
fn cases() -> impl Iterator<Item = (Form, usize, bool)> {
    let ends = [(1, true), (1, false), (3, true), (3, false)];
    FORMS.into_iter().flat_map(move |form| ends.map(|(polls, waits)| (form, polls, waits)))
}

/// Regression: after the first poll of an `async fn` with a fallback, all calls on its thread were taken for part of it, so a trial had
/// neither a bound nor an end.
#[test]
fn the_other_calls_of_a_trial_count_while_a_probe_waits() {
    for (form, polls, waits) in cases() {
        let name = form.0;
        let fixture = Fixture::new(|builder| builder.max_half_open_calls(1));
        fixture.trip();
        fixture.wait();
        let client = Client(fixture.breaker.clone());
        let waiting = hang(&client, form, polls, waits);
        let mut runs = false;
        let result = fixture.breaker.call(|| {
            runs = true;
            Ok::<_, ()>(())
        });
        assert_eq!(runs, !waits, "{name}: the slot is taken while it waits");
        assert_eq!(result.is_ok(), runs, "{name}");
        assert_eq!(fixture.counts(), (u64::from(runs), 0), "{name}");
        drop(waiting);
    }
}

/// The same for a closed breaker whose rule asks for the calls that run.
#[test]
fn the_other_calls_run_and_count_while_a_call_waits() {
    for (form, polls, waits) in cases() {
        let name = form.0;
        let rule = trip::failure_streak(5) | trip::in_flight(3);
        let fixture = Fixture::new(|builder| builder.trip(rule));
        let client = Client(fixture.breaker.clone());
        let waiting = hang(&client, form, polls, waits);
        let running = u64::from(waits);
        assert_eq!(fixture.breaker.metrics().in_flight(), Some(running), "{name}");
        let inside = fixture.breaker.call(|| Err::<(), _>(fixture.breaker.metrics().in_flight()));
        assert!(
            matches!(inside, Err(fluxgate::Error::Inner(Some(inside))) if inside == running + 1),
            "{name}: {inside:?}"
        );
        assert_eq!(fixture.counts(), (1, 1), "{name}");
        drop(waiting);
    }
}
