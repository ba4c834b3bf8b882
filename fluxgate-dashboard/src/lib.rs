#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod access;
mod address;
mod api;
mod board;
mod command;
mod history;
mod page;
mod problem;
mod row;
mod sampler;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::http::request::Parts;

pub use self::access::Access;
use self::access::Authorize;
use self::sampler::Sampler;

/// The dashboard, read-only: the page and the JSON of all breakers, to be nested where you like, as
/// [`Dashboard::router`] says.
///
/// ```
/// let app: axum::Router = axum::Router::new().nest_service("/breakers", fluxgate_dashboard::router());
/// ```
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Dashboard::new().router()
}

/// A dashboard that asks who may use it.
///
/// ```
/// use fluxgate_dashboard::{Access, Dashboard};
///
/// let dashboard = Dashboard::new().authorize(|parts| match parts.headers.get("x-role").map(|role| role.as_bytes()) {
///     Some(b"on-call") => Access::Control,
///     Some(b"developer") => Access::ReadOnly,
///     _ => Access::Forbidden,
/// });
/// let app: axum::Router = axum::Router::new().nest_service("/breakers", dashboard.router());
/// ```
#[derive(Clone)]
pub struct Dashboard {
    authorize: Authorize,
}

impl Dashboard {
    /// Everybody who reaches it may look, and nobody may change anything.
    pub fn new() -> Self {
        Self { authorize: Arc::new(|_| Access::ReadOnly) }
    }

    /// Says what a request may do. Asked for every request, whatever its path; a stream of events ends after ten minutes, and the page
    /// opens another one, so that it is asked again. If it panics, the request is answered with 500.
    ///
    /// `parts.uri` begins where the dashboard is nested; what other layers know of the user is in `parts.extensions`.
    #[must_use]
    pub fn authorize(self, authorize: impl Fn(&Parts) -> Access + Send + Sync + 'static) -> Self {
        Self { authorize: Arc::new(authorize) }
    }

    /// Its routes, for [`Router::nest_service`]. By [`Router::nest`] axum leads `/breakers` to them, but not `/breakers/`.
    ///
    /// They take samples of the breakers, once a second, from now on if this is called within tokio's runtime, or else from the first
    /// request on, until the router is dropped.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let sampler = Sampler::new();
        sampler.start();
        api::routes(sampler, self.authorize)
    }
}

impl Default for Dashboard {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Dashboard {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("Dashboard").finish_non_exhaustive()
    }
}
