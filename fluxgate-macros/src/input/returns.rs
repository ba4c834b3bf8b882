//! A signature -> the output of the function, and the form in which it is returned.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{
    AssocType, GenericArgument, Path, PathArguments, PathSegment, ReturnType, Signature, Type,
    TypeParamBound, parse_quote_spanned,
};

use crate::input::peel::peel_type;
use crate::input::tokens::{is, is_made, is_one_of, span_of};
use crate::input::types::{argument, associated, last, types_in};
use crate::input::unseen::Unseen;

/// The form in which a function returns its output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// It returns the output.
    Sync,
    /// It is an `async fn`.
    Async,
    /// It returns an `impl Future` of the output.
    Future,
    /// It returns a boxed future of the output, as an `async fn` does under `#[async_trait]`.
    Boxed,
}

/// The output of a function, and the form in which it is returned.
pub(crate) struct Returns {
    pub(crate) form: Form,
    /// The return type of the signature, with `_` for each `impl Trait`, so that closures and variables may have it as their type.
    pub(crate) declared: TokenStream,
    /// The same for the output; for a future, the future's output.
    pub(crate) output: TokenStream,
    /// Whether the output is an `impl Trait`, which cannot be named otherwise.
    pub(crate) is_opaque: bool,
    /// The span of the return type.
    pub(crate) span: (Span, Span),
    /// The error, if it is a type parameter or belongs to one, as far as that can be told.
    pub(crate) generic_error: Option<GenericError>,
    pub(crate) unseen: Option<Unseen>,
    /// Whether the return type is a name that may stand for a boxed future.
    pub(crate) is_alias: bool,
    /// Whether inference finds the output: the function returns it, or a boxed future of it, in a type that has a name.
    pub(crate) is_inferred: bool,
}

/// The error of a generic `Result`.
pub(crate) struct GenericError {
    pub(crate) tokens: TokenStream,
    pub(crate) span: (Span, Span),
}

/// Types that text converts into.
const OF_TEXT: [&str; 5] = ["Arc", "Box", "Cow", "Rc", "String"];

impl Returns {
    pub(crate) fn of(signature: &Signature) -> Self {
        Self::read(signature).repeated(signature)
    }

    fn read(signature: &Signature) -> Self {
        let ty = match &signature.output {
            ReturnType::Default => {
                return Self::plain(signature, unit_of(signature).into_token_stream());
            }
            ReturnType::Type(_, ty) => peel_type(ty),
        };
        let declared = nameable(ty);
        if signature.asyncness.is_some() {
            return Self::plain(signature, declared);
        }
        if is_future_of_self(ty) {
            return Self::boxed_future(ty);
        }
        let (form, output) = match ty {
            Type::ImplTrait(_) => (Form::Future, output(ty)),
            _ => (Form::Boxed, boxed(ty).or_else(|| alias(ty))),
        };
        match output {
            Some(output) => {
                let unit = made_unit(output).then(|| unit_of(signature));
                let output = unit.as_ref().unwrap_or(output);
                let has_name = |ty: &Type| !erase(&mut ty.clone());
                let is_inferred = form == Form::Boxed && has_name(ty) && has_name(output);
                let span =
                    span_of(&output.to_token_stream()).unwrap_or((Span::call_site(), Span::call_site()));
                let generic_error = GenericError::of(output, signature);
                let (is_opaque, unseen) = (is_opaque(output), Unseen::of(output));
                Self {
                    form,
                    declared,
                    is_opaque,
                    output: nameable(output),
                    span,
                    generic_error,
                    unseen,
                    is_alias: false,
                    is_inferred,
                }
            }
            None => Self::plain(signature, declared),
        }
    }

    /// Whether the output is a `Result` by its spelling.
    pub(crate) fn is_spelled_result(&self) -> bool {
        let output = syn::parse2::<Type>(self.output.clone());
        output.is_ok_and(|output| last(&output).is_some_and(|last| last.ident == "Result"))
    }

