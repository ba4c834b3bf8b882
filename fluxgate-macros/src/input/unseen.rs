//! Return types in which failures hide: only the outer `Result` decides the outcome, when the call returns.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::Type;

use crate::input::peel::peel_type;
use crate::input::tokens::span_of;
use crate::input::types::{argument, associated};

/// A failure of a call that goes unseen.
pub(crate) struct Unseen {
    /// The message about it.
    pub(crate) message: String,
    pub(crate) span: Span,
}

impl Unseen {
    /// What hides in the `Ok` of this type, as far as its spelling tells.
    pub(crate) fn of(output: &Type) -> Option<Self> {
        let value = peel_type(argument(output, &["Result"])?);
        let (span, _) = span_of(&value.to_token_stream())?;
        let counts = "counts as a success\nhelp: add";
        let message = if is_result(value) {
            format!(
                "the `Err` of an inner `Result` {counts} `track = ok(Err(_))`, or `track = all` if that is intended"
            )
        } else if argument(value, &["Option"]).is_some_and(is_result) {
            format!(
                "the `Err` of an inner `Result` {counts} `track = ok(Some(Err(_)))`, or `track = all` if that is intended"
            )
        } else if is_of_tonic(value) {
            "whatever it yields later, a stream that is returned counts as a success\n\
             help: guard the channel by `CircuitBreakerLayer::grpc`, hold a `fluxgate::OwnedCall` in the stream, or add \
             `track = all` if that is intended"
                .to_owned()
        } else if is_of_results(value, &["Stream", "Iterator"], "Item", STREAMS) {
            "whatever it yields later, a stream or an iterator that is returned counts as a success\n\
             help: hold a `fluxgate::OwnedCall` in it, or add `track = all` if that is intended"
                .to_owned()
        } else if is_of_results(value, &["Future"], "Output", &["BoxFuture", "LocalBoxFuture", "JoinHandle"])
        {
            "whatever it ends with, a future or a task that is returned counts as a success\n\
             help: await it, or add `track = all` if that is intended"
                .to_owned()
        } else {
            return None;
        };
        Some(Self { message, span })
    }
}

/// Named types of streams, whose argument is what they yield.
const STREAMS: &[&str] = &["BoxStream", "LocalBoxStream", "ReceiverStream", "UnboundedReceiverStream"];

/// Whether this is a stream as clients and services of tonic return it, by itself or in a `Response`. What it yields is always a `Result`.
fn is_of_tonic(ty: &Type) -> bool {
    let content = argument(ty, &["Response"]).map(peel_type);
    let is_of_service = |content: &Type| {
        let Type::Path(path) = content else { return false };
        let segments = &path.path.segments;
        segments.first().is_some_and(|first| first.ident == "Self")
            && segments.last().is_some_and(|last| last.ident.to_string().ends_with("Stream"))
    };
    argument(content.unwrap_or(ty), &["Streaming"]).is_some()
        || content.is_some_and(|content| {
            is_of_service(content) || is_of_results(content, &["Stream"], "Item", STREAMS)
        })
}

/// Whether this is an object or an opaque type of one of these traits, boxed or not, whose associated type `name` is a `Result`, or one of
/// these types for a `Result`.
fn is_of_results(ty: &Type, traits: &[&str], name: &str, types: &[&str]) -> bool {
    let found = associated(ty, traits, name).or_else(|| argument(ty, types));
    let boxed = argument(ty, &["Pin", "Box"]);
    found.is_some_and(is_result) || boxed.is_some_and(|inner| is_of_results(inner, traits, name, types))
}

/// Whether it is a `Result` with arguments: one without may be any type of that name.
fn is_result(ty: &Type) -> bool {
    argument(ty, &["Result"]).is_some()
}

#[cfg(test)]
mod tests {
    use super::Unseen;

    #[test]
    fn failures_that_a_type_hides_are_found_by_its_spelling() {
        let starts = |output: &str| {
            let unseen = Unseen::of(&syn::parse_str(output).expect("the test's own type"));
            unseen.map_or_else(String::new, |unseen| unseen.message.chars().take(18).collect())
        };
        for (output, expected) in [
            ("Result<Result<u8, E>, F>", "the `Err` of an in"),
            ("io::Result<(anyhow::Result<u8>)>", "the `Err` of an in"),
            ("Result<Option<Result<u8, E>>, F>", "the `Err` of an in"),
            ("Result<impl Stream<Item = io::Result<Bytes>> + Send, E>", "whatever it yields"),
            ("Result<Pin<Box<dyn Stream<Item = Result<u8, E>> + Send>>, E>", "whatever it yields"),
            ("Result<BoxStream<'static, Result<u8, E>>, E>", "whatever it yields"),
            ("Result<Box<dyn Iterator<Item = Result<u8, E>>>, E>", "whatever it yields"),
            ("Result<ReceiverStream<Result<u8, E>>, E>", "whatever it yields"),
            ("Result<Streaming<Reply>, Status>", "whatever it yields"),
            ("Result<Response<tonic::Streaming<Reply>>, Status>", "whatever it yields"),
            ("Result<tonic::Response<Self::WatchStream>, Status>", "whatever it yields"),
            ("Result<Response<BoxStream<'static, Result<u8, E>>>, Status>", "whatever it yields"),
            ("Result<JoinHandle<Result<u8, E>>, E>", "whatever it ends w"),
            ("Result<impl Future<Output = Result<u8, E>>, E>", "whatever it ends w"),
            ("Result<u8, Result<u8, E>>", ""),
            ("Result<fmt::Result, E>", ""),
            ("Result<search::Result, E>", ""),
            ("Result<Vec<Result<u8, E>>, E>", ""),
            ("Result<impl Iterator<Item = u8>, E>", ""),
            ("Result<JoinHandle<()>, E>", ""),
            ("Result<Response<Reply>, Status>", ""),
            ("Result<Response<Self::Reply>, Status>", ""),
            ("Result<Self::Stream, E>", ""),
            ("Result<Response, E>", ""),
            ("Option<Result<u8, E>>", ""),
        ] {
            assert_eq!(starts(output), expected, "{output}");
        }
    }
}
