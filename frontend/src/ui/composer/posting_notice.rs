//! The notice about posting: below the composer, or in place of the composer if it is disabled.

use leptos::ev;
use page_model::connection::EndReason;
use page_view::{Element, element, reactive, reactive_text};
use shared_types::AccessMode;

use crate::ui::state::{Chat, composer::ComposerStatus, intent::Intent};

pub(crate) fn posting_notice(chat: Chat) -> Element {
    let sentence = move || chat.composer.status.get().sentence;
    // Screen readers would read the countdown out every second.
    let countdown = element("span")
        .class("countdown")
        .with("aria-hidden", "true")
        .child(reactive_text(move || chat.composer.status.get().countdown));
    let action = move || {
        let action = match chat.composer.status.with(|status| status.end_reason) {
            None => return Vec::new(),
            // The draft is stored in this tab and is restored after the sign-in.
            Some(EndReason::SignedOut) => {
                let has_passphrase = chat.access == AccessMode::Passphrase;
                let label = if has_passphrase { chat.translations.enter } else { chat.translations.sign_in_again };
                element("a").class("button primary").with("href", room_path(chat)).text(label)
            }
            // The ban may be lifted early, and a disconnected page does not receive that.
            Some(EndReason::Banned(_)) => {
                let is_checking = move || chat.composer.status.with(|status| status.is_checking_access);
                let label =
                    move || if is_checking() { chat.translations.retrying_now } else { chat.translations.try_again };
                element("button")
                    .class("button")
                    .with("type", "button")
                    .on(ev::click, move |_| chat.dispatch.run(Intent::Reconnect))
                    .child(reactive_text(label))
            }
        };
        vec![action]
    };
    let class = move || {
        let class = |status: &ComposerStatus| match status {
            ComposerStatus { is_disabled: true, .. } => "leave silent",
            ComposerStatus { sentence, .. } if sentence.is_empty() => "leave nothing",
            ComposerStatus { is_temporary: true, .. } => "leave passing",
            _ => "leave",
        };
        Some(chat.composer.status.with(class).to_owned())
    };
    element("div")
        .reactive_attribute("class", class)
        .child(element("p").with("role", "status").child(reactive_text(sentence)))
        .child(countdown)
        .child(reactive(action))
}

fn room_path(chat: Chat) -> String {
    chat.room_name().parse::<shared_types::RoomName>().map(|room| room.path()).unwrap_or_default()
}
