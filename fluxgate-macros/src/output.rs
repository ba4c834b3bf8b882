//! What is read -> the guarded function.

pub(crate) mod expand;
pub(crate) mod handler;
pub(crate) mod outcome;
pub(crate) mod returns;
pub(crate) mod settings;
pub(crate) mod target;
