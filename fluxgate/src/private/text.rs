//! Text and bytes in the patterns of trackers, which match owned and borrowed values alike.
#![allow(missing_docs, reason = "reachable through `__private` only, which is hidden")]

/// The value to match. As a call, it has the span of the pattern, unlike a variable of the expansion.
#[inline]
pub fn subject<T: ?Sized>(value: &T) -> &T {
    value
}

/// A value that a pattern of text matches.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text, and this pattern is",
    label = "matches a `String`, a `&str` or a `Cow<str>`",
    note = "write a pattern of `{Self}`; for the text of an error, ask a function: `custom(|error| error.to_string() == \"..\")`"
)]
#[doc(hidden)]
pub trait Text {
    fn as_text(&self) -> &str;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<str> + ?Sized> Text for T {
    #[inline]
    fn as_text(&self) -> &str {
        self.as_ref()
    }
}

/// A value that a pattern of bytes matches.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not bytes, and this pattern is",
    label = "matches a `Vec<u8>` or a `&[u8]`",
    note = "write a pattern of `{Self}`"
)]
#[doc(hidden)]
pub trait TextOfBytes {
    fn as_bytes(&self) -> &[u8];
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<[u8]> + ?Sized> TextOfBytes for T {
    #[inline]
    fn as_bytes(&self) -> &[u8] {
        self.as_ref()
    }
}
