//! The name of a breaker.

use core::fmt;
use std::borrow::{Borrow, Cow};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use fluxgate_rules::render::controls_terminal;

use super::method_name::MethodName;

/// A breaker's name: any text that is not empty.
///
/// It is cheap to clone and derefs to `str`. Its `Display` escapes characters that a terminal would act on, so that no name can
/// forge a line of a log.
#[derive(Clone)]
pub struct Name(NameText);

#[derive(Clone)]
enum NameText {
    Static(&'static str),
    /// The path of a method, which is found when it is first needed.
    OfMethod(&'static MethodPath),
    Shared(Arc<str>),
    /// The name of a key's breaker, and the length of the family's name in it.
    #[cfg(feature = "keyed")]
    OfKey(Arc<str>, usize),
}

/// A [`MethodName`] behind a trait object. If its `OnceLock` were visible, lints would take a name for a value that may change, and so for
/// a bad key of a map.
type MethodPath = dyn AsRef<str> + Send + Sync + UnwindSafe + RefUnwindSafe;

impl Name {
    /// The empty name, which no breaker has.
    pub(crate) const NONE: Self = Self::from_static("");

    /// A name known at compile time.
    pub const fn from_static(name: &'static str) -> Self {
        Self(NameText::Static(name))
    }

    /// The path of a method.
    #[doc(hidden)]
    pub const fn of_method(name: &'static MethodName) -> Self {
        Self(NameText::OfMethod(name))
    }

    /// The name, unescaped.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            NameText::Static(name) => name,
            NameText::OfMethod(name) => name.as_ref(),
            NameText::Shared(name) => name,
            #[cfg(feature = "keyed")]
            NameText::OfKey(name, _) => name,
        }
    }

    /// The name of a key's breaker, in the family of this name: `hosts{example.org}`.
    #[cfg(feature = "keyed")]
    pub(crate) fn of_key(&self, key: &dyn fmt::Display) -> Self {
        let family = self.as_str();
        Self(NameText::OfKey(format!("{family}{{{key}}}").into(), family.len()))
    }

    /// The family's name, if this is the name of a key's breaker.
    pub(crate) fn family(&self) -> Option<&str> {
        match &self.0 {
            #[cfg(feature = "keyed")]
            NameText::OfKey(name, length) => Some(&name[..*length]),
            _ => None,
        }
    }
}

impl From<Cow<'static, str>> for Name {
    fn from(name: Cow<'static, str>) -> Self {
        Self(match name {
            Cow::Borrowed(name) => NameText::Static(name),
            Cow::Owned(name) => NameText::Shared(name.into()),
        })
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Name {}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

/// Hashes like the text, so that a name can be looked up by `&str`.
impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.chars() {
            if controls_terminal(character) {
                write!(formatter, "{}", character.escape_debug())?;
            } else {
                write!(formatter, "{character}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cow, Name};
    use std::collections::HashMap;

    #[test]
    fn a_name_is_its_text() {
        let (name, made) = (Name::from_static("payments"), Name::from(Cow::Owned("payments".to_owned())));
        let other = Name::from_static("orders");
        assert_eq!((name.as_str(), made.as_str(), &*made), ("payments", "payments", "payments"));
        assert!(name == made && name != other);
        assert!(name == *"payments" && name == "payments" && name != *"orders" && name != "orders");
        assert_eq!(format!("{name:?}"), "\"payments\"");
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        let name = Name::from_static("a\nb\u{1b}[31m`é'\"\\");
        assert_eq!(name.to_string(), "a\\nb\\u{1b}[31m`é'\"\\");
        assert_eq!(name, "a\nb\u{1b}[31m`é'\"\\");
        // Nor turn it around.
        for obeyed in ['\u{85}', '\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}', '\u{61c}', '\u{200f}'] {
            let name = Name::from(Cow::Owned(format!("a{obeyed}b")));
            assert_eq!(name.to_string(), format!("a\\u{{{:x}}}b", u32::from(obeyed)));
        }
    }

    #[test]
    fn a_name_is_a_key() {
        let count =
            HashMap::from([(Name::from_static("payments"), 1), (Name::from(Cow::Owned("stock".into())), 2)]);
        assert_eq!(
            (count.get("payments"), count.get("stock"), count.get("mail")),
            (Some(&1), Some(&2), None)
        );
    }
}
