//! The layout of the page: which components it has, and in which order.

use leptos::prelude::*;
use page_model::connection::Status;

use crate::ui::{
    composer::Composer,
    header::Header,
    log::{Log, connection_status::Connection, notice::note, typing::typing},
    message::{delete_dialog::Deletion, emoji_picker::Picker, lightbox::Lightbox},
    moderation::{audit_dialog, restriction_dialog, rules_dialog},
    people_dialog::People,
    privacy_dialog,
    profile::NameDialog,
    rooms, search_dialog, shortcuts,
    state::Chat,
};

/// Draws the whole page.
pub(crate) fn layout(chat: Chat) -> impl IntoView {
    let connection = move || match chat.room.status.get() {
        Status::Connecting => "connecting",
        Status::Live => "live",
        Status::Offline(_) => "offline",
        Status::Ended(_) => "over",
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
            {search_dialog::search(chat)}
            {shortcuts::shortcuts(chat)}
            {restriction_dialog::restriction_dialog(chat)}
            {rules_dialog::rules(chat)}
            {audit_dialog::audit(chat)}
            {privacy_dialog::privacy(chat)}
        </div>
    }
}
