//! Responses of a server as return types of guarded functions. A response is an error if its status says that the server failed.

use axum_core::response::Response;
use http::StatusCode;

use super::closures::evidence;
use super::returns::{IntoError, Refusable, Returned};
use crate::handle::error::CallNotPermitted;
use crate::handle::refusal::Refusal;
use crate::state::Outcome;

macro_rules! returned {
    ($($response:ty, $this:ident => $status:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Returned for $response {
            type Value = Self;
            type Error = Self;

            fn outcome(&self, is_own_refusal: impl FnOnce(&Self) -> bool) -> Outcome {
                match self.as_result() {
                    Ok(_) => Outcome::Success,
                    Err(error) => evidence(Outcome::Failure, || is_own_refusal(error)),
                }
            }

            fn as_result(&self) -> Result<&Self, &Self> {
                let $this = self;
                if $status.is_server_error() { Err(self) } else { Ok(self) }
            }

            fn split(self) -> Result<Self, Self> {
                if self.as_result().is_ok() { Ok(self) } else { Err(self) }
            }

            fn settle(
                result: Result<Self, Refusal<'_>>,
                become_error: impl FnOnce(CallNotPermitted) -> Self,
            ) -> Self {
                result.unwrap_or_else(|refusal| refusal.into_error(become_error))
            }

            fn refused(
                refusal: impl IntoError,
                become_error: impl FnOnce(CallNotPermitted) -> Self,
            ) -> Result<Self, Self> {
                Err(refusal.into_error(become_error))
            }
        }

        #[diagnostic::do_not_recommend]
        impl Refusable for $response {
            type Error = Self;

            fn settle(
                result: Result<Self, Refusal<'_>>,
                become_error: impl FnOnce(CallNotPermitted) -> Self,
            ) -> Self {
                result.unwrap_or_else(|refusal| refusal.into_error(become_error))
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
