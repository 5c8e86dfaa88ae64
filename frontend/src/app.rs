//! The root component `App`: creates the state of the page, its layout and, in the browser, its session.

#![allow(unreachable_pub, reason = "the component macro writes `pub`")]

use leptos::prelude::*;
use shared_types::PageState;

use crate::ui::{page::layout, state::Chat};

/// The whole page. The server and the browser render the same HTML from the same [`PageState`]. The browser then adds
/// what only it knows: unsent messages, the local time, the connection.
#[component]
pub fn App(
    /// The state of the room at the time of the request.
    page: PageState,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let session = StoredValue::new_local(None::<crate::browser::session::Session>);
    #[cfg(feature = "hydrate")]
    let dispatch = Callback::new(move |intent| crate::browser::session::on_intent(session, intent));
    #[cfg(not(feature = "hydrate"))]
    let dispatch = Callback::new(|_: crate::ui::state::intent::Intent| {});

    let chat = Chat::new(&page, dispatch);

    #[cfg(feature = "hydrate")]
    Effect::new(move || crate::browser::session::begin(session, chat, page.clone()));

    layout(chat)
}
