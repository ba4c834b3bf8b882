//! What the body of a function captures, once it has moved into a block of its own.

use proc_macro2::TokenStream;
use quote::quote;

use crate::input::function::Function;

/// A statement by which an `async move` block captures the parameters in the order in which the function would drop them.
pub(crate) fn in_order_of_drops(function: &Function) -> TokenStream {
    let captured = function.captured();
    if captured.is_empty() { TokenStream::new() } else { quote!(let _ = (#(&#captured,)*);) }
}
