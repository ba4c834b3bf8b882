//! A `Layer` and a `Service` of [tower](https://docs.rs/tower), with the feature `tower`; with `tower-http`, also for HTTP and gRPC.
//!
//! ```
//! use fluxgate::tower::CircuitBreakerLayer;
//! use fluxgate::{CircuitBreaker, breaker};
//! use std::time::Duration;
//! use tower::{Service, ServiceBuilder, ServiceExt};
//!
//! static PRICES: CircuitBreaker = breaker!(name = "prices", trip = failure_streak(3));
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), tower::BoxError> {
//! let mut prices = ServiceBuilder::new()
//!     .layer(CircuitBreakerLayer::new(&PRICES).rejected(|refusal| Err(refusal.into())))
//!     .timeout(Duration::from_secs(2)) // inside the breaker: a time-out is a failure
//!     .service_fn(async |product: u32| Ok::<_, tower::BoxError>(product * 100));
//! assert_eq!(prices.ready().await?.call(7).await?, 700);
//! # Ok(())
//! # }
//! ```
//!
//! For the order of layers, see [the page about it](crate::docs::layers).
//!
//! # Which breaker
//!
//! [`CircuitBreakerLayer::new`] takes a breaker, a reference to a breaker in a `static`, or a closure that [finds](Select) a breaker for a
//! request, by its host for example. All services of a layer, and their clones, share the breaker.
//!
//! A `Keyed`, from the feature `keyed`, has a breaker for each key; the closure asks it for the breaker of the request's key:
//!
#![cfg_attr(feature = "keyed", doc = "```")]
#![cfg_attr(not(feature = "keyed"), doc = "```ignore")]
//! use fluxgate::tower::CircuitBreakerLayer;
//! use fluxgate::{CircuitBreaker, Keyed};
//!
//! let hosts: Keyed<String> = CircuitBreaker::builder("hosts").keyed().build()?;
//! let breakers = hosts.clone();
//! let layer = CircuitBreakerLayer::new(move |request: &http::Request<()>| {
//!     breakers.get(request.uri().host().unwrap_or_default())
//! });
//! # let _ = layer;
//! # Ok::<(), fluxgate::ConfigError>(())
//! ```
//!
//! Not every request has a host in its address: [clients of tonic](crate::docs::layers#clients-of-tonic) leave it to their channel, and a
//! server finds it in the header `Host`.
//!
//! # What is a failure
//!
//! By default, an `Err`; [`classify`](CircuitBreakerLayer::classify) changes that. For HTTP, `CircuitBreakerLayer::http` also counts
//! 5xx, and `CircuitBreakerLayer::grpc` goes by the gRPC status. `through_body` makes a response's body part of the call: a download that breaks
//! off is then a failure, and one that has not ended keeps its slot in a trial.
//!
//! Closures adapt classifiers of `tower_http`, so that Fluxgate is not tied to its version:
//!
//! ```
//! # // As much of it as this example uses.
//! # mod tower_http {
//! #     pub mod classify {
//! #         pub enum ClassifiedResponse<F, S> {
//! #             Ready(Result<(), F>),
//! #             RequiresEos(S),
//! #         }
//! #         pub trait ClassifyResponse {
//! #             fn classify_response<B>(self, response: &http::Response<B>) -> ClassifiedResponse<String, ()>;
//! #         }
//! #         #[derive(Clone)]
//! #         pub struct StatusInRangeAsFailures(std::ops::RangeInclusive<u16>);
//! #         impl StatusInRangeAsFailures {
//! #             pub fn new(range: std::ops::RangeInclusive<u16>) -> Self {
//! #                 Self(range)
//! #             }
//! #         }
//! #         impl ClassifyResponse for StatusInRangeAsFailures {
//! #             fn classify_response<B>(self, response: &http::Response<B>) -> ClassifiedResponse<String, ()> {
//! #                 let fails = self.0.contains(&response.status().as_u16());
//! #                 ClassifiedResponse::Ready(if fails { Err(String::new()) } else { Ok(()) })
//! #             }
//! #         }
//! #     }
//! # }
//! use fluxgate::tower::CircuitBreakerLayer;
//! use fluxgate::{CircuitBreaker, Outcome};
//! use tower_http::classify::{ClassifiedResponse, ClassifyResponse, StatusInRangeAsFailures};
//!
//! let breaker = CircuitBreaker::builder("prices").build()?;
//! let classifier = StatusInRangeAsFailures::new(400..=599);
//! let layer = CircuitBreakerLayer::new(breaker).classify(move |result: &Result<http::Response<()>, std::io::Error>| {
//!     let Ok(response) = result else { return Outcome::Failure };
//!     match classifier.clone().classify_response(response) {
//!         ClassifiedResponse::Ready(Err(_)) => Outcome::Failure,
//!         // For outcomes that the end of a stream decides, as with gRPC, use `CircuitBreakerLayer::grpc`.
//!         ClassifiedResponse::Ready(Ok(())) | ClassifiedResponse::RequiresEos(_) => Outcome::Success,
//!     }
//! });
//! # let _ = layer;
//! # Ok::<(), fluxgate::ConfigError>(())
//! ```
//!
//! A future or a body that is dropped before its end is a cancelled call, and counts as `on_cancel` says.
//!
//! # What a refused call returns
//!
//! The error of the guarded service is [`fluxgate::Error`](crate::Error): the service's own, or the refusal. With
//! [`rejected`](CircuitBreakerLayer::rejected), a closure turns the refusal into a response or an error of the service's own type, and the
//! guarded service has the same error type as the bare one. This suits axum, where no service may fail, and [clients of
//! tonic](crate::docs::layers#clients-of-tonic). It is needed where the service's error is a `tower::BoxError`, as inside tower's
//! `timeout`, and whatever is outside asks for a `std::error::Error`: `BoxError` is not one, so neither is `fluxgate::Error<BoxError>`.
//!
//! # Readiness
//!
//! A breaker refuses at once, so the service is then ready, whether the inner service is or not. With
//! [`pending_while_open`](CircuitBreakerLayer::pending_while_open), it is not ready instead, so that a load balancer picks another one.

mod classify;
mod follow;
mod future;
#[cfg(feature = "tower-http")]
mod grpc;
#[cfg(feature = "tower-http")]
mod grpc_status;
#[cfg(feature = "tower-http")]
mod http;
mod layer;
mod readiness;
mod reject;
#[cfg(feature = "tower-http")]
mod response_body;
mod select;
mod service;
pub(crate) mod waiting;

pub use self::classify::{Classify, Errors};
pub use self::follow::UntilResponse;
pub use self::future::ResponseFuture;
#[cfg(feature = "tower-http")]
pub use self::grpc::Grpc;
#[cfg(feature = "tower-http")]
pub use self::http::{ServerErrors, ThroughBody};
pub use self::layer::CircuitBreakerLayer;
pub use self::reject::{Reject, Wrap};
#[cfg(feature = "tower-http")]
pub use self::response_body::GuardedBody;
pub use self::select::Select;
pub use self::service::CircuitBreakerService;
