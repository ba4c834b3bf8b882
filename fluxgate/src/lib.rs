//! A circuit breaker for Rust: **the rule that trips it is written in an attribute, and a wrong rule does not compile.**
//!
//! ```
//! use fluxgate::circuit_breaker;
//!
//! #[circuit_breaker(window = count(100), trip = min(10) & failure_rate(50%))]
//! async fn charge(cents: u64) -> std::io::Result<String> {
//!     Ok(format!("a receipt for {cents}"))
//! }
//! ```
//!
//! A breaker watches the calls to one dependency. While they go well it is closed: it lets every call through, at next to no
//! cost. When its rule holds for the recent calls, the breaker trips. Now it is open, and refuses calls at once instead of letting
//! them wait for a dependency that does not answer. After a while it is half-open and admits a few calls, as a trial. If they go
//! well, it closes; if not, it opens again, for longer each time with a [`backoff`](retry::backoff).
//!
//! Add it with `cargo add fluxgate`. If you have an error type of your own, it needs [one more variant](macro@circuit_breaker#returns), and
//! you should [say which errors](track) are the caller's fault: by default, every `Err` is a failure.
//!
//! - [`circuit_breaker`] makes a breaker for a function, [`breaker!`](macro@breaker) one for a `static` or a struct field, and
//!   [`CircuitBreaker::builder`] one at run time.
//! - [`window`], [`trip`], [`track`], [`retry`] and [`permit`] document the settings; the attribute uses the same words as the
//!   functions of these modules.
//! - [`Listener`], [`events`], [`Snapshot`] with its [`Totals`], and [`breakers`] let you watch breakers.
//! - [`docs`] explains [what the compiler tells you](docs::compiler), [which numbers to choose](docs::choosing),
//!   [how a breaker recovers](docs::recovery), [what to do in production](docs::production),
//!   [how to test code that uses breakers](docs::testing), [how it works inside](docs::inside),
//!   [what a guarded call costs](docs::performance), [which layer goes where](docs::layers), and
//!   [where the limits are](docs::limits).
//!
//! State stays inside the process on purpose: every instance sees its own failures, and a shared store would be one more
//! thing to fail. See [what that costs a fleet](docs::fleet).
//!
//! # Features
//!
//! - `tracing`: an event for every transition and every refusal, with the [fields](docs::production#what-is-logged) that say why
//! - `axum`: `IntoResponse` for [`CallNotPermitted`] and [`Error`], and [responses as return types](macro@circuit_breaker#returns)
//! - `tonic`: a `tonic::Status` from [`CallNotPermitted`] and [`Error`], [clients](docs::layers#clients-of-tonic), and
//!   [`server_errors`](track#responses-with-a-status) of a `Status`. For clients of reqwest there is the crate
//!   `fluxgate-reqwest-middleware`
//! - `chaos`: [`Fault`], [drills](docs::production#rehearsing-an-outage): for a time, a share of the calls fails or is delayed
//! - `keyed`: `Keyed`, a breaker for each host, tenant or shard, and `key = ..` in the attribute
//! - `metrics`: `fluxgate::metrics`, figures for Prometheus and others, through the facade `metrics`. The crate `fluxgate-opentelemetry`
//!   has the same for OpenTelemetry; both are built on [`Collector`]
//! - `serde`: `Serialize` for [`Snapshot`], [`State`] and [`CallNotPermitted`]; `fluxgate::settings`, from files and changed while the
//!   program runs
//! - `tokio`: `timeout = 2s` in the attribute, `CallAsync::timeout` by hand, on tokio's timer; `CircuitBreaker::ready` waits until a call
//!   has a chance, for [workers](docs::layers#workers-that-wait). With `test-util`, breakers without a clock of their own follow tokio's
//!   clock, which a test may pause
//! - `http`: `fluxgate::http::retry_after`, how long a response asks to be left alone, in seconds or as a date
//! - `tower`: `fluxgate::tower`, a `Layer` and a `Service` of tower; `tower-http`: their support for HTTP and gRPC, such as statuses,
//!   trailers and bodies
//! - `test-util`: `fluxgate::testing`, for [tests](docs::testing) that neither sleep nor disturb each other
//!
//! # Targets
//!
//! Fluxgate works on every target of 64 or 32 bits, and of either byte order, that has the standard library with its clock. The processor's
//! counter tells the time on x86-64, and on 64-bit ARM under Linux, macOS and Windows; elsewhere the operating system's clock does, which
//! takes longer to read.
//!
//! Some 32-bit processors have no 64-bit atomics ([`AtomicU64`](std::sync::atomic::AtomicU64)): ARM before version 6 (on Android, 7), MIPS,
//! PowerPC, RISC-V, SPARC, m68k, C-SKY, Hexagon and Xtensa. There, and only there, the crate `portable-atomic` is a dependency, and locks
//! stand in for them: breakers behave the same, but calls take longer.
//!
//! On `wasm32-unknown-unknown` the standard library has no clock, and Fluxgate imports nothing from a host. There, call [`set_clock`]
//! before breakers are used, or give each [a clock of its own](Builder::clock). Without one, time stands still, and a breaker works as far
//! as it can:
//!
//! - It counts calls and trips, but an open breaker stays open until a command, and its refusals name no time; with [`retry::always`], it
//!   tries again. A [ramp](permit::ramp_up) takes no time.
//! - A time window forgets nothing, and no call takes any time, so `slow_rate`, `avg_latency` and `failing_for` never
//!   hold.
//! - [`Builder::build`] refuses settings that need time to pass.
//! - [`Events::recv_timeout`] does not wait.
//!
//! Tokio's timers do not work there, whatever clock is set. So the compiler refuses every `timeout`,
//! [`CircuitBreaker::ready`](CircuitBreaker#method.ready) and `ready_at` do not exist, and no fault that delays calls can be injected.
#![forbid(unsafe_code)]
// Where tokio has no timers, only a service of tower waits for a breaker.
#![cfg_attr(
    all(target_family = "wasm", target_os = "unknown", not(feature = "tower")),
    allow(dead_code, reason = "what waits is left out")
)]
// On docs.rs, items say which feature they need.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod callback;
mod clock;
mod configuration;
pub mod docs;
mod engine;
mod events;
mod handle;
mod integrations;
#[cfg(all(test, fluxgate_loom))]
mod models;
pub mod permit;
mod private;
mod random;
pub mod retry;
mod return_type;
mod state;
mod sync;
#[cfg(feature = "test-util")]
pub mod testing;
pub mod track;
pub mod trip;
pub mod window;

