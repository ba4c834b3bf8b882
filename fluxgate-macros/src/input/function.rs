//! An item's tokens -> the function to guard. Only its signature is parsed: errors in a body that does not parse, perhaps because
//! someone is typing it, are left to the compiler.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, FnArg, Ident, ReceiverKind, Signature, Type, VisRestricted, Visibility};

use crate::input::arguments::Argument;
use crate::input::attributes;
use crate::input::boxed_tails::BoxedTails;
use crate::input::errors::CompileErrors;
use crate::input::future_block::{FutureBlock, ends_in_boxed_future};
use crate::input::item::{GUARDS, not_a_function, unreadable, without_body};
use crate::input::parameters::{Binding, bindings};
use crate::input::returns::{self, Form, Returns};
use crate::input::tokens::{is, is_made, is_one_of, is_word, mentioned, mentions, span_of};
use crate::input::warnings::Warning;
use crate::input::wrapper::SERVER;

/// The arguments that give a breaker another name than the function's.
pub(crate) const NAMING: [&str; 3] = ["name", "breaker", "key"];

/// The function to guard.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) returns: Returns,
    /// The inner attributes, which are inside the braces but belong to the function: `#![..]`.
    pub(crate) inner: TokenStream,
    /// The user's braces and their content.
    pub(crate) block: Group,
    /// The future that the block consists of, if the function returns one: nothing of the body runs before it is polled.
    pub(crate) future: Option<FutureBlock>,
    /// Where any other block boxes its futures, if the function returns a boxed future.
    pub(crate) tails: Option<BoxedTails>,
    /// The parameters' names and `Self`, as far as the block mentions them.
    mentioned: Vec<String>,
}

impl Function {
    /// Reads a function, and reports why it cannot be guarded.
    pub(crate) fn parse(item: TokenStream, errors: &mut CompileErrors) -> Option<Self> {
        match read(item) {
            Ok(function) => {
                function.report_obstacles(errors);
                Some(function)
            }
            Err(error) => {
                errors.push(error);
                None
            }
        }
    }

    /// The function's name as the user knows it, without `r#`.
    pub(crate) fn name(&self) -> String {
        let name = syn::ext::IdentExt::unraw(&self.signature.ident).to_string();
        name.strip_prefix(SERVER).map_or_else(|| name.clone(), str::to_owned)
    }

    /// The names that the parameters bind and the body uses, in their order. A name that begins with `_` may be there for its drop.
    pub(crate) fn captured(&self) -> Vec<Binding> {
        let mut names: Vec<_> = self.signature.inputs.iter().flat_map(bindings).collect();
        names.retain(|binding| self.may_capture(binding));
        names
    }

    /// Whether the body may capture this without hiding that it is unused.
    pub(crate) fn may_capture(&self, binding: &Binding) -> bool {
        let name = binding.name.to_string();
        name.starts_with('_') || self.body_mentions(&name)
    }

    /// Whether the body mentions this, the name of a parameter or `Self`.
    pub(crate) fn body_mentions(&self, name: &str) -> bool {
        self.mentioned.iter().any(|mentioned| mentioned == name)
    }

    /// Whether these tokens mention a parameter.
    pub(crate) fn has_parameter_in(&self, tokens: &TokenStream) -> bool {
        let names = self.signature.inputs.iter().flat_map(bindings).map(|binding| binding.name.to_string());
        !mentioned(tokens.clone(), names.collect()).is_empty()
    }

    /// Whether attributes below ours are macros, as far as can be told, which read what we write.
    pub(crate) fn has_attributes_below(&self) -> bool {
        attributes::have_macros(&self.attributes)
    }

    /// What to do if another attribute has made this from an `async fn`, as `#[tokio::main]`, `#[sqlx::test]` and the like do.
    pub(crate) fn help_if_async_was_removed(&self) -> Option<String> {
        let blocks = ["block_on", "test_block_on"].iter().any(|name| mentions(&self.block.stream(), name));
        blocks.then(|| {
            let name = self.name();
            format!(
                "an attribute above this one seems to have removed `async` from `{name}`\n\
                 help: put `#[circuit_breaker]` above that attribute"
            )
        })
    }

