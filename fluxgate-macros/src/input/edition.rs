//! The edition of the code that is compiled.

use std::env;
use std::sync::OnceLock;

use proc_macro2::Span;

/// Whether a closure with this span is known to capture only the parts of a variable that it uses, as closures do since 2021. Only the
/// compiler's arguments tell. An editor does not have them, and they say nothing about code from a macro, which has the macro's edition.
pub(crate) fn captures_parts(span: Span) -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    is_of_crate(span)
        && *ANSWER.get_or_init(|| {
            let arguments: Vec<_> = env::args_os().collect();
            let edition = arguments.iter().enumerate().find_map(|(at, argument)| {
                let rest = argument.to_str()?.strip_prefix("--edition")?;
                match rest.strip_prefix('=') {
                    Some(edition) => Some(edition),
                    None => arguments.get(at + 1)?.to_str(),
                }
            });
            edition.is_some_and(|edition| !matches!(edition, "2015" | "2018"))
        })
}

/// Whether the crate itself contains this code, and no macro wrote it. Nothing but the debug output of a span tells: there, the context
/// of such code is `#0`. If that ever changes, no span is known to be of the crate.
fn is_of_crate(span: Span) -> bool {
    format!("{span:?}").starts_with("#0 ")
}
