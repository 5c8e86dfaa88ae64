//! The HTTP interface that both deployments share: the front page, its routes, cookies, headers and answers.

pub mod answers;
pub mod compression;
mod cookies;
pub mod form;
pub mod front;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod headers;
mod my_data;
pub mod routes;
