//! What the visitor is told about writing: in the place of the composer where there is nothing to write with, or below it.

use leptos::prelude::*;

use super::element::{alive, alive_text, element};
use crate::chat::{Chat, Leave};

pub(super) fn silence(chat: Chat) -> AnyView {
    let sentence = move || chat.leave.get().sentence;
    // A countdown that was read out every second would drown everything else.
    let countdown = element("span")
        .class("countdown")
        .with("aria-hidden", "true")
        .child(alive_text(move || chat.leave.get().countdown));
    let way = move || {
        let signed_out = chat.leave.with(|leave| leave.signed_out);
        // What is written stays in this tab, and is there again after that.
        let link = || element("a").class("button primary").with("href", room_path(chat)).text(chat.words.sign_in_again);
        signed_out.then(|| link().into_any()).into_iter().collect()
    };
    let class = move || {
        let class = |leave: &Leave| match leave {
            Leave { silent: true, .. } => "leave silent",
            Leave { sentence, .. } if sentence.is_empty() => "leave nothing",
            Leave { passing: true, .. } => "leave passing",
            _ => "leave",
        };
        Some(chat.leave.with(class).to_owned())
    };
    element("div")
        .follows("class", class)
        .child(element("p").with("role", "status").child(alive_text(sentence)).into_any())
        .child(countdown.into_any())
        .child(alive(way))
        .into_any()
}

fn room_path(chat: Chat) -> String {
    chat.room().parse::<shared_types::RoomName>().map(|room| room.path()).unwrap_or_default()
}