    /// An expression that makes a part of a `Result` from text, as far as its spelling tells: 0 is its value, 1 its error.
    pub(crate) fn made_of_text(&self, part: usize, text: &str) -> Option<String> {
        let output = syn::parse2::<Type>(self.output.clone()).ok()?;
        let ty = types_in(last(&output)?).nth(part)?;
        let converts = last(ty).is_some_and(|last| is_one_of(&last.ident, &OF_TEXT));
        match peel_type(ty) {
            Type::Reference(_) => Some(text.to_owned()),
            _ => converts.then(|| format!("{text}.into()")),
        }
    }

    /// Whether the output is `()`.
    pub(crate) fn is_nothing(&self) -> bool {
        self.output.to_string() == "()"
    }

    /// The same for a function whose body ends in a boxed future, even if the signature has only an alias for it.
    pub(crate) fn of_boxed_future(self, signature: &Signature) -> Self {
        match &signature.output {
            ReturnType::Type(_, ty) if last(ty).is_some_and(|last| last.ident != "Result") => {
                Self::boxed_future(peel_type(ty)).repeated(signature)
            }
            _ => self,
        }
    }

    /// A pattern of what failed, if the output is a tuple that contains a `Result`. The tuple itself is never one.
    pub(crate) fn failure_in_tuple(&self) -> Option<String> {
        let Ok(Type::Tuple(tuple)) = syn::parse2::<Type>(self.output.clone()) else { return None };
        let results = tuple.elems.iter().enumerate().filter(|(_, ty)| argument(ty, &["Result"]).is_some());
        let patterns = results.map(|(failed, _)| {
            let parts: Vec<_> =
                (0..tuple.elems.len()).map(|at| if at == failed { "Err(_)" } else { "_" }).collect();
            let comma = if parts.len() == 1 { "," } else { "" };
            format!("({}{comma})", parts.join(", "))
        });
        Some(patterns.collect::<Vec<_>>().join(" | ")).filter(|patterns| !patterns.is_empty())
    }

    /// The types as they are repeated in the body.
    fn repeated(self, signature: &Signature) -> Self {
        let lifetimes: Vec<_> =
            signature.generics.lifetimes().map(|it| it.lifetime.ident.to_string()).collect();
        let [declared, output] = [self.declared, self.output].map(|ty| repeated(ty, &lifetimes));
        Self { declared, output, ..self }
    }

