//! The layout of the page: which components it has, and in which order.

use leptos::prelude::*;
use page_model::connection::Status;

use crate::ui::{
    composer::Composer,
    header::Header,
    log::{Log, connection_status::ConnectionStatus, toast::toast, typing::typing},
    message::{delete_dialog::DeleteDialog, emoji_picker::EmojiPicker, lightbox::Lightbox},
    moderation::{audit_dialog, restriction_dialog, rules_dialog},
    people_dialog::PeopleDialog,
    privacy_dialog,
    profile::ProfileDialog,
    rooms, search_dialog, shortcuts,
    state::Chat,
};

/// Draws the whole page.
pub(crate) fn layout(chat: Chat) -> impl IntoView {
    let connection = move || match chat.room.status.get() {
        Status::Connecting => "connecting",
        Status::Live => "live",
        Status::Offline(_) | Status::Blocked(_) => "offline",
        Status::Ended(_) => "over",
    };
    let dialog = NodeRef::new();
    let people = NodeRef::new();
    view! {
        <div class="chat" data-connection=connection>
            {rooms::column(chat)}
            <Header chat dialog people />
            <main class="stage">
                <ConnectionStatus chat />
                <Log chat />
                {typing(chat)}
                {toast(chat)}
            </main>
            <Composer chat />
            <ProfileDialog chat dialog />
            <PeopleDialog chat dialog=people />
            <Lightbox chat />
            <EmojiPicker chat />
            <DeleteDialog chat />
            {rooms::room_dialog(chat)}
            {search_dialog::search(chat)}
            {shortcuts::shortcuts(chat)}
            {restriction_dialog::restriction_dialog(chat)}
            {rules_dialog::rules(chat)}
            {audit_dialog::audit(chat)}
            {privacy_dialog::privacy(chat)}
        </div>
    }
}