pub use self::clock::{Clock, SetClockError, set_clock};
pub use self::configuration::OnCancel;
pub use self::configuration::changes::Changes;
pub use self::configuration::config_error::{ConfigError, ConfigProblem};
pub use self::configuration::fault::Fault;
pub use self::configuration::name::Name;
pub use self::events::cause::Cause;
pub use self::events::event::{EndedCall, Event, RefusedCall};
pub use self::events::interests::Interests;
pub use self::events::listener::Listener;
pub use self::events::transition::{Reason, Transition};
pub use self::handle::assessment::{ConditionStatus, Recovery};
pub use self::handle::builder::Builder;
pub use self::handle::call::Call;
pub use self::handle::circuit_breaker::CircuitBreaker;
pub use self::handle::collector::{Collected, Collector};
pub use self::handle::error::{CallNotPermitted, Error};
pub use self::handle::events::{Events, events};
pub use self::handle::future::CallAsync;
#[doc(hidden)]
pub use self::handle::guarded_call::GuardedCall;
#[cfg(feature = "keyed")]
pub use self::handle::keyed::{Keyed, KeyedBuilder};
#[cfg(feature = "tokio")]
pub use self::handle::limited_call::LimitedCallAsync;
pub use self::handle::listening::{count_calls, listen};
pub use self::handle::owned_call::OwnedCall;
pub use self::handle::registry::{breakers, find, register};
pub use self::handle::saved::{RestoreError, Saved};
pub use self::handle::snapshot::{Peak, Snapshot};
pub use self::handle::timed_out::TimedOut;
pub use self::handle::totals::{Spent, Totals};
#[cfg(feature = "http")]
pub use self::integrations::http;
#[cfg(feature = "metrics")]
pub use self::integrations::metrics;
#[cfg(feature = "serde")]
pub use self::integrations::settings;
#[cfg(feature = "tower")]
pub use self::integrations::tower;
pub use self::state::{Outcome, State};
#[doc = include_str!("../docs/breaker.md")]
pub use fluxgate_macros::breaker;
#[doc = include_str!("../docs/attribute.md")]
pub use fluxgate_macros::circuit_breaker;
pub use fluxgate_rules::Metrics;

/// The only surface that expansions touch.
#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;
}

/// Compiles and runs the examples in the README.
#[cfg(all(doctest, feature = "keyed", feature = "test-util"))]
#[doc = include_str!("../README.md")]
struct Readme;
