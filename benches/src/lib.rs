//! What all benches share: taking turns, medians, tables, the machine, and what is measured.

pub mod calls;
pub mod machine;
pub mod rounds;
#[cfg(feature = "peers")]
pub mod shapes;
pub mod shares;
#[cfg(feature = "peers")]
pub mod subjects;
pub mod table;
pub mod threads;
pub mod work;
