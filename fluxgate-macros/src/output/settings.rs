//! Checked arguments -> the constant that a breaker is made from.

use fluxgate_rules::check::EMPTY_NAME;
use fluxgate_rules::evaluate::trial_length;
use fluxgate_rules::reader::{self, Reading};
use fluxgate_rules::syntax::{Argument, Branch, Call, Rule, Value};
use fluxgate_rules::token::{Place, Token, spell};
use fluxgate_rules::vocabulary::{HALF_OPEN_TIMEOUT, Kind, MAX_HALF_OPEN_CALLS, OUTCOME, Parameter};
use fluxgate_rules::{Problem, Window};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};

use crate::input::arguments::Arguments;
use crate::input::errors::Errors;
use crate::input::source::{Source, respan};

/// The settings that a breaker is made from.
pub(crate) struct Settings {
    /// A constant expression of the type `__private::Settings`.
    pub(crate) tokens: TokenStream,
    /// The rule as we would write it and the length of its trial, for documentation.
    pub(crate) summary: String,
}

/// Reads all settings of a breaker. `default_name` is a constant `&'static str`. If something is wrong, the result is useless, but
/// causes no further errors.
pub(crate) fn settings(arguments: &Arguments, default_name: TokenStream, errors: &mut Errors) -> Settings {
    Writer { arguments, errors, constants: TokenStream::new(), count: 0 }.write(default_name)
}

/// An argument that was read: its tokens and their value.
struct Read<T> {
    source: Source,
    value: T,
}

struct Writer<'a> {
    arguments: &'a Arguments,
    errors: &'a mut Errors,
    /// The user's constants, each with its check, so that the compiler reports every refused one.
    constants: TokenStream,
    count: usize,
}