    /// Reports an `impl Trait` that is judged like a `Result`. Some attributes make one of the return type, as yew's `#[hook]` and
    /// salvo's `#[craft]` do.
    pub(crate) fn report_opaque_output(&self, errors: &mut CompileErrors) {
        let problem = "an `impl Trait` is not a `Result`, so nothing says which calls failed";
        let message = if is_made(self.returns.span.0, "impl") {
            let name = self.name();
            format!(
                "{problem}; another attribute seems to have made this of what `{name}` returns\n\
                 help: put `#[circuit_breaker]` on a function that `{name}` calls"
            )
        } else {
            format!(
                "{problem}\nhelp: return a `Result` of it, or add `track = returned(PATTERN), rejected = |refusal| ..`"
            )
        };
        errors.report(self.returns.span, message);
    }

    /// Reports a handler that uses a `&mut` parameter while the function's future holds it.
    pub(crate) fn forbid_shared_borrow(&self, handler: &Argument, errors: &mut CompileErrors) {
        let holder = match self.returns.form {
            Form::Sync => return,
            // The body of an `async fn` has not begun when the call is refused. Any other future exists by then.
            Form::Async if handler.name == "rejected" => return,
            Form::Async => "the body of an `async fn`",
            Form::Future | Form::Boxed => "the future",
        };
        if let Some(name) = self.shared_borrow(&handler.value) {
            let message = format!(
                "{holder} holds on to `{name}`, a `&mut`, so `{}` cannot use it\n\
                 help: make it a `&`, or use it after the call, in a function that calls this one",
                handler.name
            );
            errors.report(handler.span(), message);
        }
    }

    /// The first `&mut` parameter that both the function's future and these tokens mention.
    fn shared_borrow(&self, tokens: &TokenStream) -> Option<Ident> {
        let body = match (&self.future, self.returns.form) {
            (Some(future), _) => future.block.stream(),
            (None, Form::Async) => self.block.stream(),
            (None, _) => return None,
        };
        self.signature
            .inputs
            .iter()
            .filter(|input| match input {
                FnArg::Receiver(receiver) => match &receiver.kind {
                    ReceiverKind::Reference(_, _, mutability) => mutability.is_some(),
                    _ => false,
                },
                FnArg::Typed(parameter) => match &*parameter.ty {
                    Type::Reference(reference) => reference.mutability.is_some(),
                    _ => false,
                },
            })
            .flat_map(bindings)
            .map(|binding| binding.name)
            .find(|name| mentions(tokens, &name.to_string()) && mentions(&body, &name.to_string()))
    }

    /// Warns of other attributes whose breakers are named after the function as well: whoever splits the arguments between two attributes
    /// gets two breakers, each with the defaults for what the other one sets.
    pub(crate) fn namesakes(&self) -> impl Iterator<Item = Warning> {
        let is_namesake = |attribute: &&Attribute| {
            let last = attribute.path().segments.last();
            let is_named = attribute.meta.require_list().is_ok_and(|list| {
                let trees: Vec<_> = list.tokens.clone().into_iter().collect();
                trees.windows(2).any(|pair| is_word(&pair[0], &NAMING) && is(&pair[1], '='))
            });
            last.is_some_and(|last| last.ident == "circuit_breaker") && !is_named
        };
        let spans =
            self.attributes.iter().filter(is_namesake).filter_map(|it| span_of(&it.to_token_stream()));
        spans.map(|span| {
            let message = "two of these attributes make two breakers of the same name, one inside the other\n\
                           help: write all arguments in one of them; if two breakers are meant, give one a `name`";
            Warning::new(span, message.to_owned())
        })
    }