    /// What a function returns whose return type is an alias of a boxed future.
    fn boxed_future(ty: &Type) -> Self {
        let output = quote!(<#ty as ::core::future::Future>::Output);
        let span = span_of(&ty.to_token_stream()).unwrap_or((Span::call_site(), Span::call_site()));
        let (declared, generic_error) = (ty.to_token_stream(), None);
        Self {
            form: Form::Boxed,
            declared,
            is_opaque: false,
            output,
            span,
            generic_error,
            unseen: None,
            is_alias: false,
            is_inferred: true,
        }
    }

    fn plain(signature: &Signature, declared: TokenStream) -> Self {
        let form = if signature.asyncness.is_some() { Form::Async } else { Form::Sync };
        let (span, is_opaque, generic_error, unseen) = match &signature.output {
            ReturnType::Type(_, ty) => {
                let span = span_of(&ty.to_token_stream());
                (span, is_opaque(ty), GenericError::of(ty, signature), Unseen::of(ty))
            }
            ReturnType::Default => (None, false, None, None),
        };
        let name = signature.ident.span();
        let span = span.unwrap_or((name, name));
        let is_inferred = match &signature.output {
            ReturnType::Type(_, ty) => !erase(&mut ty.clone()),
            ReturnType::Default => true,
        };
        // The erased parts of a type are not known yet when we ask what it stands for.
        let is_alias = form == Form::Sync
            && is_inferred
            && match &signature.output {
                ReturnType::Type(_, ty) => last(ty).is_some_and(|last| !is_known(last)),
                ReturnType::Default => false,
            };
        Self {
            form,
            output: declared.clone(),
            declared,
            is_opaque,
            span,
            generic_error,
            unseen,
            is_alias,
            is_inferred,
        }
    }
}

/// The `!` that a function returns.
pub(crate) fn never(signature: &Signature) -> Option<&Type> {
    match &signature.output {
        ReturnType::Type(_, ty) => Some(peel_type(ty)).filter(|ty| matches!(ty, Type::Never(_))),
        ReturnType::Default => None,
    }
}

/// The output of the future that an `async fn` returns instead of waiting for it, and that future.
pub(crate) fn unawaited_future(signature: &Signature) -> Option<(&Type, &Type)> {
    signature.asyncness?;
    let ReturnType::Type(_, ty) = &signature.output else { return None };
    let ty = peel_type(ty);
    let output = match ty {
        Type::ImplTrait(_) => output(ty),
        _ => boxed(ty).or_else(|| alias(ty)),
    };
    Some((output?, ty))
}

impl GenericError {
    fn of(output: &Type, signature: &Signature) -> Option<Self> {
        let segment = last(output).filter(|segment| segment.ident == "Result")?;
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
        match arguments.args.iter().collect::<Vec<_>>()[..] {
            [_, GenericArgument::Type(error)] if is_generic(error, signature) => {
                let tokens = error.to_token_stream();
                Some(Self { span: span_of(&tokens)?, tokens })
            }
            _ => None,
        }
    }
}

/// Whether a type is a parameter or associated with one. Those of an `impl` around the function are recognised by their usual names.
/// `Self::Error` may be anything.
fn is_generic(ty: &Type, signature: &Signature) -> bool {
    let Type::Path(path) = peel_type(ty) else { return false };
    let Some(PathSegment { ident, .. }) = path.path.segments.first() else { return false };
    let is_declared = signature.generics.type_params().any(|parameter| parameter.ident == *ident);
    let name = ident.to_string();
    let digits = name.strip_prefix(|letter: char| letter.is_ascii_uppercase());
    let is_usual = digits.is_some_and(|digits| digits.chars().all(|digit| digit.is_ascii_digit()));
    path.qself.is_some() || is_declared || is_usual
}

/// The `()` that a function without a return type returns, with the span of its name.
fn unit_of(signature: &Signature) -> Type {
    parse_quote_spanned!(signature.ident.span()=> ())
}

/// Whether `async_trait` wrote this output, since the function has none. Its span is the whole `impl`'s.
fn made_unit(output: &Type) -> bool {
    matches!(output, Type::Tuple(tuple) if tuple.elems.is_empty() && is_made(tuple.paren_token.span.join(), "()"))
}

fn is_opaque(ty: &Type) -> bool {
    matches!(peel_type(ty), Type::ImplTrait(_))
}

/// The output of `Pin<Box<dyn Future<Output = ..>>>`.
fn boxed(ty: &Type) -> Option<&Type> {
    output(argument(argument(ty, &["Pin"])?, &["Box"])?)
}

/// The output of a `BoxFuture<'_, ..>` or `LocalBoxFuture<'_, ..>`, which are aliases of that in the crate `futures` and in many
/// others.
fn alias(ty: &Type) -> Option<&Type> {
    argument(ty, &["BoxFuture", "LocalBoxFuture"])
}

/// The output of an `impl Future` or a `dyn Future`.
fn output(ty: &Type) -> Option<&Type> {
    associated(ty, &["Future"], "Output")
}

/// `Self::Future`, as a service returns it. It has to be a boxed future.
fn is_future_of_self(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let names = path.path.segments.iter().map(|segment| segment.ident.to_string());
    path.qself.is_none() && names.eq(["Self", "Future"])
}

/// Whether it is a type of the standard library that is not a boxed future.
fn is_known(segment: &PathSegment) -> bool {
    is_one_of(&segment.ident, &["Result", "Option", "String", "Vec", "bool"])
}

/// A type as it is repeated in the body: the lifetimes are left to inference, so that lints do not count this as a use of them.
fn repeated(ty: TokenStream, lifetimes: &[String]) -> TokenStream {
    let mut is_lifetime = false;
    let repeat = |tree| {
        let of_lifetime = is_lifetime;
        is_lifetime = is(&tree, '\'');
        match tree {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), repeated(group.stream(), lifetimes));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            TokenTree::Ident(name) if of_lifetime && lifetimes.iter().any(|lifetime| name == lifetime) => {
                TokenTree::Ident(Ident::new("_", name.span()))
            }
            tree => tree,
        }
    };
    ty.into_iter().map(repeat).collect()
}

