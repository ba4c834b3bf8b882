//! The output of a function -> calls that depend on its type.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Token;

use crate::input::returns::{Form, GenericError, Returns};
use crate::input::tokens::local;
use crate::output::private::ModuleName;

/// What the signature declares, as a type. Where inference can find it, it is not written again, since lints would report it twice.
pub(crate) fn declared(returns: &Returns) -> TokenStream {
    if returns.is_inferred { quote_spanned!(returns.span.0=> _) } else { returns.declared.clone() }
}

/// A value that stands for the type of the output.
pub(crate) fn witness(returns: &Returns, private: &ModuleName) -> TokenStream {
    if returns.is_inferred {
        let output = local("output");
        return match returns.form {
            Form::Boxed => quote!(#private::Output::by(#output)),
            Form::Sync | Form::Async | Form::Future => output.into_token_stream(),
        };
    }
    let output = &returns.output;
    quote!(#private::Output::<#output>::new())
}

/// The same for what the signature declares.
pub(crate) fn declared_witness(returns: &Returns, private: &ModuleName) -> TokenStream {
    match returns.form {
        Form::Sync | Form::Async => witness(returns, private),
        Form::Future | Form::Boxed if returns.is_inferred => local("declared").into_token_stream(),
        Form::Future | Form::Boxed => {
            let declared = &returns.declared;
            quote!(#private::Output::<#declared>::new())
        }
    }
}

/// Statements by which these values learn the types from the function.
pub(crate) fn inference(returns: &Returns, private: &ModuleName) -> Option<TokenStream> {
    if !returns.is_inferred {
        return None;
    }
    let declared = declared_witness(returns, private);
    let output = (returns.form == Form::Boxed).then(|| {
        let (output, (first, last)) = (local("output"), returns.span);
        let of_future = Ident::new("of_future", last);
        let private = private.at(first);
        let path = quote_spanned!(first=> #private::Output::);
        // A closure, since a value of that type could not be in a future that outlives what the output borrows.
        quote!(
            let #output = || [];
            #path #of_future(#declared).infer(&#output);
        )
    });
    Some(quote!(
        let #declared = #private::Output::new();
        if false {
            return #private::never(#declared);
        }
        #output
    ))
}

/// `Trait::method(argument)`, where the trait's type is the output, spanned so that a wrong type is blamed.
pub(crate) fn call(
    returns: &Returns,
    of: &str,
    method: &str,
    argument: &TokenStream,
    private: &ModuleName,
) -> TokenStream {
    let (first, last) = returns.span;
    let method = Ident::new(method, last);
    let mut arguments = Group::new(Delimiter::Parenthesis, argument.clone());
    arguments.set_span(last);
    if returns.is_inferred {
        let of = Ident::new(of, first);
        let private = private.at(first);
        return quote_spanned!(first=> #private::#of::#method #arguments);
    }
    let output = &returns.output;
    let (open, of, private) = (Token![<](first), Ident::new(of, last), private.at(last));
    quote_spanned!(last=> #open #output as #private::#of>::#method #arguments)
}

/// The same for what was returned, or a reference to it. With the type as an argument beside it, no argument is blamed.
pub(crate) fn call_of(
    returns: &Returns,
    method: &str,
    argument: &TokenStream,
    private: &ModuleName,
) -> TokenStream {
    call(returns, "Returned", method, &quote!(#private::Output::new(), #argument), private)
}

/// The function that turns a refusal into an error, spanned so that a type without one is blamed.
pub(crate) fn become_error(returns: &Returns, private: &ModuleName) -> TokenStream {
    conversion(returns, private, "CallNotPermitted", "Becomes", "become_error")
}

/// A value that stands for that function, where the compiler finds it.
pub(crate) fn by_conversion(returns: &Returns, private: &ModuleName) -> Option<TokenStream> {
    if returns.generic_error.is_some() {
        return None;
    }
    let (by, output) =
        (found(returns, private, ["CallNotPermitted", "Becomes", "by"]), witness(returns, private));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#output, #output));
    arguments.set_span(returns.span.1);
    Some(quote!(#by #arguments))
}

/// The function that turns a time-out into an error, spanned in the same way.
pub(crate) fn timed_out_error(returns: &Returns, private: &ModuleName) -> TokenStream {
    conversion(returns, private, "TimedOut", "Expires", "expire")
}

fn conversion(returns: &Returns, private: &ModuleName, from: &str, by: &str, method: &str) -> TokenStream {
    if let Some(GenericError { tokens, span: (first, last) }) = &returns.generic_error {
        // The compiler says itself which bound is missing. In a closure, it says so once.
        let refusal = local("refusal");
        let (open, from, private) = (Token![<](*first), Ident::new(from, *last), private.at(*last));
        let from = quote_spanned!(*last=> #open #tokens as ::core::convert::From<#private::#from>>::from);
        return quote!(|#refusal| #from(#refusal));
    }
    found(returns, private, [from, by, method])
}

/// The path of a function of `by`, spanned so that a type without one is blamed.
fn found(returns: &Returns, private: &ModuleName, [from, by, method]: [&str; 3]) -> TokenStream {
    let (first, last) = returns.span;
    let (open, of, private) = (Token![<](first), private.at(first), private.at(last));
    let colons = Token![::](first);
    let [from, by, method] = [from, by, method].map(|name| Ident::new(name, last));
    quote_spanned!(last=> #open #of #colons #from as #private::#by<_, _>>::#method)
}

/// A warning, if the return type turns out to be a boxed future by another name.
pub(crate) fn alias(returns: &Returns, private: &ModuleName) -> Option<TokenStream> {
    let is_spelled_out = Ident::new("is_spelled_out", returns.span.0);
    let output = witness(returns, private);
    returns.is_alias.then(|| quote!(#private::Alias::of(#output).#is_spelled_out();))
}
