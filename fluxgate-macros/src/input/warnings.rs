//! What is valid, but probably a mistake.

use proc_macro2::Span;

/// A warning about arguments that are accepted.
pub(crate) struct Warning {
    pub(crate) span: (Span, Span),
    pub(crate) message: String,
}

impl Warning {
    pub(crate) fn new(span: (Span, Span), message: String) -> Self {
        Self { span, message }
    }
}
