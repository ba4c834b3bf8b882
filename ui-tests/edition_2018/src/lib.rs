//! Nothing here: see the folder beside.
