//! The path of a method, `module::Type::method`. An attribute on a method does not see the type, but an item in the body has a path that
//! contains it, and `type_name` returns that path.

use std::any::type_name;
use std::sync::OnceLock;

/// The path of a method.
#[derive(Debug)]
#[allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]
pub struct MethodName {
    module: &'static str,
    method: &'static str,
    item: fn() -> &'static str,
    path: OnceLock<Box<str>>,
}

#[allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]
impl MethodName {
    /// `_item` is any item in the body of the method.
    pub const fn of<T>(_item: &T, module: &'static str, method: &'static str) -> Self {
        Self { module, method, item: type_name::<T>, path: const { OnceLock::new() } }
    }
}

impl AsRef<str> for MethodName {
    fn as_ref(&self) -> &str {
        self.path.get_or_init(|| {
            let Self { module, method, item, .. } = self;
            let path = match owner(item(), module) {
                Some(owner) => format!("{module}::{owner}::{method}"),
                None => format!("{module}::{method}"),
            };
            path.into()
        })
    }
}

/// The name of the type or trait that a method belongs to, from the path of an item in its body. The compiler does not promise the form of
/// that path, so an unknown form has no owner.
fn owner<'a>(item: &'a str, module: &str) -> Option<&'a str> {
    let mut method = item;
    // Our own items, and closures: to the compiler, an `async fn` is one.
    while let Some((outer, name)) = method.rsplit_once("::")
        && (name.starts_with("__FLUXGATE") || name.starts_with("__Fluxgate") || name == "{{closure}}")
    {
        method = outer;
    }
    let (owner, _) = method.rsplit_once("::").filter(|(owner, _)| *owner != module)?;
    // `module::<impl other::Type>`, or with a trait, `module::<impl Trait for other::Type>`, if the `impl` is not in the type's module
    let beside = owner.split_once("<impl ").map(|(_, inside)| inside.strip_suffix('>')).map(|inside| {
        let inside = inside?;
        Some(inside.split_once(" for ").map_or(inside, |(_, of)| of))
    });
    // `<module::Type as Trait>`
    let of_trait = || owner.strip_prefix('<').and_then(|inside| inside.split_once(" as ")).map(|(of, _)| of);
    let owner = beside.unwrap_or_else(|| of_trait().or(Some(owner)))?;
    // `module::Type<..>`, perhaps behind references
    let owner = referent(owner);
    let plain = owner.split_once('<').map_or(owner, |(plain, _)| plain);
    let name = plain.rsplit_once("::").map_or(plain, |(_, name)| name);
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || character == '_')
    };
    Some(name).filter(|name| is_name(name))
}

/// The type that a reference, or a reference to one, refers to.
fn referent(mut written: &str) -> &str {
    while let Some(inner) = written.strip_prefix('&') {
        written = inner.strip_prefix("mut ").unwrap_or(inner);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn the_owner_is_found_in_every_form_that_the_compiler_writes() {
        for (item, expected) in [
            ("app::client::Client::get::__FluxgateMethod", Some("Client")),
            ("app::client::Client::get::{{closure}}::__FluxgateMethod", Some("Client")),
            ("app::client::Client<_>::get::__FluxgateMethod", Some("Client")),
            ("app::client::Client<alloc::vec::Vec<u8>>::get::__FluxgateMethod", Some("Client")),
            (
                "<app::client::Client as app::Api>::get::{{closure}}::{{closure}}::__FluxgateMethod",
                Some("Client"),
            ),
            ("<app::client::Client<_> as app::Api<u8>>::get::__FluxgateMethod", Some("Client")),
            ("app::Api::get::__FluxgateMethod", Some("Api")),
            ("app::more::<impl app::client::Client>::get::__FluxgateMethod", Some("Client")),
            ("app::more::<impl app::client::Client<_>>::get::__FluxgateMethod", Some("Client")),
            ("app::more::<impl app::Api for app::client::Client>::get::__FluxgateMethod", Some("Client")),
            ("<dyn core::marker::Send as app::Api>::get::__FluxgateMethod", Some("Send")),
            ("<&app::client::Client<_> as app::Api>::get::__FluxgateMethod", Some("Client")),
            ("<&str as app::Api>::get::__FluxgateMethod", Some("str")),
            ("app::shop::<impl app::Api for &&mut T>::get::__FluxgateMethod", Some("T")),
            ("<&[u8] as app::Api>::get::__FluxgateMethod", None),
            ("app::shop::get::{{closure}}::__FluxgateMethod", None),
            ("__FluxgateMethod", None),
            ("", None),
        ] {
            assert_eq!(owner(item, "app::shop"), expected, "{item}");
        }
    }
}
