//! `timeout = 2s`: how long a call may take.

use proc_macro2::Span;

use crate::input::arguments::Arguments;
use crate::input::errors::CompileErrors;
use crate::input::function::Function;
use crate::input::returns::Form;
use crate::input::tokens::text;
use crate::model::reader;
use crate::model::settings::Value;

/// How long a call may take.
pub(crate) struct Timeout {
    pub(crate) value: Value,
    /// The value, which the compiler blames if there is no timer.
    pub(crate) span: (Span, Span),
}

/// Reads the argument, if it is given. If the function cannot have a time limit, reports that, and removes the argument.
pub(crate) fn take(
    arguments: &mut Arguments,
    function: Option<&Function>,
    errors: &mut CompileErrors,
) -> Option<Timeout> {
    let argument = arguments.get("timeout")?;
    let (span, written) = (argument.span(), argument.value.clone());
    let value = reader::timeout(arguments, errors)?;
    if let Some(function) = function.filter(|function| function.returns.form == Form::Sync) {
        let name = function.name();
        let limit = match &value {
            Value::Duration(_) => text(&written).unwrap_or_else(|| written.to_string()),
            _ => "2s".to_owned(),
        };
        let help = function.help_if_async_was_removed().unwrap_or_else(|| {
            format!(
                "help: make it an `async fn`, or count slow calls: `trip = min(10) & slow_rate(50%, {limit})`;\n\
                 to set how long an open breaker waits, write `retry = cooldown({limit})`"
            )
        });
        errors.report(
            span,
            format!(
                "`timeout` ends a call that is awaited, and `{name}` is not `async`: nothing can end a call that blocks its thread\n{help}"
            ),
        );
        arguments.replace("timeout", None);
    }
    Some(Timeout { value, span })
}
