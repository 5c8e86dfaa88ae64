//! Parts that several features share: elements, buttons, dialogs, avatars.

pub(crate) mod autofill;
pub(crate) mod avatar;
pub(crate) mod byline;
pub(crate) mod char_limit;
pub(crate) mod colour;
pub(crate) mod dialog;
pub(crate) mod form;
pub(crate) mod form_controls;
pub(crate) mod icon_button;
pub(crate) mod pointer_and_keys;
pub(crate) mod qr_code;
pub(crate) mod share_link;
pub(crate) mod text;
pub(crate) mod window_events;
