//! An argument to be called: a closure, or an expression for a function.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, ExprClosure, Ident, Lit, Pat, Path, ReturnType, Stmt, Type, UnOp, parse_quote};

use crate::input::peel::peel_expression;
use crate::input::source::spelled;
use crate::input::tokens::{is_one_of, local, respan, span_of, text};

/// A closure of one parameter, or an expression for a function.
#[derive(Clone)]
pub(crate) struct Callable {
    /// As written.
    pub(crate) tokens: TokenStream,
    pub(crate) closure: Option<Box<ExprClosure>>,
}

/// Why an expression cannot be called with one argument, as far as that is known without types.
pub(crate) enum Uncallable {
    /// It is not an expression.
    Broken,
    /// It is text, which holds this path.
    Quoted(String),
    /// It is a value.
    Value(ReturnValue),
    /// It is a closure without parameters. This is one that ignores its argument.
    WithoutParameter(String),
    /// It is a closure with several parameters.
    WithSeveral,
    /// It is an `async` closure, whose future nobody would await.
    Async,
}

impl Uncallable {
    /// What is wrong with it, after a word that passes `argument` to what is called.
    pub(crate) fn what(&self, word: &str, argument: &str) -> String {
        let takes = format!("`{word}` takes a closure or the path of a function");
        match self {
            Self::Broken => takes,
            Self::Quoted(_) | Self::Value(_) => takes + ", and this is a value",
            Self::WithoutParameter(_) => format!("`{word}` takes {argument}, and this closure takes nothing"),
            Self::WithSeveral => format!("`{word}` takes {argument}, and this closure takes more"),
            Self::Async => format!("this closure is `async`, and `{word}` is not awaited"),
        }
    }
}

/// A value in place of a closure.
pub(crate) struct ReturnValue {
    /// Whether a closure that returns it has to be `async`.
    pub(crate) is_async: bool,
    pub(crate) spelled: String,
    pub(crate) kind: ValueKind,
}

/// What a value is, as far as that is known without types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// It may be a `Result`, or leave the function.
    Any,
    /// It is certainly not a `Result`.
    Plain,
    /// It is text, which is not a `Result` either.
    Text,
    /// An error.
    Error,
    /// Nothing: it is run for what it does.
    Nothing,
}

/// Macros that never yield a function, and what they do yield.
const MACROS: [(&str, ValueKind); 23] = [
    ("anyhow", ValueKind::Error),
    ("assert", ValueKind::Nothing),
    ("assert_eq", ValueKind::Nothing),
    ("assert_ne", ValueKind::Nothing),
    ("bail", ValueKind::Any),
    ("debug", ValueKind::Nothing),
    ("eprint", ValueKind::Nothing),
    ("eprintln", ValueKind::Nothing),
    ("error", ValueKind::Nothing),
    ("eyre", ValueKind::Error),
    ("format", ValueKind::Text),
    ("info", ValueKind::Nothing),
    ("json", ValueKind::Plain),
    ("matches", ValueKind::Plain),
    ("panic", ValueKind::Any),
    ("print", ValueKind::Nothing),
    ("println", ValueKind::Nothing),
    ("todo", ValueKind::Any),
    ("trace", ValueKind::Nothing),
    ("unimplemented", ValueKind::Any),
    ("unreachable", ValueKind::Any),
    ("vec", ValueKind::Plain),
    ("warn", ValueKind::Nothing),
];

impl Callable {
    pub(crate) fn parse(tokens: &TokenStream) -> Result<Self, Uncallable> {
        let expression = syn::parse2::<Expr>(tokens.clone()).map_err(|_| Uncallable::Broken)?;
        let closure = match peel_expression(&expression) {
            Expr::Closure(closure) => closure,
            value if is_value(value) => {
                let value = || Uncallable::Value(ReturnValue::of(value, tokens));
                return Err(path(tokens).map_or_else(value, Uncallable::Quoted));
            }
            _ => return Ok(Self { tokens: tokens.clone(), closure: None }),
        };
        match closure.inputs.len() {
            0 => {
                let mut ignoring = closure.clone();
                ignoring.inputs.push(parse_quote!(_));
                Err(Uncallable::WithoutParameter(spelled(&ignoring.to_token_stream())))
            }
            1 => Ok(Self { tokens: tokens.clone(), closure: Some(Box::new(closure.clone())) }),
            _ => Err(Uncallable::WithSeveral),
        }
    }

    /// The same where nothing awaits a future, so an `async` closure is refused.
    pub(crate) fn parse_sync(tokens: &TokenStream) -> Result<Self, Uncallable> {
        let callable = Self::parse(tokens)?;
        if callable.is_async() { Err(Uncallable::Async) } else { Ok(callable) }
    }

    /// A closure whose future is awaited.
    pub(crate) fn is_async(&self) -> bool {
        self.closure.as_ref().is_some_and(|closure| closure.asyncness.is_some())
    }

