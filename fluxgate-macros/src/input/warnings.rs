//! What is right, and probably not what was meant.

use proc_macro2::Span;

/// Something to say of arguments that are accepted.
pub(crate) struct Warning {
    pub(crate) span: (Span, Span),
    pub(crate) message: String,
}

impl Warning {
    pub(crate) fn new(span: (Span, Span), message: String) -> Self {
        Self { span, message }
    }
}