    /// Reports why this function cannot be guarded.
    fn report_obstacles(&self, errors: &mut CompileErrors) {
        let mut report = |tokens: &dyn quote::ToTokens, message: &str| {
            if let Some(span) = span_of(&tokens.to_token_stream()) {
                errors.report(span, message);
            }
        };
        if let Some(constness) = &self.signature.constness {
            report(
                constness,
                "a `const fn` cannot be guarded: it may run while the program compiles, where there is no breaker\n\
                 help: remove `const`, or guard a function that calls this one",
            );
        }
        if let Some(variadic) = &self.signature.variadic {
            report(
                &variadic.dots,
                "a C-variadic function cannot be guarded: its arguments cannot be passed on\n\
                 help: guard a function that calls this one",
            );
        }
        if let Some(never) = returns::never(&self.signature) {
            report(
                never,
                "a function that never returns has no outcome: its breaker would learn nothing, and never open\n\
                 help: guard a function that it calls",
            );
        }
        if let Some((output, future)) = returns::unawaited_future(&self.signature) {
            let output = quote::ToTokens::to_token_stream(output);
            report(
                future,
                &format!(
                    "this `async fn` returns a future, which only runs when the guarded call is over\n\
                 help: await it, and return what it returns: `-> {output}`; or remove `async`"
                ),
            );
        }
        for attribute in &self.attributes {
            if attribute.path().is_ident("track_caller") {
                report(
                    attribute,
                    "a function with `#[track_caller]` cannot be guarded: its body moves into a closure, where the caller \
                     is lost\nhelp: remove one of the two attributes",
                );
            }
            // It would also remove `async` from what we write, and leave a future that nobody polls.
            if self.signature.asyncness.is_some() && may_remove_async(attribute) {
                report(
                    attribute,
                    "this attribute may remove `async` from the function, and would do so when the function is guarded\n\
                     help: put it above `#[circuit_breaker]`",
                );
            }
        }
    }
}

/// Whether this is an attribute of the crate `maybe-async`.
fn may_remove_async(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| is_one_of(&last.ident, &["maybe_async", "must_be_sync"]))
}

fn read(item: TokenStream) -> syn::Result<Function> {
    // The body is nearly always the last token. Parsing it would take longer than everything else.
    let mut trees: Vec<_> = item.clone().into_iter().collect();
    if let Some(body @ TokenTree::Group(group)) = trees.last()
        && group.delimiter() == Delimiter::Brace
    {
        let body = body.clone();
        trees.pop();
        if let Ok(head) = read_head.parse2(trees.into_iter().collect()) {
            return assemble(head, body);
        }
    }
    read_all.parse2(item)
}

/// What is before the body.
struct Head {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
}

fn read_head(input: ParseStream<'_>) -> syn::Result<Head> {
    Ok(Head {
        attributes: input.call(Attribute::parse_outer)?,
        visibility: input.call(visibility)?,
        signature: input.parse()?,
    })
}

/// Reads a visibility. A `$visibility` of `macro_rules!` comes in an invisible group, whose place tells lints that a macro made the
/// function. The group does not get past the compiler, so `pub` takes its place.
fn visibility(input: ParseStream<'_>) -> syn::Result<Visibility> {
    let first = input.cursor().token_tree();
    let mut visibility = input.parse()?;
    if let Some((TokenTree::Group(group), _)) = first
        && let Visibility::Public(keyword) | Visibility::Restricted(VisRestricted { pub_token: keyword, .. }) =
            &mut visibility
    {
        keyword.span = group.span();
    }
    Ok(visibility)
}