    /// The closure, which has to return what `output` stands for, with the types that it names moved inside: a wrong one is reported in place.
    ///
    /// `|error: Outage| f(error)` -> `|argument| { let argument: Outage = Taken::taken(argument); match argument { error => f(error) } }`
    pub(crate) fn with_types_inside(&self, output: &TokenStream, private: &impl ToTokens) -> TokenStream {
        let Some(closure) = &self.closure else { return self.tokens.clone() };
        let (pattern, taken) = match closure.inputs.first() {
            Some(Pat::Type(typed)) => (&*typed.pat, Some(&*typed.ty)),
            Some(pattern) => (pattern, None),
            None => return self.tokens.clone(),
        };
        let given = match &closure.output {
            ReturnType::Type(_, ty) => Some(&**ty),
            ReturnType::Default => None,
        };
        if taken.is_none() && given.is_none() {
            return self.tokens.clone();
        }
        let body = &closure.body;
        let argument = taken.map_or_else(|| local("argument"), |ty| blaming(ty, "argument"));
        let taken = taken.map(|ty| {
            let taken = call(&quote!(#private::Taken::<#ty, _>::taken), &argument, None);
            quote!(let #argument: #ty = #taken;)
        });
        let mut body = quote!(match #argument { #pattern => #body });
        if let Some(ty) = given {
            let result = blaming(ty, "result");
            let given = call(&quote!(#private::Given::given), &result, Some(output));
            body = quote!(let #result: #ty = #body; #given);
        }
        let ExprClosure { attrs, asyncness, capture, .. } = &**closure;
        quote!(#(#attrs)* #asyncness #capture |#argument| { #taken #body })
    }
}

/// A variable with the span of a type, so that the compiler blames that type if the variable's is wrong.
fn blaming(ty: &Type, name: &str) -> Ident {
    let span = span_of(&ty.to_token_stream()).map_or(Span::call_site(), |(first, _)| first);
    Ident::new(&format!("__fluxgate_{name}"), span)
}

/// A call of a function that converts a variable, into the type that a value stands for.
fn call(function: &TokenStream, argument: &Ident, into: Option<&TokenStream>) -> TokenStream {
    let function = respan(function.clone(), argument.span());
    let into = into.map(|output| quote!(, #output));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#argument #into));
    arguments.set_span(argument.span());
    quote!(#function #arguments)
}

/// The path in a string.
fn path(tokens: &TokenStream) -> Option<String> {
    text(tokens).filter(|text| syn::parse_str::<Path>(text).is_ok())
}

impl ReturnValue {
    fn of(expression: &Expr, tokens: &TokenStream) -> Self {
        match expression {
            Expr::Async(block) => {
                let spelled = spelled(&block.block.to_token_stream());
                Self { is_async: true, spelled, kind: ValueKind::Any }
            }
            _ => Self {
                is_async: awaits(expression),
                spelled: spelled(tokens),
                kind: ValueKind::of(expression),
            },
        }
    }
}

impl ValueKind {
    fn of(value: &Expr) -> Self {
        match peel_expression(value) {
            Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => Self::Text,
            Expr::Array(_) | Expr::Lit(_) | Expr::Range(_) | Expr::Repeat(_) | Expr::Tuple(_) => Self::Plain,
            Expr::Call(call) if calls(&call.func, &["default", "Some"]) => Self::Plain,
            Expr::Macro(call) => Self::of_macro(&call.mac).unwrap_or(Self::Any),
            Expr::Path(path) if path.path.is_ident("None") => Self::Plain,
            Expr::Reference(reference) => match Self::of(&reference.expr) {
                Self::Text => Self::Plain,
                kind => kind,
            },
            Expr::Block(block) => match block.block.stmts.last() {
                Some(Stmt::Expr(_, Some(_))) => Self::Nothing,
                Some(Stmt::Expr(last, None)) => Self::of(last),
                Some(Stmt::Macro(last)) if last.semi_token.is_some() => Self::Nothing,
                Some(Stmt::Macro(last)) => Self::of_macro(&last.mac).unwrap_or(Self::Any),
                _ => Self::Any,
            },
            _ => Self::Any,
        }
    }

    /// What a macro yields, if that is certainly no function.
    fn of_macro(call: &syn::Macro) -> Option<Self> {
        MACROS.iter().find(|(name, _)| ends_in(&call.path, &[name])).map(|(_, kind)| *kind)
    }
}

fn calls(function: &Expr, names: &[&str]) -> bool {
    matches!(peel_expression(function), Expr::Path(path) if ends_in(&path.path, names))
}

/// Whether the last segment of a path is one of these names.
pub(crate) fn ends_in(path: &Path, names: &[&str]) -> bool {
    path.segments.last().is_some_and(|last| is_one_of(&last.ident, names))
}

/// Whether an expression is certainly no function, as far as that is known without types.
fn is_value(expression: &Expr) -> bool {
    match peel_expression(expression) {
        Expr::Array(_)
        | Expr::Async(_)
        | Expr::Assign(_)
        | Expr::Await(_)
        | Expr::Binary(_)
        | Expr::Lit(_)
        | Expr::Range(_)
        | Expr::Repeat(_)
        | Expr::Return(_)
        | Expr::Struct(_)
        | Expr::Try(_)
        | Expr::Tuple(_) => true,
        Expr::Unary(unary) => !matches!(unary.op, UnOp::Deref(_)),
        Expr::Call(call) => calls(&call.func, &["Ok", "Err", "Some", "default", "exit"]),
        Expr::Macro(call) => ValueKind::of_macro(&call.mac).is_some(),
        Expr::Path(path) => path.path.is_ident("None"),
        Expr::Reference(reference) => matches!(peel_expression(&reference.expr), Expr::Lit(_)),
        Expr::Block(block) => match block.block.stmts.last() {
            Some(Stmt::Expr(last, None)) => is_value(last),
            Some(Stmt::Expr(_, Some(_))) => true,
            Some(Stmt::Macro(last)) => last.semi_token.is_some() || ValueKind::of_macro(&last.mac).is_some(),
            _ => false,
        },
        _ => false,
    }
}

fn awaits(expression: &Expr) -> bool {
    match peel_expression(expression) {
        Expr::Await(_) => true,
        Expr::Try(tried) => awaits(&tried.expr),
        _ => false,
    }
}
