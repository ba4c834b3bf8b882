//! For people who choose a rule: what it says in words, and what it will do in figures.

pub(crate) mod explanation;
pub(crate) mod table;
pub(crate) mod words;
