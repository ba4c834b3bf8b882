//! The user's words -> code that names what they refer to, and does nothing.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};

use crate::input::references::{Reference, Referent};
use crate::output::private::{ModuleName, Private};

/// Statements in which every word that we know, with the user's span, names what it refers to. They leave nothing
/// in the program.
pub(crate) fn statements(
    references: &[Reference],
    fluxgate: &TokenStream,
    private: &ModuleName,
) -> TokenStream {
    let named = paths(references.iter().filter(|reference| reference.to.exists()), fluxgate, private);
    quote!(#(let _ = #named;)*)
}

/// The same for arguments that are wrong, and for all their words: an editor may complete the first part of some. Only an editor
/// sees this, since the compiler has enough errors to report.
pub(crate) fn of_wrong_arguments(references: &[Reference], private: &Private) -> TokenStream {
    let Private { fluxgate, import, name, .. } = private;
    let named = paths(references.iter(), fluxgate, name);
    if named.is_empty() {
        return TokenStream::new();
    }
    quote!(
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            {
                #import
                #(let _ = #named;)*
            }
        };
    )
}

fn paths<'a>(
    references: impl Iterator<Item = &'a Reference>,
    fluxgate: &TokenStream,
    private: &ModuleName,
) -> Vec<TokenStream> {
    let mut paths = Vec::new();
    let mut references = references.peekable();
    while let Some(reference) = references.next() {
        let module = &reference.word;
        // The first word of a module and the module are named by one path, since each path costs compile time.
        let function = match (reference.to, references.peek()) {
            (Referent::Module(of, _), Some(Reference { word, to: Referent::Function(in_module, _) }))
                if of == *in_module =>
            {
                Some(word)
            }
            _ => None,
        };
        if let Some(function) = function {
            let function = of_any_type(function, fluxgate);
            paths.push(quote!(#fluxgate::#module::#function));
            references.next();
        } else {
            paths.push(path(reference, fluxgate, private));
        }
    }
    paths
}

fn path(Reference { to, word }: &Reference, fluxgate: &TokenStream, private: &ModuleName) -> TokenStream {
    let named = |name: &str| Ident::new(name, word.span());
    let other = |name: &str| Ident::new(name, Span::call_site());
    match to {
        Referent::Module(module, function) => {
            let (module, function) = (named(module), of_any_type(&other(function), fluxgate));
            quote!(#fluxgate::#module::#function)
        }
        Referent::Function(module, function) => {
            let (module, function) = (other(module), of_any_type(&named(function), fluxgate));
            quote!(#fluxgate::#module::#function)
        }
        Referent::Method(module, method) => {
            let (ty, method) = (other(&type_of(module)), named(method));
            let module = other(module);
            quote!(#fluxgate::#module::#ty::#method)
        }
        Referent::Builder(method) => {
            let method = named(method);
            quote!(#fluxgate::Builder::#method)
        }
        Referent::Word(name) => {
            let name = named(name);
            quote!(#private::words::#name)
        }
        Referent::NothingOf(module) => {
            let module = other(module);
            quote!(#fluxgate::#module::#word)
        }
        Referent::NoMethodOf(module) => {
            let (ty, module) = (other(&type_of(module)), other(module));
            quote!(#fluxgate::#module::#ty::#word)
        }
        Referent::NoArgument => quote!(#fluxgate::Builder::#word),
    }
}

/// A function, with a type argument if it takes one.
fn of_any_type(function: &Ident, fluxgate: &TokenStream) -> TokenStream {
    if function == "type_of" {
        quote!(#function::<#fluxgate::CallNotPermitted>)
    } else {
        function.to_token_stream()
    }
}

/// `window` -> `Window`; `trip` makes rules.
fn type_of(module: &str) -> String {
    if module == "trip" {
        return "Rule".to_owned();
    }
    let mut letters = module.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
