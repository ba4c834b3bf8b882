//! The checked model -> tokens. Nothing here can fail, and so nothing reports.

mod body;
mod call;
pub(crate) mod expand;
mod guarded_function;
mod handler;
mod key;
mod outcome;
mod private;
mod references;
mod returns;
mod settings;
mod status;
mod target;
mod warnings;
