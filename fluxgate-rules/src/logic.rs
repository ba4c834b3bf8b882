//! What a rule means: when it holds, and whether it makes sense.

pub mod check;
pub mod evaluate;
