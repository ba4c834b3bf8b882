//! The words of the language, how people spell them, and the values that they take.

pub mod foreign;
pub(crate) mod notation;
pub(crate) mod number;
pub(crate) mod numeral;
pub mod spelling;
pub mod syntax;
pub(crate) mod value;
pub mod vocabulary;
