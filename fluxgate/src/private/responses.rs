//! Responses of a server as return types of guarded functions. A response is an error if its status says that the server failed.

use std::time::Duration;

use axum_core::response::Response;
use http::StatusCode;

use super::evidence::{ErrorType, Evidence};
use super::returns::{IntoError, Refusable, Returned};
use super::time_limit::Limitable;
use crate::engine::breaker::Breaker;
use crate::handle::call::Call;
use crate::handle::error::CallNotPermitted;
use crate::handle::timed_out::TimedOut;
use crate::return_type::Output;
use crate::state::Outcome;

fn outcome<R: Returned, V: Evidence<R::Error>>(
    output: Output<R>,
    returned: &R,
    breaker: &Breaker,
) -> Outcome {
    match R::as_result(output, returned) {
        Ok(_) => Outcome::Success,
        Err(error) => V::outcome(error, breaker),
    }
}

macro_rules! returned {
    ($($response:ty, $this:ident => $status:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Returned for $response {
            type Value = Self;
            type Error = Self;
            type ErrorType = ErrorType<Self>;

            fn errors(_: Output<Self>, _: Output<Self>) -> ErrorType<Self> {
                ErrorType::new()
            }

            fn as_result(_: Output<Self>, returned: &Self) -> Result<&Self, &Self> {
                let $this = returned;
                if $status.is_server_error() { Err(returned) } else { Ok(returned) }
            }

            fn split(output: Output<Self>, returned: Self) -> Result<Self, Self> {
                if Self::as_result(output, &returned).is_ok() { Ok(returned) } else { Err(returned) }
            }

            fn settle<V: Evidence<Self>>(
                output: Output<Self>,
                _: V,
                returned: Self,
                call: Call<'_>,
            ) -> Self {
                call.finish(returned, |response, breaker| outcome::<_, V>(output, response, breaker))
            }

            fn settle_with_request<V: Evidence<Self>>(
                output: Output<Self>,
                _: V,
                returned: Self,
                call: Call<'_>,
                request: impl FnOnce(&Self) -> Option<Duration>,
            ) -> Self {
                let classify = |response: &Self, breaker: &_| outcome::<_, V>(output, response, breaker);
                call.finish_with_request(returned, classify, request)
            }

            fn refused(
                refusal: impl IntoError,
                become_error: impl FnOnce(CallNotPermitted) -> Self,
            ) -> Self {
                refusal.into_error(become_error)
            }

            fn timed_out(timed_out: TimedOut, become_error: impl FnOnce(TimedOut) -> Self) -> Self {
                become_error(timed_out)
            }
        }

        #[diagnostic::do_not_recommend]
        impl Limitable for $response {
            type Error = Self;

            fn timed_out(timed_out: TimedOut, become_error: impl FnOnce(TimedOut) -> Self) -> Self {
                become_error(timed_out)
            }
        }

        #[diagnostic::do_not_recommend]
        impl Refusable for $response {
            type Error = Self;

            fn refused(
                refusal: impl IntoError,
                become_error: impl FnOnce(CallNotPermitted) -> Self,
            ) -> Self {
                refusal.into_error(become_error)
            }
        }
    )*};
}

returned! {
    StatusCode, response => response;
    (StatusCode, String), response => response.0;
    (StatusCode, &'static str), response => response.0;
    Response, response => response.status();
}
