//! What every bench here shares: taking turns, medians, tables, the machine it all ran on, and the breakers compared.

pub mod machine;
pub mod rounds;
pub mod subjects;
pub mod table;
