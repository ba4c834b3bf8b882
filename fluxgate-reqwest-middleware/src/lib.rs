#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use async_trait::async_trait;
use fluxgate::http::retry_after;
use fluxgate::{CallNotPermitted, GuardedCall, Keyed, Name, Outcome};
use http::Extensions;
use reqwest_middleware::reqwest::{self, Request, Response, Url};
use reqwest_middleware::{Error, Middleware, Next, Result};
use std::borrow::Cow;
use std::error::Error as StdError;
use std::future::poll_fn;
use std::iter;

/// A middleware in which every host has a breaker of its own. See [the page of the crate](crate).
#[derive(Clone, Debug)]
pub struct BreakerPerHost {
    hosts: Keyed<String>,
}

impl BreakerPerHost {
    /// With the breakers of this family, which can be read, listed and reconfigured meanwhile.
    ///
    /// ```
    /// # use fluxgate::{CircuitBreaker, State};
    /// # use fluxgate_reqwest_middleware::BreakerPerHost;
    /// let hosts = CircuitBreaker::builder("hosts").keyed::<String>().build()?;
    /// let breakers = BreakerPerHost::new(hosts.clone());
    ///
    /// hosts.get("example.org").force_open();
    /// # let _ = breakers;
    /// # Ok::<(), fluxgate::ConfigError>(())
    /// ```
    pub fn new(hosts: Keyed<String>) -> Self {
        Self { hosts }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Middleware for BreakerPerHost {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let breaker = self.hosts.get(&*host(request.url()));
        let (mut call, ()) = GuardedCall::begin(breaker, || ()).map_err(not_sent)?;
        let mut sending = next.run(request, extensions);
        let result = poll_fn(|context| call.poll(|_| sending.as_mut().poll(context))).await;
        let outcome = outcome(&result);
        let response = result.as_ref().ok().filter(|_| outcome == Outcome::Failure);
        match response.and_then(|response| retry_after(response.headers())) {
            Some(pause) => call.failure_for(pause),
            None => call.record(outcome),
        }
        result
    }
}

fn not_sent(refusal: CallNotPermitted) -> Error {
    // Some middlewares pass an error on without showing anything of it but its source, so the refusal is the source of another.
    // Printed as a name, no breaker can forge a line of a log.
    let name = Name::from(Cow::Owned(refusal.breaker().to_owned()));
    let message = format!("the request was not sent because of circuit breaker `{name}`");
    anyhow::Error::from(refusal).context(message).into()
}

/// The refusal, if the error is one.
///
/// ```
/// # use reqwest_middleware::Error;
/// # let breaker = fluxgate::CircuitBreaker::builder("host").build().unwrap();
/// breaker.force_open();
/// let refused = breaker.acquire().map(drop).unwrap_err();
/// let error = Error::middleware(refused.clone());
/// assert_eq!(fluxgate_reqwest_middleware::refusal(&error), Some(&refused));
/// ```
pub fn refusal(error: &Error) -> Option<&CallNotPermitted> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The key of a host: `example.org`, `localhost:8080`. A URL without a host has an empty key.
fn host(url: &Url) -> Cow<'_, str> {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        None => host.into(),
        Some(port) => format!("{host}:{port}").into(),
    }
}

fn outcome(result: &Result<Response>) -> Outcome {
    match result {
        Ok(response) if response.status().is_server_error() => Outcome::Failure,
        Ok(_) => Outcome::Success,
        Err(error) => {
            chain(error).find_map(<dyn StdError>::downcast_ref).map_or(Outcome::Ignored, outcome_of_error)
        }
    }
}

fn outcome_of_error(error: &reqwest::Error) -> Outcome {
    match error.status() {
        Some(status) if status.is_server_error() => Outcome::Failure,
        Some(_) => Outcome::Success,
        None if error.is_builder() || error.is_redirect() => Outcome::Ignored,
        None => Outcome::Failure,
    }
}

/// How many errors of a chain are looked at, since it may be a cycle.
const MAX_CHAIN: usize = 256;

/// An error and its sources. Those that only pass on another error are replaced by that one.
fn chain(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let chain = iter::successors(Some(passed_on(error)), |&error| {
        let source = error.source()?;
        Some(source.downcast_ref().map_or(source, passed_on))
    });
    chain.take(MAX_CHAIN)
}

/// The error that this one passes on: it has the same source.
fn passed_on(error: &Error) -> &(dyn StdError + 'static) {
    match error {
        Error::Middleware(error) => error.as_ref(),
        Error::Reqwest(error) => error,
    }
}
