//! A row of the log: a message, and the date above the first message of a day.

mod action_button;
pub(crate) mod actions;
pub(crate) mod delete_dialog;
pub(crate) mod dom;
pub(crate) mod emoji_picker;
pub(crate) mod image;
pub(crate) mod lightbox;
mod menu;
mod poll;
pub(crate) mod reactions;
pub(crate) mod toolbar;

use leptos::ev;
use page_model::timeline::{DeliveryState, Row};
use page_view::{Element, View, element};
use shared_types::{Emoji, Nonce, Seq};

use crate::ui::{
    message::{
        action_button::{action_button, reaction, reply_preview, thread_line},
        image::images,
    },
    parts::{avatar::picture, colour::initial},
    state::{Chat, intent::Intent},
};

/// Maximum number of lines of a text that is not folded. `style/fold.css` shows about half of them.
const MAX_LINES: usize = 18;
/// Characters in a line of the log on a wide screen.
const LINE_CHARS: usize = 80;

/// Draws a row: its date, if it has one, and its message. Every row has the same elements in the same order, so that
/// changes are made in place.
pub(crate) fn message(chat: Chat, mut row: Row) -> [View; 2] {
    let day = row.day.take().map(|day| element("h2").class("day").child(element("span").text(day)));
    [day.into(), article(chat, row).into()]
}

/// Draws a message in a thread beside the log. It has no id: the log may have the same message.
pub(crate) fn message_in_thread(chat: Chat, row: Row) -> Element {
    let address = row.seq.map(message_id);
    draw(chat, row, None, address)
}

fn article(chat: Chat, row: Row) -> Element {
    let id = row.seq.map(message_id);
    draw(chat, row, id.clone(), id)
}

fn draw(chat: Chat, row: Row, id: Option<String>, address: Option<String>) -> Element {
    let address = address.map(|address| ["#", &address].concat());
    let reply =
        row.reply_to.as_ref().filter(|_| !row.deleted).map(|preview| action_button(reply_preview(chat, preview)));
    let classes = [(row.starts_group, " head"), (reply.is_some(), " quoting"), (row.mentions_me, " calling")];
    let classes: String = classes.into_iter().filter_map(|(applies, class)| applies.then_some(class)).collect();
    let class = ["message", &classes].concat();
    // The style sheet draws the avatar from the initial, in the colour of the person, below the picture.
    let class = if row.starts_group { chat.coloured(&class, &row.author) } else { class };
    let line = || element("p").class("new-line").child(element("span").text(chat.translations.new_line));
    let author = chat.translations.name(&row.author);
    let author_view = || {
        let part = |class, text: &str| element("span").class(class).text(text.to_owned());
        element("span")
            .class("message-author")
            .child(element("bdi").text(author.to_owned()))
            .child(row.tag.as_deref().map(|tag| part("tag", tag)))
            .child(row.author.moderator.then(|| part("badge", chat.translations.moderator)))
    };
    let link = element("a")
        .class("message-time")
        .optional_attribute("href", address)
        .with("tabindex", "-1")
        .with("title", chat.translations.address)
        .text(row.time.clone());
    element("article")
        .class(class)
        .optional_attribute("id", id)
        .with("tabindex", "-1")
        .with("aria-label", chat.translations.with_comma(author, &row.time))
        .optional_attribute("data-nonce", row.seq.is_none().then(|| row.nonce.as_str().to_owned()))
        .optional_attribute("data-seq", row.seq.map(|seq| seq.0.to_string()))
        .optional_attribute("data-initial", row.starts_group.then(|| initial(&row.author)))
        .with("data-state", state(&row))
        .child(row.first_new.then(line))
        .child(row.starts_group.then(|| picture(&row.author)).flatten())
        .child(row.starts_group.then(author_view))
        .child(link)
        .child(reply)
        .child(row.image.as_ref().map(|first| images(chat, &row, first)))
        .child(body(chat, &row))
        .child(poll::poll(chat, &row))
        .child(reactions(chat, &row))
        .child(row.thread.as_ref().map(|thread| action_button(thread_line(chat, &row, thread))))
        .child(delivery_note(chat, &row))
}

fn state(row: &Row) -> &'static str {
    match row.state {
        DeliveryState::Pending | DeliveryState::Waiting | DeliveryState::Uploading(_) => "pending",
        DeliveryState::Sent => "sent",
        DeliveryState::Failed(_) => "failed",
    }
}

