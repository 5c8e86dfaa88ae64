//! One row of the log.

use leptos::prelude::*;
use shared_types::{Emoji, Seq};

use super::{
    action::{action, quote, reaction},
    avatar,
    image::image,
};
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
    let quoting = row.reply_to.as_ref().filter(|_| !row.deleted).map(|quoted| action(quote(chat, quoted)));
    let answers = quoting.is_some();
    let image = row.image.as_ref().map(|shown| image(chat, &row, shown));
    let day = row.day.map(|day| view! { <h2 class="day"><span>{day}</span></h2> });
    let head = row.head.then(|| {
        let author_class = coloured("message-author", &row.author.id);
        (avatar(&row.author), view! { <span class=author_class>{author}</span> })
    });
    let (avatar, author) = head.unzip();
    let line = row.first_new.then(|| view! { <p class="new-line"><span>{chat.words.new_line}</span></p> });
    let id = row.seq.map(message_id);
    let address = id.as_ref().map(|id| ["#", id].concat());
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
    let mark = if row.deleted {
        Some(("message-gone", chat.words.gone))
    } else {
        row.edited.then_some(("message-edited", chat.words.edited))
    };
    let said = (row.text.is_some() || mark.is_some()).then(|| {
        let said = row.text.as_ref().map(|text| words(text.as_str(), row.html.clone()));
        let mark = mark.map(|(class, mark)| view! { <span class=class>{mark}</span> });
        view! { <div class="message-said">{said}{mark}</div> }
    });
    let reactions = (!row.reactions.is_empty()).then(|| {
        let buttons = row.reactions.iter().map(|shown| action(reaction(chat, shown)));
        view! { <div class="reactions">{buttons.collect_view()}</div> }
    });
    view! {
        {day}
        <article
            class="message"
            class:head=row.head
            class:quoting=answers
            class:calling=row.calls_me
            id=id
            tabindex="-1"
            aria-label=label
            data-nonce=nonce_attribute
            data-seq=row.seq.map(|seq| seq.to_string())
            data-state=state
        >
            {line}
            {avatar}
            {author}
            <a class="message-time" href=address tabindex="-1" title=chat.words.address>
                <time datetime=machine_time(row.at)>{row.time}</time>
            </a>
            {quoting}
            {image}
            {said}
            {reactions}
            {note}
        </article>
    }
}

/// The address of a message within its room's page.
pub(crate) fn message_id(seq: Seq) -> String {
    ["m-", &seq.to_string()].concat()
}

/// What a message says: as harmless HTML of the server's making, or as the text it is.
fn words(text: &str, html: Option<String>) -> AnyView {
    match html {
        Some(html) => view! { <div class="message-text rich" inner_html=html></div> }.into_any(),
        None => view! { <span class="message-text" class:big=is_emoji(text)>{text.to_owned()}</span> }.into_any(),
    }
}

/// Whether there is nothing but a few emoji.
fn is_emoji(text: &str) -> bool {
    text.len() < 48 && text.split_whitespace().all(|word| word.parse::<Emoji>().is_ok())
}

/// Something that can be done about a message.
fn choice(chat: Chat, label: &'static str, intent: Intent) -> impl IntoView + use<> {
    view! {
        <button class="quiet" type="button" on:click=move |_| chat.intend.run(intent.clone())>
            {label}
        </button>
    }
}
