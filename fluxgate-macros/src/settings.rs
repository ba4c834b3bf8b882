//! Checked arguments -> the constant that a breaker is made of.

use fluxgate_rules::Window;
use fluxgate_rules::evaluate::trial_length;
use fluxgate_rules::reader::{self, Reading};
use fluxgate_rules::syntax::{Argument, Branch, Call, Rule, Value};
use fluxgate_rules::token::{Place, Token, spell};
use fluxgate_rules::vocabulary::{HALF_OPEN_TIMEOUT, Kind, MAX_HALF_OPEN_CALLS, OUTCOME, Parameter};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};

use crate::arguments::Arguments;
use crate::errors::Errors;
use crate::language::{Source, respan, text};

/// What a breaker is made of.
pub(crate) struct Settings {
    /// A constant expression of the type `__private::Settings`.
    pub(crate) tokens: TokenStream,
    /// The rule as we would write it, and the length of its trial, for documentation.
    pub(crate) summary: String,
}

/// Reads all that configures a breaker. `default_name` is a constant `&'static str`. Where something is wrong, the result
/// is no use, but has no further errors.
pub(crate) fn settings(arguments: &Arguments, default_name: TokenStream, errors: &mut Errors) -> Settings {
    let krate = arguments.krate();
    let mut writer = Writer { private: quote!(#krate::__private), arguments, errors };
    writer.write(default_name)
}

/// An argument that was read: its tokens, and what they say.
struct Read<T> {
    source: Source,
    value: T,
}

struct Writer<'a> {
    private: TokenStream,
    arguments: &'a Arguments,
    errors: &'a mut Errors,
}

impl Writer<'_> {
    fn write(&mut self, default_name: TokenStream) -> Settings {
        let private = self.private.clone();
        let name = self.name(default_name);
        let window = self.read("window", reader::window);
        let data = match &window {
            Some(window) => window.value.window(),
            None => Some(Window::count(100)),
        };
        // A window that only the compiler knows leaves the rule to const evaluation; until then, it is large.
        let assumed = data.unwrap_or(Window::count(usize::MAX));
        let rule = self.read("trip", |tokens| reader::rule(tokens, &assumed));
        let retry = self.read("retry", reader::retry);
        let permit = self.read("permit", reader::permit);

        let window_tokens = match &window {
            Some(read) => self.call("Window", "window", read),
            None => quote!(#private::Window::count(100)),
        };
        let retry_tokens = match &retry {
            Some(read) => self.call("Retry", "retry", read),
            None => quote!(#private::Retry::cooldown(::core::time::Duration::from_secs(60))),
        };
        let permit_tokens = match &permit {
            Some(read) => self.call("Permit", "permit", read),
            None => quote!(#private::Permit::ramp_up(0.1, 1.0, ::core::time::Duration::from_secs(60))),
        };
        let max_half_open_calls = self.argument(&MAX_HALF_OPEN_CALLS).unwrap_or_else(|| quote!(10));
        let half_open_timeout = match self.argument(&HALF_OPEN_TIMEOUT) {
            Some(timeout) => quote!(::core::option::Option::Some(#timeout)),
            None => quote!(::core::option::Option::None),
        };
        let on_panic = self.outcome("on_panic", "failure");
        let on_cancel = self.outcome("on_cancel", "ignore");

        let (nodes, check) = self.rule(rule.as_ref(), data.is_none());
        // Constants of their own, so that each is evaluated, and refused, once.
        let tokens = quote!({
            const __FLUXGATE_WINDOW: #private::Window = #window_tokens;
            const __FLUXGATE_RULE: &[#private::Node] = &#nodes;
            #check
            #private::Settings {
                name: #private::Name::from_static(#name),
                window: __FLUXGATE_WINDOW,
                rule: #private::Rule::from_static(__FLUXGATE_RULE),
                retry: #retry_tokens,
                permit: #permit_tokens,
                max_half_open_calls: #max_half_open_calls,
                half_open_timeout: #half_open_timeout,
                on_panic: #on_panic,
                on_cancel: #on_cancel,
            }
        });
        Settings { tokens, summary: summary(rule.as_ref(), data.as_ref()) }
    }

    fn name(&mut self, default: TokenStream) -> TokenStream {
        let Some(argument) = self.arguments.get("name") else { return default };
        if text(&argument.value).is_some_and(|name| name.is_empty()) {
            let message =
                "a breaker's name is not empty\nhelp: leave `name` out, and it is the path of the function";
            self.errors.report(argument.span(), message);
        }
        if syn::parse2::<syn::Expr>(argument.value.clone()).is_err() {
            let message = "a name is a string\nhelp: write `name = \"payments\"`";
            self.errors.report(argument.span(), message);
            return default;
        }
        argument.value.clone()
    }

    /// Reads the argument of this name, if it is given and right.
    fn read<T>(&mut self, name: &str, read: impl Fn(&[Token]) -> Reading<T>) -> Option<Read<T>> {
        let argument = self.arguments.get(name)?;
        let source = Source::new(&argument.value, argument.name.span());
        match read(&source.tokens) {
            Ok(value) => Some(Read { source, value }),
            Err(problems) => {
                for problem in problems {
                    self.errors.push(source.error(&problem));
                }
                None
            }
        }
    }

    /// An argument that is one value.
    fn argument(&mut self, parameter: &'static Parameter) -> Option<TokenStream> {
        let Read { source, value } =
            self.read(parameter.name, |tokens| reader::argument(tokens, parameter))?;
        let argument = Argument { parameter, value, place: Place::new(0, source.tokens.len()) };
        Some(self.value(&source, &argument))
    }

    fn outcome(&mut self, name: &str, default: &str) -> TokenStream {
        let read = self.read(name, |tokens| reader::word(tokens, name, &OUTCOME));
        let private = &self.private;
        match read.map_or(default, |read| read.value.entry.word) {
            "failure" => quote!(#private::Outcome::Failure),
            _ => quote!(#private::Outcome::Ignored),
        }
    }

    /// `time(60s, buckets = 6)` -> `Window::time(Duration::from_nanos(..)).buckets(6)`, checked where it has constants.
    fn call(&mut self, of: &str, check: &str, read: &Read<Call>) -> TokenStream {
        let private = self.private.clone();
        let tokens = self.constructor(&Ident::new(of, Span::call_site()), &read.source, &read.value);
        if !read.value.is_constant() {
            return tokens;
        }
        let check = format_ident!("{check}");
        checked(&quote!(#private::check::#check), tokens, read.source.whole())
    }

    fn constructor(&mut self, of: &Ident, source: &Source, call: &Call) -> TokenStream {
        let private = self.private.clone();
        let word = format_ident!("{}", call.entry.word);
        let (positional, keywords) = call.arguments.split_at(call.entry.positional.len());
        let mut values = Vec::new();
        for argument in positional {
            if argument.parameter.kind == Kind::Function {
                values.push(Literal::string(&spell(argument.place.of(&source.tokens))).into_token_stream());
            }
            values.push(self.value(source, argument));
        }
        let mut tokens = quote!(#private::#of::#word(#(#values),*));
        for argument in keywords {
            let method = format_ident!("{}", argument.parameter.name);
            let value = self.value(source, argument);
            tokens.extend(quote!(.#method(#value)));
        }
        tokens
    }

    fn value(&mut self, source: &Source, argument: &Argument) -> TokenStream {
        match argument.value {
            Value::Number(number) => Literal::u64_unsuffixed(number).into_token_stream(),
            Value::Ratio(ratio) => Literal::f64_unsuffixed(ratio.as_f64()).into_token_stream(),
            Value::Multiplier(number) => Literal::f64_unsuffixed(number).into_token_stream(),
            Value::Duration(duration) => {
                let nanos = Literal::u64_unsuffixed(duration.as_nanos() as u64);
                quote!(::core::time::Duration::from_nanos(#nanos))
            }
            Value::Rust => {
                let expression = source.expression(argument.place).unwrap_or_else(|error| {
                    self.errors.push(error);
                    TokenStream::new()
                });
                let check = match argument.parameter.kind {
                    Kind::Count => "count",
                    Kind::Size => "window_size",
                    Kind::Buckets => "buckets",
                    Kind::Ratio => "ratio",
                    Kind::Jitter => "jitter",
                    Kind::Duration => "duration",
                    Kind::Multiplier => "multiplier",
                    Kind::Function => return expression,
                };
                let (private, check) = (&self.private, format_ident!("{check}"));
                checked(&quote!(#private::check::#check), expression, source.span(argument.place))
            }
        }
    }

    /// The nodes, and where they or the window have constants, their check.
    fn rule(&mut self, rule: Option<&Read<Rule>>, has_constant_window: bool) -> (TokenStream, TokenStream) {
        let private = self.private.clone();
        let Some(Read { source, value: rule }) = rule else {
            return (quote!(#private::Rule::standard(__FLUXGATE_WINDOW.size())), TokenStream::new());
        };
        let node = Ident::new("Node", Span::call_site());
        let mut is_constant = has_constant_window;
        let mut nodes = Vec::new();
        for branch in &rule.branches {
            nodes.push(match branch {
                Branch::Condition(call) => {
                    is_constant |= call.is_constant();
                    self.constructor(&node, source, call)
                }
                Branch::All(members) => {
                    let members = Literal::usize_unsuffixed(*members);
                    quote!(#private::Node::All(#members))
                }
                Branch::Any(members) => {
                    let members = Literal::usize_unsuffixed(*members);
                    quote!(#private::Node::Any(#members))
                }
            });
        }
        let nodes = quote!([#(#nodes),*]);
        if !is_constant {
            return (nodes, TokenStream::new());
        }
        let both = quote!(__FLUXGATE_RULE, &__FLUXGATE_WINDOW);
        let check = checked(&quote!(#private::check::rule), both, source.whole());
        (nodes, quote!(const _: () = #check;))
    }
}

/// A call of a checking function that the compiler blames on the argument: every generated token is there.
fn checked(function: &TokenStream, argument: TokenStream, (from, to): (Span, Span)) -> TokenStream {
    let function = respan(function.clone(), from);
    let call = quote_spanned!(to=> (#argument));
    quote!(#function #call)
}

/// The rule as we would write it, with the length of its trial where that does not depend on constants.
fn summary(rule: Option<&Read<Rule>>, window: Option<&Window>) -> String {
    let (text, nodes) = match rule {
        Some(read) => (read.value.spell(&read.source.tokens), read.value.nodes()),
        None => {
            let nodes = fluxgate_rules::Rule::standard(window.map_or(usize::MAX, Window::size)).to_vec();
            (fluxgate_rules::Rule::from_nodes(nodes.clone()).to_string(), Some(nodes))
        }
    };
    match nodes.as_deref().and_then(trial_length) {
        Some(1) => format!("`{text}`, trial of 1 call"),
        Some(calls) => format!("`{text}`, trial of {calls} calls"),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::{Settings, settings};
    use crate::arguments::{Arguments, Target};
    use crate::errors::Errors;

    fn read(source: &str) -> Result<Settings, Vec<String>> {
        let mut errors = Errors::default();
        let tokens: TokenStream = source.parse().expect("the test's own tokens");
        let arguments = Arguments::parse(tokens, Target::Attribute, &mut errors);
        let settings = settings(&arguments, quote!("name"), &mut errors);
        if errors.is_empty() { Ok(settings) } else { Err(errors.messages()) }
    }

    #[test]
    fn writes_a_constant_and_a_summary() {
        let Ok(settings) = read("trip = min(10) & failure_rate(50%)") else { panic!("a rule that is right") };
        assert_eq!(settings.summary, "`min(10) & failure_rate(0.5)`, trial of 10 calls");
        assert!(syn::parse2::<syn::ExprBlock>(settings.tokens).is_ok());
    }

    #[test]
    fn reports_all_that_is_wrong() {
        let errors = read("window = count(0), trip = \"min(10) & failure_rat(0.5)\", retri = always").err();
        assert_eq!(errors.map(|errors| errors.len()), Some(3));
    }
}