/// The type in a form that is allowed anywhere: `impl Trait` is replaced by `_`.
fn nameable(ty: &Type) -> TokenStream {
    let mut ty = ty.clone();
    erase(&mut ty);
    ty.into_token_stream()
}

/// Replaces each `impl Trait` by `_`, and returns whether there was any.
fn erase(ty: &mut Type) -> bool {
    match ty {
        Type::ImplTrait(_) => {
            *ty = Type::Verbatim(quote!(_));
            true
        }
        Type::Array(array) => erase(&mut array.elem),
        Type::Group(group) => erase(&mut group.elem),
        Type::Paren(paren) => erase(&mut paren.elem),
        Type::Reference(reference) => erase(&mut reference.elem),
        Type::Slice(slice) => erase(&mut slice.elem),
        Type::Tuple(tuple) => any(tuple.elems.iter_mut().map(erase)),
        Type::Ptr(pointer) => erase(&mut pointer.elem),
        Type::Path(path) => erase_in(&mut path.path),
        Type::TraitObject(object) => any(object.bounds.iter_mut().map(|bound| match bound {
            TypeParamBound::Trait(bound) => erase_in(&mut bound.path),
            _ => false,
        })),
        _ => false,
    }
}

/// The same in the generic arguments of a path.
fn erase_in(path: &mut Path) -> bool {
    let arguments = path.segments.iter_mut().filter_map(|segment| match &mut segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&mut arguments.args),
        _ => None,
    });
    any(arguments.flatten().map(|argument| match argument {
        GenericArgument::Type(ty) | GenericArgument::AssocType(AssocType { ty, .. }) => erase(ty),
        _ => false,
    }))
}

/// Whether any of these is true, evaluating all of them.
fn any(mut answers: impl Iterator<Item = bool>) -> bool {
    let first = answers.any(|answer| answer);
    answers.for_each(drop);
    first
}

#[cfg(test)]
mod tests {
    use super::{Form, Returns};

    #[test]
    fn the_form_is_found_by_the_return_type() {
        for (signature, form, output) in [
            ("fn f()", Form::Sync, "()"),
            ("fn f() -> Result<impl Iterator<Item = u8>, E>", Form::Sync, "Result < _ , E >"),
            ("fn f() -> (BoxFuture<'static, u8>)", Form::Boxed, "u8"),
            ("fn f() -> futures::future::LocalBoxFuture<'_, u8>", Form::Boxed, "u8"),
            (
                "fn f() -> Self::Future",
                Form::Boxed,
                "< Self :: Future as :: core :: future :: Future > :: Output",
            ),
            ("fn f() -> Reply<'static, u8>", Form::Sync, "Reply < 'static , u8 >"),
            ("fn f() -> impl Send", Form::Sync, "_"),
            (
                "fn f() -> Box<dyn Iterator<Item = impl Send> + '_>",
                Form::Sync,
                "Box < dyn Iterator < Item = _ > + '_ >",
            ),
            ("fn f() -> (*const impl Send, &[impl Send])", Form::Sync, "(* const _ , & [_])"),
            ("async fn f() -> Result<u8, E>", Form::Async, "Result < u8 , E >"),
            ("async fn f() -> impl Future<Output = u8>", Form::Async, "_"),
            ("fn f() -> impl Send + Future<Output = Result<u8, E>> + 'a", Form::Future, "Result < u8 , E >"),
            ("fn f() -> impl core::future::Future<Output = impl Send>", Form::Future, "_"),
            ("fn f() -> std::pin::Pin<Box<dyn Future<Output = u8> + Send + '_>>", Form::Boxed, "u8"),
            ("fn f() -> Pin<Box<(dyn Future<Output = u8>)>>", Form::Boxed, "u8"),
            ("fn f() -> Pin<Box<u8>>", Form::Sync, "Pin < Box < u8 > >"),
        ] {
            let returns = Returns::of(&syn::parse_str(signature).expect("the test's own signature"));
            assert_eq!((returns.form, returns.output.to_string().as_str()), (form, output), "{signature}");
        }
    }
}
