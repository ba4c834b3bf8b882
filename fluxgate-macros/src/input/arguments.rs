//! The tokens of an attribute, or of `breaker!` -> `name = value` arguments.

use fluxgate_rules::Problem;
use fluxgate_rules::attribute::{self, Attribute, NamedArgument};
use fluxgate_rules::token::TokenRange;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::input::cut::Cutter;
use crate::input::errors::CompileErrors;
use crate::input::names::{ArgumentName, Concern, Macro, NAMES, named};
use crate::input::source::Source;
use crate::input::tokens::{TOO_DEEP, is_too_deep, span_of, text};

/// `name = value`.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) value: TokenStream,
}

impl Argument {
    /// The value's first and last span.
    pub(crate) fn span(&self) -> (Span, Span) {
        span_of(&self.value).unwrap_or((self.name.span(), self.name.span()))
    }

    fn whole(&self) -> (Span, Span) {
        (self.name.span(), self.span().1)
    }
}

/// The arguments of one use of a macro, all of them known and given once.
pub(crate) struct Arguments(Vec<Argument>);

impl Arguments {
    /// Reads the arguments, and reports all that is wrong with them.
    pub(crate) fn parse(tokens: TokenStream, of: Macro, errors: &mut CompileErrors) -> Self {
        let mut arguments = Self(Vec::new());
        if is_too_deep(&tokens) {
            let span = span_of(&tokens).unwrap_or((Span::call_site(), Span::call_site()));
            errors.report(span, TOO_DEEP);
            return arguments;
        }
        let source = Source::attribute(&tokens);
        let trees: Vec<_> = tokens.into_iter().collect();
        let (pieces, problems) = Cutter::new(&trees).cut();
        for problem in problems {
            source.report(&problem, errors);
        }
        let names = NAMES.each_ref().map(|name| (name.text, name.example));
        let Attribute { arguments: written, problems } = attribute::read(&source.tokens, &pieces, &names);
        for problem in problems {
            source.report(&problem, errors);
        }
        for NamedArgument { name, value } in written {
            arguments.take(&source, name, value, of, errors);
        }
        arguments.report_keys(of, errors);
        arguments
    }

    /// The argument with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Argument> {
        self.0.iter().find(|argument| argument.name == name)
    }

    /// Replaces an argument's value, or removes the argument.
    pub(crate) fn replace(&mut self, name: &str, value: Option<TokenStream>) {
        let at = self.0.iter().position(|argument| argument.name == name);
        match (at, value) {
            (Some(at), Some(value)) => self.0[at].value = value,
            (Some(at), None) => drop(self.0.remove(at)),
            (None, _) => {}
        }
    }

    /// The path of Fluxgate, if it is given.
    pub(crate) fn fluxgate(&self) -> Option<TokenStream> {
        self.get("crate").map(|argument| argument.value.clone())
    }

    /// Adds an argument whose name is known, if this macro takes it.
    fn take(
        &mut self,
        source: &Source,
        name_place: TokenRange,
        value_place: TokenRange,
        of: Macro,
        errors: &mut CompileErrors,
    ) {
        let Some(TokenTree::Ident(name)) = source.stream(name_place).into_iter().next() else { return };
        let Some(&ArgumentName { text: known, concern, .. }) = named(&name.to_string()) else { return };
        let value = source.stream(value_place);
        let whole = TokenRange::new(name_place.start, value_place.end);
        if of == Macro::Breaker
            && let Some(reason) = not_of_breaker(known, concern)
        {
            return errors.report(source.span(name_place), reason);
        }
        if self.get(known).is_some() {
            let with_comma = whole.with_separator(&source.tokens, |token| token.is(","));
            let problem = Problem::new(whole, format!("`{known}` is given twice")).help("remove one of them");
            return source.report(&problem.correct_at(with_comma, ""), errors);
        }
        if concern == Concern::Crate && syn::parse2::<syn::Path>(value.clone()).is_err() {
            let path = text(&value).filter(|text| syn::parse_str::<syn::Path>(text).is_ok());
            let path = path.unwrap_or_else(|| "fluxgate".to_owned());
            let root = if path.contains("::") { "" } else { "::" };
            let problem = Problem::new(whole, "`crate` is the path of Fluxgate");
            return source.report(&problem.correct(format!("crate = {root}{path}")), errors);
        }
        self.0.push(Argument { name, value });
    }

    /// Reports arguments about keys that do not apply.
    fn report_keys(&self, of: Macro, errors: &mut CompileErrors) {
        if of == Macro::Breaker {
            return;
        }
        let is_given = self.get("key").is_some();
        for argument in &self.0 {
            let concern = named(&argument.name.to_string()).map(|name| name.concern);
            if concern != Some(Concern::Keys) {
                continue;
            }
            let name = &argument.name;
            if cfg!(not(any(feature = "keyed", test))) {
                errors.report(argument.whole(), NO_KEYS);
                return;
            } else if self.get("breaker").is_some() {
                let message = format!(
                    "`{name}` is about a breaker for each key, and `breaker` names one\n\
                     help: remove one of them; for an existing `Keyed`, write `breaker = HOSTS.get(host)`"
                );
                errors.report(argument.whole(), message);
            } else if !is_given {
                let message = format!(
                    "`{name}` is about a breaker for each key, and there is no `key`\n\
                     help: add `key = host`, for example, or remove `{name}`"
                );
                errors.report(argument.whole(), message);
            }
        }
    }

    /// Reports settings given along with `breaker`, which have no effect.
    pub(crate) fn report_settings_beside_breaker(&self, errors: &mut CompileErrors) {
        if self.get("breaker").is_none() {
            return;
        }
        for argument in &self.0 {
            let concern = named(&argument.name.to_string()).map(|name| name.concern);
            if concern == Some(Concern::Settings) || argument.name == "handle" {
                let name = &argument.name;
                errors.report(
                    argument.whole(),
                    format!(
                        "`{name}` has no effect along with `breaker`, which uses an existing breaker\n\
                         help: remove `{name}` here, and give it where that breaker is made"
                    ),
                );
            }
        }
    }
}

/// The message for a program without the feature for keys.
const NO_KEYS: &str = "`key` needs the feature `keyed` of Fluxgate\n\
                       help: run `cargo add fluxgate --features keyed`";

/// Why `breaker!` does not take an argument, if it does not.
fn not_of_breaker(name: &str, concern: Concern) -> Option<String> {
    match concern {
        Concern::Settings | Concern::Crate => None,
        Concern::Calls => {
            let mut reason = format!(
                "`{name}` is about the calls of one function, and a breaker may guard many\n\
                 help: give it in the `#[circuit_breaker(breaker = .., {name} = ..)]` of each function"
            );
            // In other libraries, this is the word for it.
            if name == "timeout" {
                reason +=
                    ";\nto set how long an open breaker waits, write `retry = cooldown(60s)`, for example";
            }
            Some(reason)
        }
        Concern::Keys => Some(format!(
            "`breaker!` makes one breaker, and `{name}` is about one for each key\n\
             help: remove it, and write `CircuitBreaker::builder(\"hosts\").keyed().build()`, which makes a `Keyed`"
        )),
        Concern::Location if name == "handle" => Some(
            "`handle` names the breaker that an attribute makes\n\
             help: remove it, and write `static PAYMENTS: CircuitBreaker = breaker!(..);`"
                .to_owned(),
        ),
        Concern::Location => {
            Some("`breaker!` makes a breaker, so it does not take one\nhelp: remove `breaker`".to_owned())
        }
    }
}
