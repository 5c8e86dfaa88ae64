//! The page of a room.

#![allow(unreachable_pub, reason = "the component macro writes `pub`")]

use leptos::prelude::*;
use page_model::connection::Status;
use shared_types::PageState;

use crate::{
    chat::Chat,
    components::{
        Composer, Connection, Deletion, Header, Lightbox, Log, NameDialog, People, Picker, note, order, privacy, rooms,
        sanction, search, shortcuts, typing,
    },
};

/// The whole page. The server draws it, and the browser draws the same from the same state; what only the browser knows
/// (the chosen name, the local time, the connection) is shown after that.
#[component]
pub fn App(
    /// What the server knew when the page was asked for.
    page: PageState,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let session = StoredValue::new_local(None::<crate::session::Session>);
    #[cfg(feature = "hydrate")]
    let intend = Callback::new(move |intent| crate::session::intend(session, intent));
    #[cfg(not(feature = "hydrate"))]
    let intend = Callback::new(|_: crate::chat::Intent| {});

    let chat = Chat::new(&page, intend);

    #[cfg(feature = "hydrate")]
    Effect::new(move || crate::session::begin(session, chat, page.clone()));

    frame(chat)
}

/// All that is drawn.
pub(crate) fn frame(chat: Chat) -> impl IntoView {
    let connection = move || match chat.status.get() {
        Status::Connecting => "connecting",
        Status::Live => "live",
        Status::Offline(_) => "offline",
        Status::Over(_) => "over",
    };
    let dialog = NodeRef::new();
    let people = NodeRef::new();
    view! {
        <div class="chat" data-connection=connection>
            {rooms::column(chat)}
            <Header chat dialog people />
            <main class="stage">
                <Connection chat />
                <Log chat />
                {typing(chat)}
                {note(chat)}
            </main>
            <Composer chat />
            <NameDialog chat dialog />
            <People chat dialog=people />
            <Lightbox chat />
            <Picker chat />
            <Deletion chat />
            {rooms::switcher(chat)}
            {search::search(chat)}
            {shortcuts::shortcuts(chat)}
            {sanction::sanction(chat)}
            {order::rules(chat)}
            {order::audit(chat)}
            {privacy::privacy(chat)}
        </div>
    }
}