/// Draws the text, and whether the message was edited or deleted.
fn body(chat: Chat, row: &Row) -> Option<Element> {
    let mark = match row.deleted {
        true => Some(("message-gone", chat.translations.message_deleted)),
        false => row.edited.then_some(("message-edited", chat.translations.edited)),
    };
    let said = |class| element("div").class(class).with("dir", "auto");
    let is_big = row.html.is_none() && row.text.as_ref().is_some_and(|text| is_emoji(text.as_str()));
    let is_long = row.text.as_ref().is_some_and(|text| is_long(text.as_str()));
    match (&row.text, &row.html, mark) {
        (None, _, None) => None,
        // A text alone is in one element. Big emoji are in one of their own, because lines keep the height of a text.
        (Some(_), Some(html), None) if !is_long => Some(said("message-said message-text rich").markup(html.clone())),
        (Some(text), None, None) if !is_big && !is_long => {
            Some(said("message-said message-text").text(text.as_str().to_owned()))
        }
        (text, html, mark) => {
            let text = text.as_ref().map(|text| message_text(text.as_str(), html.clone(), is_big));
            let mark = mark.map(|(class, mark)| element("span").class(class).text(mark));
            Some(said("message-said").child(text).child(is_long.then(|| fold(chat))).child(mark))
        }
    }
}

/// Draws the switch that unfolds a long text. The style sheet folds the text while it is closed, so that it works without
/// scripts, and that the text is whole where the style sheet cannot fold it.
fn fold(chat: Chat) -> Element {
    let label = |class, text: &'static str| element("span").class(class).text(text);
    let summary = element("summary")
        .child(label("fold-more", chat.translations.show_more))
        .child(label("fold-less", chat.translations.show_less));
    element("details").class("fold").child(summary)
}

/// Whether a text takes more than [`MAX_LINES`] lines on a wide screen. Each line of the text takes at least one.
fn is_long(text: &str) -> bool {
    // Most texts are short, and their lines need not be counted.
    text.len() > MAX_LINES && text.lines().map(|line| 1 + line.chars().count() / LINE_CHARS).sum::<usize>() > MAX_LINES
}

fn reactions(chat: Chat, row: &Row) -> Option<Element> {
    let buttons = row.reactions.iter().map(|shown| action_button(reaction(chat, shown)));
    (!row.reactions.is_empty()).then(|| element("div").class("reactions").children(buttons))
}

/// Draws the delivery state of a message that is not sent, with buttons to retry or discard it, or that a message is pinned.
fn delivery_note(chat: Chat, row: &Row) -> Option<Element> {
    let (percent, note) = match &row.state {
        DeliveryState::Sent => {
            let pinned = || element("p").class("message-mark").text(chat.translations.pinned);
            return row.pinned.then(pinned);
        }
        DeliveryState::Pending => (None, chat.translations.sending.to_owned()),
        DeliveryState::Waiting => (None, chat.translations.waiting.to_owned()),
        DeliveryState::Uploading(percent) => (Some(percent.to_string()), String::new()),
        DeliveryState::Failed(reason) => (None, chat.translations.not_sent.with(reason)),
    };
    let failed = matches!(row.state, DeliveryState::Failed(_));
    // The note stays on the image until the message is sent, so that the end of the upload moves nothing.
    let on_image = row.image.is_some() && !failed;
    let retry = || note_button(chat, chat.translations.retry, Intent::Retry, &row.nonce);
    let discard = if failed { chat.translations.discard } else { chat.translations.cancel };
    let is_open = failed || percent.is_some() || row.state == DeliveryState::Waiting;
    let discard = is_open.then(|| note_button(chat, discard, Intent::Discard, &row.nonce));
    let progress = |percent| {
        let bar = element("progress").with("max", "100").with("value", percent);
        bar.with("aria-label", chat.translations.uploading)
    };
    let note = element("p").class(if on_image { "message-note uploading" } else { "message-note" }).text(note);
    Some(note.child(percent.map(progress)).child(failed.then(retry)).child(discard))
}

/// Returns the id of a message's element, which is the fragment of its address.
pub(crate) fn message_id(seq: Seq) -> String {
    ["m-", &seq.0.to_string()].concat()
}

/// Draws the text of a message: as HTML that the server rendered from Markdown, or as plain text.
fn message_text(text: &str, html: Option<String>, is_big: bool) -> Element {
    match html {
        Some(html) => element("div").class("message-text rich").markup(html),
        None => element("span").class(if is_big { "message-text big" } else { "message-text" }).text(text.to_owned()),
    }
}

/// Whether a text consists of a few emoji only.
fn is_emoji(text: &str) -> bool {
    text.len() < 48 && text.split_whitespace().all(|word| word.parse::<Emoji>().is_ok())
}

/// Draws a button of the delivery note.
fn note_button(chat: Chat, label: &'static str, intent: fn(Nonce) -> Intent, nonce: &Nonce) -> Element {
    let nonce = nonce.clone();
    let button = element("button").class("quiet").with("type", "button").text(label);
    button.on(ev::click, move |_| chat.dispatch.run(intent(nonce.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_folded_by_its_lines() {
        for (text, folded) in [
            ("hi".to_owned(), false),
            ("a\n".repeat(18), false),
            ("a\n".repeat(19), true),
            ("a".repeat(80 * 18 - 1), false),
            ("a".repeat(80 * 18), true),
            ("あ".repeat(80 * 18), true),
            (format!("```\n{}```", "let x = 1;\n".repeat(90)), true),
        ] {
            assert_eq!(is_long(&text), folded, "{} characters", text.chars().count());
        }
    }
}
