//! What is accepted, in the edition 2021.

#[path = "../../accepted/mod.rs"]
mod accepted;
