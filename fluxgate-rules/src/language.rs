//! The words of the language, how people spell them, and the values that they take.

pub mod argument_names;
pub(crate) mod cardinal;
pub mod foreign;
pub(crate) mod notation;
pub(crate) mod number;
pub mod spelling;
pub mod syntax;
pub(crate) mod value;
pub mod vocabulary;