fn read_all(input: ParseStream<'_>) -> syn::Result<Function> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.call(visibility)?;
    let ahead = input.fork();
    let signature: Signature = match ahead.parse() {
        Ok(signature) => signature,
        Err(error) if is_function(&input.fork()) => return Err(unreadable(&error)),
        Err(_) => return Err(not_a_function(input.parse()?)),
    };
    syn::parse::discouraged::Speculative::advance_to(input, &ahead);
    let body: TokenTree = match input.parse() {
        Ok(TokenTree::Punct(semicolon)) => {
            return Err(without_body(&signature.ident, Some(semicolon.span())));
        }
        Err(_) => return Err(without_body(&signature.ident, None)),
        // The parentheses of a bare `Fn(u8)` that is returned.
        Ok(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            return Err(unreadable(&syn::Error::new(group.span_open(), "unexpected token")));
        }
        Ok(body) => body,
    };
    if !input.is_empty() {
        return Err(syn::Error::new(input.span(), format!("{GUARDS}, and this follows its body")));
    }
    assemble(Head { attributes, visibility, signature }, body)
}

fn assemble(Head { attributes, visibility, signature }: Head, body: TokenTree) -> syn::Result<Function> {
    let Some((inner, block)) = braces(body) else {
        return Err(syn::Error::new(signature.ident.span(), format!("{GUARDS} with a body in braces")));
    };
    let mut returns = Returns::of(&signature);
    if returns.form == Form::Sync && ends_in_boxed_future(block.stream()) {
        returns = returns.of_boxed_future(&signature);
    }
    let future = match returns.form {
        Form::Future => FutureBlock::of(block.stream(), false),
        Form::Boxed => FutureBlock::of(block.stream(), true),
        Form::Sync | Form::Async => None,
    };
    let is_box_of_any_future = returns.form == Form::Boxed && future.is_none() && returns.is_inferred;
    let tails = if is_box_of_any_future { BoxedTails::of(&block) } else { None };
    let parameters = signature.inputs.iter().flat_map(bindings).map(|binding| binding.name.to_string());
    let mentioned = mentioned(block.stream(), parameters.chain(["Self".to_owned()]).collect());
    let mut function =
        Function { attributes, visibility, signature, returns, inner, block, future, tails, mentioned };
    // Attributes below may move the body to where its type is unknown. And a block without `move` borrows what stands for the type.
    let borrows = function.future.as_ref().is_some_and(|future| !future.moves);
    function.returns.is_inferred &= !function.has_attributes_below() && !borrows;
    Ok(function)
}

fn is_function(input: ParseStream<'_>) -> bool {
    let tokens: TokenStream = input.parse().unwrap_or_default();
    tokens.into_iter().take(6).any(|tree| is_word(&tree, &["fn"]))
}

/// Splits a body into inner attributes and block. A `$body:block` of `macro_rules!` comes in an invisible group.
fn braces(body: TokenTree) -> Option<(TokenStream, Group)> {
    let TokenTree::Group(group) = body else { return None };
    match group.delimiter() {
        Delimiter::None => {
            let mut trees = group.stream().into_iter();
            trees.next().and_then(braces).filter(|_| trees.next().is_none())
        }
        Delimiter::Brace => {
            let (inner, rest) = split_inner(group.stream());
            if inner.is_empty() {
                return Some((inner, group));
            }
            let mut block = Group::new(Delimiter::Brace, rest);
            block.set_span(group.span());
            Some((inner, block))
        }
        Delimiter::Parenthesis | Delimiter::Bracket => None,
    }
}

fn split_inner(stream: TokenStream) -> (TokenStream, TokenStream) {
    // There are seldom any.
    if !stream.clone().into_iter().next().is_some_and(|first| is(&first, '#')) {
        return (TokenStream::new(), stream);
    }
    let trees: Vec<_> = stream.into_iter().collect();
    let mut at = 0;
    while let [pound, bang, TokenTree::Group(group), ..] = &trees[at..]
        && is(pound, '#')
        && is(bang, '!')
        && group.delimiter() == Delimiter::Bracket
    {
        at += 3;
    }
    let rest = trees[at..].iter().cloned().collect();
    (trees.into_iter().take(at).collect(), rest)
}
