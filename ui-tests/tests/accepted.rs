//! What is accepted, in the edition of this package.

#[path = "../accepted/mod.rs"]
mod accepted;
