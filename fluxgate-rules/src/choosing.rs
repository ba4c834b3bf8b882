//! For people choosing a rule: the rule in words, and what it will do in figures.

pub(crate) mod explanation;
pub(crate) mod forecast;
pub(crate) mod wording;
