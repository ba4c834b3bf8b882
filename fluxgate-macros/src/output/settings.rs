//! Settings -> the constant that a breaker is made from.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::input::tokens::respan;
use crate::model::settings::{
    BreakerName, Constant, ConstantType, Node, Outcome, Rule, Setting, Settings, Value, Word,
};
use crate::output::private::ModuleName;

/// A constant expression of the type `__private::Settings`. `default_name` is a constant `Name`.
pub(crate) fn settings(settings: &Settings, private: &ModuleName, default_name: TokenStream) -> TokenStream {
    if settings.are_standard() {
        return quote!(#private::Settings::standard(#default_name));
    }
    let mut writer = ConstantWriter::default();
    let name = writer.name(&settings.name, default_name);
    let window = writer.setting(settings.window.as_ref(), "Window", "window");
    let retry = writer.setting(settings.retry.as_ref(), "Retry", "retry");
    let permit = writer.setting(settings.permit.as_ref(), "Permit", "permit");
    let max_half_open_calls = settings.max_half_open_calls.as_ref();
    let max_half_open_calls = max_half_open_calls.map(|calls| writer.value(calls));
    let max_half_open_calls = max_half_open_calls.unwrap_or_else(|| standard("max_half_open_calls"));
    let half_open_timeout = settings.half_open_timeout.as_ref().map(|timeout| writer.value(timeout));
    let half_open_timeout = half_open_timeout.unwrap_or_else(|| standard("half_open_timeout"));
    let on_panic = settings.on_panic.map_or_else(|| standard("on_panic"), outcome);
    let on_cancel = match (&settings.on_cancel_after, settings.on_cancel.map(outcome)) {
        (Some(after), _) => {
            let after = writer.value(after);
            quote!(__fluxgate::OnCancel::FailureAfter(#after))
        }
        (None, Some(outcome)) => quote!(__fluxgate::OnCancel::Outcome(#outcome)),
        (None, None) => standard("on_cancel"),
    };
    let count_calls = settings.count_calls.clone().unwrap_or_else(|| standard("count_calls"));
    let rule = if let Some(rule) = &settings.rule {
        writer.rule(rule)
    } else {
        quote!(__fluxgate::Rule::standard(__FLUXGATE_WINDOW.size()))
    };
    if let Some(rule) = &settings.rule {
        writer.timeout(rule, settings.half_open_timeout.as_ref(), &half_open_timeout);
    }
    let time_limit = writer.time_limit(settings, &half_open_timeout);
    let constants = writer.constants;
    quote!({
        use #private as __fluxgate;
        const __FLUXGATE_WINDOW: __fluxgate::Window = #window;
        const __FLUXGATE_RULE: &[__fluxgate::Node] = &#rule;
        #constants
        __fluxgate::Settings {
            name: #name,
            window: __FLUXGATE_WINDOW,
            rule: __fluxgate::Rule::from_static(__FLUXGATE_RULE),
            retry: #retry,
            permit: #permit,
            max_half_open_calls: #max_half_open_calls,
            half_open_timeout: #half_open_timeout,
            on_panic: #on_panic,
            on_cancel: #on_cancel,
            count_calls: #count_calls,
            time_limit: #time_limit,
        }
    })
}

/// The value of a setting that is not given.
fn standard(setting: &str) -> TokenStream {
    let setting = Ident::new(setting, Span::call_site());
    quote!(__fluxgate::Settings::STANDARD.#setting)
}

/// A constant expression of one value, which is checked if it is the user's constant.
pub(crate) fn value(value: &Value, private: &ModuleName) -> TokenStream {
    let mut writer = ConstantWriter::default();
    let value = writer.value(value);
    let constants = writer.constants;
    if constants.is_empty() {
        return value;
    }
    quote!({
        use #private as __fluxgate;
        #constants
        #value
    })
}

/// An expression of the type `__private::Limit`, which is blamed at `span` if there is no timer.
pub(crate) fn limit(limit: &Value, span: (Span, Span), private: &ModuleName) -> TokenStream {
    let value = value(limit, private);
    let (first, last) = span;
    let limit = respan(quote!(#private::limit::<()>), first);
    quote_spanned!(last=> #limit(#value))
}

fn outcome(outcome: Outcome) -> TokenStream {
    match outcome {
        Outcome::Failure => quote!(__fluxgate::Outcome::Failure),
        Outcome::Ignored => quote!(__fluxgate::Outcome::Ignored),
    }
}

/// The type of a user's `custom` function. As a constant of this type, only a wrong function is blamed.
fn type_of_function(of: &Ident) -> TokenStream {
    if of == "Node" {
        quote!(fn(&__fluxgate::Metrics) -> bool)
    } else if of == "Retry" {
        quote!(fn(u32) -> ::core::time::Duration)
    } else {
        quote!(fn(::core::time::Duration) -> bool)
    }
}

#[derive(Default)]
struct ConstantWriter {
    /// The user's constants, each with its check, so that the compiler reports every refused one.
    constants: TokenStream,
    count: usize,
}

impl ConstantWriter {
    fn name(&mut self, name: &BreakerName, default: TokenStream) -> TokenStream {
        match name {
            BreakerName::Default => default,
            BreakerName::Text(name) => quote!(__fluxgate::Name::from_static(#name)),
            BreakerName::Constant(name, span) => {
                self.constants.extend(quote!(const __FLUXGATE_NAME: &::core::primitive::str = #name;));
                self.check("name", &quote!(__FLUXGATE_NAME), *span);
                quote!(__fluxgate::Name::from_static(__FLUXGATE_NAME))
            }
        }
    }

    /// `time(60s, buckets = 6)` -> `Window::time(Duration::from_nanos(..)).buckets(6)`, with a check if it has constants.
    fn setting(&mut self, setting: Option<&Setting>, of: &str, name: &str) -> TokenStream {
        let Some(Setting { word, span }) = setting else { return standard(name) };
        let of = Ident::new(of, Span::call_site());
        let tokens = self.word(&of, word);
        if !word.has_constants() {
            return tokens;
        }
        let constant = self.constant(&quote!(__fluxgate::#of), &tokens);
        self.check(name, &quote!(&#constant), *span);
        constant.into_token_stream()
    }

    fn rule(&mut self, rule: &Rule) -> TokenStream {
        let of = Ident::new("Node", Span::call_site());
        let nodes = rule.nodes.iter().map(|node| match node {
            Node::Condition(word) => self.word(&of, word),
            Node::All(members) => {
                let members = Literal::usize_unsuffixed(*members);
                quote!(__fluxgate::Node::All(#members))
            }
            Node::Any(members) => {
                let members = Literal::usize_unsuffixed(*members);
                quote!(__fluxgate::Node::Any(#members))
            }
        });
        let nodes: Vec<_> = nodes.collect();
        if rule.is_unchecked {
            for (at, node) in rule.nodes.iter().enumerate() {
                if let Node::Condition(word) = node {
                    let at = Literal::usize_unsuffixed(at);
                    let values = quote!(__FLUXGATE_RULE, #at, &__FLUXGATE_WINDOW);
                    self.check("condition", &values, word.span);
                }
            }
            self.check("rule", &quote!(__FLUXGATE_RULE, &__FLUXGATE_WINDOW), rule.span);
        }
        quote!([#(#nodes),*])
    }

    /// A check that calls of a trial are not taken for hung before they are slow, if constants decide.
    fn timeout(&mut self, rule: &Rule, timeout: Option<&Value>, tokens: &TokenStream) {
        let span = match timeout {
            _ if !rule.times_calls() => return,
            Some(Value::Constant(constant)) => constant.span,
            _ if rule.is_unchecked => rule.span,
            _ => return,
        };
        let timeout = self.constant(&quote!(::core::time::Duration), tokens);
        self.check("half_open_timeout", &quote!(__FLUXGATE_RULE, #timeout), span);
    }

    /// Checks what the rule takes for slow, and a trial for hung, against how long a call may take, if constants decide. The limit
    /// itself is checked with the function. Returns it, for settings that are known only at run time.
    fn time_limit(&mut self, settings: &Settings, half_open_timeout: &TokenStream) -> TokenStream {
        let (tokens, of_limit) = match &settings.time_limit {
            Some(Value::Constant(constant)) => (constant.expression.clone(), Some(constant.span)),
            Some(value) => (self.value(value), None),
            None => return standard("time_limit"),
        };
        let of_rule = settings
            .rule
            .as_ref()
            .filter(|rule| rule.times_calls())
            .and_then(|rule| of_limit.or_else(|| rule.is_unchecked.then_some(rule.span)));
        let of_timeout = of_limit.or(match &settings.half_open_timeout {
            Some(Value::Constant(constant)) => Some(constant.span),
            _ => None,
        });
        if of_rule.is_none() && of_timeout.is_none() {
            return quote!(__fluxgate::Settings::limit(#tokens));
        }
        let duration = quote!(::core::time::Duration);
        let limit = self.constant(&duration, &tokens);
        if let Some(span) = of_rule {
            self.check("time_limit", &quote!(__FLUXGATE_RULE, #limit), span);
        }
        if let Some(span) = of_timeout {
            let timeout = self.constant(&duration, half_open_timeout);
            self.check("hung", &quote!(#limit, #timeout), span);
        }
        quote!(__fluxgate::Settings::limit(#limit))
    }

    fn word(&mut self, of: &Ident, word: &Word) -> TokenStream {
        let name = Ident::new(word.name, Span::call_site());
        let values = word.positional.iter().map(|value| match value {
            Value::Function(function, text) => {
                let function = self.constant(&type_of_function(of), function);
                quote!(#text, #function)
            }
            value => self.value(value),
        });
        let values: Vec<_> = values.collect();
        let mut tokens = quote!(__fluxgate::#of::#name(#(#values),*));
        for (method, value) in &word.keywords {
            let method = Ident::new(method, Span::call_site());
            let value = self.value(value);
            tokens.extend(quote!(.#method(#value)));
        }
        tokens
    }

    fn value(&mut self, value: &Value) -> TokenStream {
        match value {
            Value::Count(count) => Literal::u64_unsuffixed(*count).into_token_stream(),
            Value::Number(number) => Literal::f64_unsuffixed(*number).into_token_stream(),
            Value::Duration(duration) => {
                let nanos = Literal::u64_unsuffixed(duration.as_nanos() as u64);
                quote!(::core::time::Duration::from_nanos(#nanos))
            }
            Value::Constant(constant) => self.checked(constant),
            // It has a known type, as the argument of a word.
            Value::Function(function, _) => function.clone(),
        }
    }

    /// Gives a user's constant a name, and adds its check.
    fn checked(&mut self, Constant { expression, ty, check, message, span }: &Constant) -> TokenStream {
        let ty = match ty {
            ConstantType::U32 => quote!(::core::primitive::u32),
            ConstantType::Usize => quote!(::core::primitive::usize),
            ConstantType::F64 => quote!(::core::primitive::f64),
            ConstantType::Duration => quote!(::core::time::Duration),
        };
        let name = self.constant(&ty, expression);
        self.check(check, &quote!(#name, #message), *span);
        name.into_token_stream()
    }

    /// Gives a constant a name, so that only the name has the user's span, where lints would object to more.
    fn constant(&mut self, of: &TokenStream, expression: &TokenStream) -> Ident {
        self.count += 1;
        let name = format_ident!("__FLUXGATE_{}", self.count);
        self.constants.extend(quote!(const #name: #of = #expression;));
        name
    }

    /// A call of a checking function. Every token has the span of the argument, so that the compiler blames the argument.
    fn check(&mut self, check: &str, value: &TokenStream, (from, to): (Span, Span)) {
        let check = Ident::new(check, from);
        let function = quote_spanned!(from=> __fluxgate::check::#check);
        let value = respan(value.clone(), to);
        let call = quote_spanned!(to=> (#value));
        self.constants.extend(quote!(const _: () = #function #call;));
    }
}
