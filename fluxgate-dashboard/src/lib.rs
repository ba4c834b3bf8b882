#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod access;
mod address;
mod api;
mod board;
mod command;
mod history;
mod page;
mod problem_details;
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
    /// A dashboard that everybody who reaches it may view, and nobody may control.
    pub fn new() -> Self {
        Self { authorize: Arc::new(|_| Access::ReadOnly) }
    }

    /// Sets the function that decides what a request may do. It is called for every request, whatever its path; event streams end after ten
    /// minutes, and the page opens another one, so it is called again. If it panics, the answer is 500.
    ///
    /// `parts.uri` begins where the dashboard is nested; what other layers know about the user is in `parts.extensions`.
    #[must_use]
    pub fn authorize(self, authorize: impl Fn(&Parts) -> Access + Send + Sync + 'static) -> Self {
        Self { authorize: Arc::new(authorize) }
    }

    /// The routes, for [`Router::nest_service`]. With [`Router::nest`], axum routes `/breakers` to them, but not `/breakers/`.
    ///
    /// They sample the breakers once a second until the router is dropped: from now on if called within a tokio runtime, otherwise from the
    /// first request on.
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
