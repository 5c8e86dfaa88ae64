//! The one table from what went wrong to what is said about it: through the socket, and over HTTP.

mod frames;
mod pages;

pub(super) use frames::{Fault, NotDone, to_error};
pub(super) use pages::{
    InsteadOfEntering, not_let_in, not_now, not_read, not_signed_in, retry_after, to_status, too_often,
};
