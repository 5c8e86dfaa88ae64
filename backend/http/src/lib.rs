//! What both front doors share: the front page, its routes, cookies and headers, and the answers to errors.

mod cookies;
pub mod errors;
pub mod front;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod headers;
pub mod my_data;
