//! The component `App`: the whole page with its session.

#![allow(unreachable_pub, reason = "the component macro writes `pub`")]

use leptos::prelude::*;
use shared_types::PageState;

use crate::ui::{page::layout, state::Chat};

/// The whole page. The server draws it, and the browser draws the same from the same state; what only the browser knows
/// (the chosen name, the local time, the connection) is shown after that.
#[component]
pub fn App(
    /// What the server knew when the page was asked for.
    page: PageState,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let session = StoredValue::new_local(None::<crate::browser::session::Session>);
    #[cfg(feature = "hydrate")]
    let intend = Callback::new(move |intent| crate::browser::session::on_intent(session, intent));
    #[cfg(not(feature = "hydrate"))]
    let intend = Callback::new(|_: crate::ui::state::intent::Intent| {});

    let chat = Chat::new(&page, intend);

    #[cfg(feature = "hydrate")]
    Effect::new(move || crate::browser::session::begin(session, chat, page.clone()));

    layout(chat)
}
