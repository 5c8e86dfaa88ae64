//! One row of the log.

use leptos::prelude::*;

use super::{avatar, image::image};
use crate::{
    chat::{Chat, Intent},
    clock::machine_time,
    colour::coloured,
    timeline::{Row, State},
};

/// Draws a row. Every row has the same elements in the same order, so a change is made in place.
pub(crate) fn message(chat: Chat, row: Row) -> impl IntoView + use<> {
    let author = row.author.name.to_string();
    let label = chat.words.said(&author, &row.time);
    let (state, note) = match &row.state {
        State::Pending => ("pending", Some(chat.words.sending.to_owned())),
        State::Uploading(_) => ("pending", Some(String::new())),
        State::Sent => ("sent", None),
        State::Failed(reason) => ("failed", Some(chat.words.not_sent.with(reason))),
    };
    let failed = state == "failed";
    let percent = if let State::Uploading(percent) = row.state { Some(percent) } else { None };
    let illustrated = row.image.is_some();
    let image = row.image.as_ref().map(|shown| image(chat, &row, shown));
    let day = row.day.map(|day| view! { <h2 class="day"><span>{day}</span></h2> });
    let head = row.head.then(|| {
        let author_class = coloured("message-author", &row.author.id);
        (avatar(&row.author), view! { <span class=author_class>{author}</span> })
    });
    let (avatar, author) = head.unzip();
    let nonce = row.nonce;
    let nonce_attribute = nonce.to_string();
    let note = note.map(|note| {
        let progress = percent.map(|percent| {
            view! { <progress max="100" value=percent.to_string() aria-label=chat.words.uploading></progress> }
        });
        let retry = failed.then(|| choice(chat, chat.words.retry, Intent::Retry(nonce.clone())));
        let discard = if failed { chat.words.discard } else { chat.words.cancel };
        let discard = (failed || percent.is_some()).then(|| choice(chat, discard, Intent::Discard(nonce)));
        // It keeps its place on the image until the message is sent, so that nothing jumps when the last byte is there.
        view! { <p class="message-note" class:uploading=illustrated && !failed>{note}{progress}{retry}{discard}</p> }
    });
    view! {
        {day}
        <article
            class="message"
            class:head=row.head
            aria-label=label
            data-nonce=nonce_attribute
            data-seq=row.seq.map(|seq| seq.to_string())
            data-state=state
        >
            {avatar}
            {author}
            <time datetime=machine_time(row.at)>{row.time}</time>
            {image}
            {row.text.map(|text| view! { <div class="message-text">{text.to_string()}</div> })}
            {note}
        </article>
    }
}

/// Something that can be done about a message.
fn choice(chat: Chat, label: &'static str, intent: Intent) -> impl IntoView + use<> {
    view! {
        <button class="quiet" type="button" on:click=move |_| chat.intend.run(intent.clone())>
            {label}
        </button>
    }
}
