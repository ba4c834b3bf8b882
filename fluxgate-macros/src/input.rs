//! What the user wrote, read and named: the arguments of the macro and the function it is put on.

pub(crate) mod arguments;
pub(crate) mod assignments;
pub(crate) mod attributes;
pub(crate) mod boxed_tails;
pub(crate) mod callable;
pub(crate) mod cut;
pub(crate) mod edition;
pub(crate) mod errors;
pub(crate) mod function;
pub(crate) mod future_block;
mod item;
pub(crate) mod moves;
pub(crate) mod names;
pub(crate) mod parameters;
pub(crate) mod peel;
pub(crate) mod references;
pub(crate) mod returns;
pub(crate) mod source;
pub(crate) mod tokens;
pub(crate) mod tracker_words;
pub(crate) mod trees;
mod types;
pub(crate) mod unseen;
pub(crate) mod uses;
pub(crate) mod warnings;
pub(crate) mod wrapper;
