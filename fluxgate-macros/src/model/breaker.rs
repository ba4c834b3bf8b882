//! `breaker!(..)`.

use proc_macro2::TokenStream;

use crate::input::arguments::Arguments;
use crate::input::errors::Errors;
use crate::input::names::Macro;
use crate::model::settings::Settings;

/// A breaker as a value.
pub(crate) struct BreakerValue {
    /// The path of Fluxgate, if it is given.
    pub(crate) fluxgate: Option<TokenStream>,
    pub(crate) settings: Settings,
}

impl BreakerValue {
    /// Reads the arguments. The error is tokens that make the compiler report all that is wrong with them.
    pub(crate) fn read(arguments: TokenStream) -> Result<Self, TokenStream> {
        let mut errors = Errors::default();
        let arguments = Arguments::parse(arguments, Macro::Breaker, &mut errors);
        let settings = Settings::read(&arguments, &mut errors);
        settings
            .filter(|_| errors.is_empty())
            .map(|settings| Self { fluxgate: arguments.fluxgate(), settings })
            .ok_or_else(|| errors.to_compile_errors())
    }
}
