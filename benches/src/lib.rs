//! What every bench here shares: taking turns, medians, tables, and the machine it all ran on.

pub mod machine;
pub mod rounds;
pub mod table;
