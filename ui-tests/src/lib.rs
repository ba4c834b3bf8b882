//! Nothing here: see the folders beside.