impl Writer<'_> {
    fn write(&mut self, default_name: TokenStream) -> Settings {
        let name = self.name(default_name);
        let window = self.read("window", reader::window);
        let size = match &window {
            Some(window) => window.value.window(),
            None => Some(Window::count(100)).filter(|_| self.arguments.get("window").is_none()),
        };
        // If only the compiler knows the window, const evaluation checks the rule against it. Here, as for a wrong window, the
        // rule is checked against a very large one.
        let assumed = size.unwrap_or(Window::count(usize::MAX));
        let rule = self.read("trip", |tokens| reader::rule(tokens, &assumed));
        let retry = self.read("retry", reader::retry);
        let permit = self.read("permit", reader::permit);

        let default = quote!(__fluxgate::Window::count(100));
        let window_tokens = self.call(window.as_ref(), "Window", "window", default);
        let default = quote!(__fluxgate::Retry::cooldown(::core::time::Duration::from_secs(60)));
        let retry_tokens = self.call(retry.as_ref(), "Retry", "retry", default);
        let default = quote!(__fluxgate::Permit::ramp_up(0.1, 1.0, ::core::time::Duration::from_secs(60)));
        let permit_tokens = self.call(permit.as_ref(), "Permit", "permit", default);
        let max_half_open_calls = self.argument(&MAX_HALF_OPEN_CALLS).unwrap_or_else(|| quote!(10));
        let half_open_timeout = self.argument(&HALF_OPEN_TIMEOUT).map_or_else(
            || quote!(::core::option::Option::None),
            |timeout| quote!(::core::option::Option::Some(#timeout)),
        );
        let on_panic = self.outcome("on_panic", "failure");
        let on_cancel = self.outcome("on_cancel", "ignore");
        let nodes = self.nodes(rule.as_ref());
        if let Some(Read { source, value }) = &rule
            && (size.is_none() || value.is_constant())
        {
            for (node, branch) in value.branches.iter().enumerate() {
                if let Branch::Condition(call) = branch {
                    let node = Literal::usize_unsuffixed(node);
                    let values = quote!(__FLUXGATE_RULE, #node, &__FLUXGATE_WINDOW);
                    self.check("condition", &values, source.span(call.place));
                }
            }
            self.check("rule", &quote!(__FLUXGATE_RULE, &__FLUXGATE_WINDOW), source.whole());
        }

        let krate = self.arguments.krate();
        let constants = &self.constants;
        let tokens = quote!({
            use #krate::__private as __fluxgate;
            const __FLUXGATE_WINDOW: __fluxgate::Window = #window_tokens;
            const __FLUXGATE_RULE: &[__fluxgate::Node] = &#nodes;
            #constants
            __fluxgate::Settings {
                name: __fluxgate::Name::from_static(#name),
                window: __FLUXGATE_WINDOW,
                rule: __fluxgate::Rule::from_static(__FLUXGATE_RULE),
                retry: #retry_tokens,
                permit: #permit_tokens,
                max_half_open_calls: #max_half_open_calls,
                half_open_timeout: #half_open_timeout,
                on_panic: #on_panic,
                on_cancel: #on_cancel,
            }
        });
        Settings { tokens, summary: summary(rule.as_ref(), size.as_ref()) }
    }

    /// The name: a string, or a constant.
    fn name(&mut self, default: TokenStream) -> TokenStream {
        let Some(argument) = self.arguments.get("name") else { return default };
        let mut help = "write `name = \"payments\"`";
        match syn::parse2::<syn::Expr>(argument.value.clone()) {
            Ok(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. })) => {
                if !name.value().is_empty() {
                    return name.into_token_stream();
                }
                help = "remove it, and the name is the path of the function";
            }
            Ok(syn::Expr::Lit(_)) | Err(_) => {}
            Ok(name) => {
                self.constants.extend(quote!(const __FLUXGATE_NAME: &str = #name;));
                self.check("name", &quote!(__FLUXGATE_NAME), argument.span());
                return quote!(__FLUXGATE_NAME);
            }
        }
        self.errors.report(argument.span(), format!("{EMPTY_NAME}\nhelp: {help}"));
        default
    }

    /// Reads the argument with this name, if it is given and right.
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

    /// Reads an argument that is a single value.
    fn argument(&mut self, parameter: &'static Parameter) -> Option<TokenStream> {
        let Read { source, value } =
            self.read(parameter.name, |tokens| reader::argument(tokens, parameter))?;
        let argument = Argument { parameter, value, place: Place::new(0, source.tokens.len()) };
        Some(self.value(&source, &argument))
    }

    fn outcome(&mut self, name: &str, default: &str) -> TokenStream {
        let read = self.read(name, |tokens| reader::word(tokens, name, &OUTCOME));
        if read.map_or(default, |read| read.value.entry.word) == "failure" {
            quote!(__fluxgate::Outcome::Failure)
        } else {
            quote!(__fluxgate::Outcome::Ignored)
        }
    }

    /// `time(60s, buckets = 6)` -> `Window::time(Duration::from_nanos(..)).buckets(6)`, with a check if it has constants.
    fn call(
        &mut self,
        read: Option<&Read<Call>>,
        of: &str,
        check: &str,
        default: TokenStream,
    ) -> TokenStream {
        let Some(Read { source, value: call }) = read else { return default };
        let of = Ident::new(of, Span::call_site());
        let tokens = self.constructor(&of, source, call);
        if !call.is_constant() {
            return tokens;
        }
        let name = self.constant(&quote!(__fluxgate::#of), &tokens);
        self.check(check, &quote!(&#name), source.whole());
        name.into_token_stream()
    }

    fn constructor(&mut self, of: &Ident, source: &Source, call: &Call) -> TokenStream {
        let word = Ident::new(call.entry.word, Span::call_site());
        let (positional, keywords) = call.arguments.split_at(call.entry.positional.len());
        let mut values = Vec::new();
        for argument in positional {
            if argument.parameter.kind == Kind::Function {
                values.push(Literal::string(&spell(argument.place.of(&source.tokens))).into_token_stream());
            }
            values.push(self.value(source, argument));
        }
        let mut tokens = quote!(__fluxgate::#of::#word);
        let mut values = Group::new(Delimiter::Parenthesis, quote!(#(#values),*));
        // A function of another type is blamed itself, with the word that takes it.
        if call.arguments.iter().any(|argument| argument.parameter.kind == Kind::Function) {
            let (first, last) = source.span(call.place);
            tokens = respan(tokens, first);
            values.set_span(last);
        }
        tokens.extend([TokenTree::Group(values)]);
        for argument in keywords {
            let method = Ident::new(argument.parameter.name, Span::call_site());
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
                self.checked(source, argument, expression)
            }
        }
    }

    /// Gives a constant a name, so that only the name has the user's span, where lints would object to more.
    fn constant(&mut self, of: &TokenStream, expression: &TokenStream) -> Ident {
        self.count += 1;
        let name = format_ident!("__FLUXGATE_{}", self.count);
        self.constants.extend(quote!(const #name: #of = #expression;));
        name
    }

    /// Gives a user's constant a name, and adds its check.
    fn checked(&mut self, source: &Source, argument: &Argument, expression: TokenStream) -> TokenStream {
        let kind = argument.parameter.kind;
        let (check, of) = match kind {
            Kind::Function => return expression,
            Kind::Count => ("count", quote!(u32)),
            Kind::Size => ("size", quote!(usize)),
            Kind::Buckets => ("buckets", quote!(usize)),
            Kind::Ratio => ("ratio", quote!(f64)),
            Kind::Jitter => ("jitter", quote!(f64)),
            Kind::Multiplier => ("multiplier", quote!(f64)),
            Kind::Duration => ("duration", quote!(::core::time::Duration)),
        };
        let name = self.constant(&of, &expression);
        let text = spell(argument.place.of(&source.tokens));
        let message = source.message(&Problem::new(argument.place, kind.refuse(&text)));
        self.check(check, &quote!(#name, #message), source.span(argument.place));
        name.into_token_stream()
    }

    /// A call of a checking function. Every token has the span of the argument, so that the compiler blames the argument.
    fn check(&mut self, check: &str, value: &TokenStream, (from, to): (Span, Span)) {
        let check = Ident::new(check, from);
        let function = quote_spanned!(from=> __fluxgate::check::#check);
        let value = respan(value.clone(), to);
        let call = quote_spanned!(to=> (#value));
        self.constants.extend(quote!(const _: () = #function #call;));
    }

    fn nodes(&mut self, rule: Option<&Read<Rule>>) -> TokenStream {
        let Some(Read { source, value: rule }) = rule else {
            return quote!(__fluxgate::Rule::standard(__FLUXGATE_WINDOW.size()));
        };
        let node = Ident::new("Node", Span::call_site());
        let nodes = rule.branches.iter().map(|branch| match branch {
            Branch::Condition(call) => self.constructor(&node, source, call),
            Branch::All(members) => {
                let members = Literal::usize_unsuffixed(*members);
                quote!(__fluxgate::Node::All(#members))
            }
            Branch::Any(members) => {
                let members = Literal::usize_unsuffixed(*members);
                quote!(__fluxgate::Node::Any(#members))
            }
        });
        let nodes: Vec<_> = nodes.collect();
        quote!([#(#nodes),*])
    }
}

/// The rule as we would write it, with the length of its trial if that does not depend on constants.
fn summary(rule: Option<&Read<Rule>>, window: Option<&Window>) -> String {
    let (text, nodes) = if let Some(Read { source, value }) = rule {
        (value.spell(&source.tokens), value.nodes())
    } else {
        let nodes = fluxgate_rules::Rule::standard(window.map_or(usize::MAX, Window::size)).to_vec();
        (fluxgate_rules::Rule::from_nodes(nodes.clone()).to_string(), Some(nodes))
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
    use crate::input::arguments::{Arguments, Target};
    use crate::input::errors::Errors;

    fn read(source: &str) -> Result<Settings, Vec<String>> {
        let mut errors = Errors::default();
        let tokens: TokenStream = source.parse().expect("the test's own tokens");
        let arguments = Arguments::parse(tokens, Target::Attribute, &mut errors);
        let settings = settings(&arguments, quote!("name"), &mut errors);
        if errors.is_empty() {
            Ok(settings)
        } else {
            Err(errors.all().iter().map(ToString::to_string).collect())
        }
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
