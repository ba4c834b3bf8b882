//! What several of the programs need.

pub mod arguments;
pub mod picture;
