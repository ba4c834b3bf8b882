//! The tower layer: what it does to a service, and how it works in real servers and clients.

mod annotated;
mod axum;
mod bodies;
mod calls;
mod classify;
mod clients;
mod grpc;
mod keyed;
mod order;
mod pending;
mod probe;
mod readiness;
mod tonic;
