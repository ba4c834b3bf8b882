//! `breaker!(..)`.

use proc_macro2::TokenStream;

use crate::input::arguments::Arguments;
use crate::input::errors::CompileErrors;
use crate::input::names::Macro;
use crate::input::references::{Reference, references};
use crate::model::reader;
use crate::model::settings::Settings;

/// A breaker as a value.
pub(crate) struct BreakerValue {
    /// The path of Fluxgate, if it is given.
    pub(crate) fluxgate: Option<TokenStream>,
    pub(crate) settings: Settings,
    /// What the words of the arguments refer to.
    pub(crate) references: Vec<Reference>,
}

/// A breaker that is not made, because something is wrong.
pub(crate) struct NoBreaker {
    /// The path of Fluxgate, if it is given.
    pub(crate) fluxgate: Option<TokenStream>,
    /// What the words of the arguments refer to.
    pub(crate) references: Vec<Reference>,
    /// Tokens that make the compiler report all that is wrong.
    pub(crate) errors: TokenStream,
}

impl BreakerValue {
    /// Reads the arguments, and reports all that is wrong with them.
    pub(crate) fn read(arguments: TokenStream) -> Result<Self, NoBreaker> {
        let mut errors = CompileErrors::default();
        let references = references(&arguments);
        let arguments = Arguments::parse(arguments, Macro::Breaker, &mut errors);
        let fluxgate = arguments.fluxgate();
        match reader::settings(&arguments, &mut errors).filter(|_| errors.is_empty()) {
            Some(settings) => Ok(Self { fluxgate, settings, references }),
            None => Err(NoBreaker { fluxgate, references, errors: errors.to_compile_errors() }),
        }
    }
}
