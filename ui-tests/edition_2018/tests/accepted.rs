//! What is accepted, in the edition 2018.

#[path = "../../accepted/mod.rs"]
mod accepted;
