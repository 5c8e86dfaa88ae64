//! One row of the log.

use leptos::prelude::*;

use super::avatar;
use crate::{
    chat::{Chat, Intent},
    clock::machine_time,
    colour::coloured,
    timeline::{Row, State},
    words,
};

/// Draws a row. Every row has the same elements in the same order, so a change is made in place.
pub(crate) fn message(chat: Chat, row: Row) -> impl IntoView + use<> {
    let author = row.author.name.to_string();
    let label = words::said(&author, &row.time);
    let (state, note) = match &row.state {
        State::Pending => ("pending", Some(words::SENDING.to_owned())),
        State::Sent => ("sent", None),
        State::Failed(reason) => ("failed", Some([words::NOT_SENT, " ", reason].concat())),
    };
    let failed = state == "failed";
    let day = row.day.map(|day| view! { <h2 class="day"><span>{day}</span></h2> });
    let head = row.head.then(|| {
        let author_class = coloured("message-author", &row.author.id);
        (avatar(&row.author), view! { <span class=author_class>{author}</span> })
    });
    let (avatar, author) = head.unzip();
    let nonce = row.nonce;
    let nonce_attribute = nonce.to_string();
    let note = note.map(|note| {
        let choice = failed.then(|| choice(chat, nonce));
        view! { <p class="message-note">{note}{choice}</p> }
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
            <div class="message-text">{row.text.to_string()}</div>
            {note}
        </article>
    }
}

/// What can be done about a message that failed.
fn choice(chat: Chat, nonce: shared_types::Nonce) -> impl IntoView {
    let discarded = nonce.clone();
    view! {
        <button class="quiet" type="button" on:click=move |_| chat.intend.run(Intent::Retry(nonce.clone()))>
            {words::RETRY}
        </button>
        <button class="quiet" type="button" on:click=move |_| chat.intend.run(Intent::Discard(discarded.clone()))>
            {words::DISCARD}
        </button>
    }
}
