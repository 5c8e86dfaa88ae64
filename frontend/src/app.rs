//! The root of the page: creates its state, its layout and, in the browser, its session.

use page_view::{Callback, Element};
use shared_types::PageState;

use crate::ui::{page::layout, state::Chat};

/// Draws the whole page from the state of the room at the time of the request. The server and the browser draw the same
/// from the same [`PageState`]. The browser then adds what only it knows: unsent messages, the local time, the
/// connection.
pub(crate) fn app(page: PageState) -> Element {
    #[cfg(feature = "hydrate")]
    let session = page_view::State::new(None::<&'static mut crate::browser::session::Session>);
    #[cfg(feature = "hydrate")]
    let dispatch = Callback::new(move |intent| crate::browser::session::on_intent(session, intent));
    #[cfg(not(feature = "hydrate"))]
    let dispatch = Callback::new(|_: crate::ui::state::intent::Intent| {});

    let chat = Chat::new(&page, dispatch);

    #[cfg(feature = "hydrate")]
    // What the session reads while it starts must not start it again.
    page_view::effect(move || leptos::prelude::untrack(|| crate::browser::session::begin(session, chat, page.clone())));

    layout(chat)
}
