//! Every state of every component on one page, drawn by the components themselves from made-up state.
//!
//! A state more is a line more in one of the three tables. `e2e/tests/gallery.spec.ts` holds a picture of each.

#![expect(clippy::unwrap_used, reason = "a fixture that is none is to be seen at once, by whoever wrote it")]

mod fixtures;

use leptos::prelude::*;
use page_model::{
    composer_mode::{Edited, Writing},
    connection::{Over, Status},
    erasure::Forgetting,
    search::Progress,
    timeline::{News, Row, State},
};
use shared_types::{AccessMode, Language, Seq};

use crate::{
    gallery::fixtures::{answered, attached, chat, image, leave, people, quoted, row, show, silent},
    ssr::html,
    ui::{
        message::{delete_dialog::Deletion, emoji_picker::Picker, lightbox::Lightbox, message, toolbar::Actions},
        moderation::{audit_dialog, restriction_dialog, rules_dialog},
        page::layout,
        people_dialog::People,
        privacy_dialog,
        profile::NameDialog,
        rooms, shortcuts,
        state::{Attachments, Chat, Exporting, Leave, Older, Results, Shown},
    },
};

/// What makes a state out of something plain, or draws it, under the state's name.
type Table<F> = &'static [(&'static str, F)];

/// A message, and what is unlike a plain one.
const MESSAGES: Table<fn(&mut Row)> = &[
    ("first of its group", |_| {}),
    ("later in its group", |row| row.head = false),
    ("first of its day", |row| row.day = Some("Monday, 23 November 2026".into())),
    ("long words", |row| row.text = "https://example.org/".repeat(8).parse().ok()),
    ("several lines", |row| row.text = "Bring a knife,\nand something to eat.".parse().ok()),
    ("emoji only", |row| row.text = "👍 🎉".parse().ok()),
    ("rich text", |row| row.html = Some(fixtures::RICH.into())),
    ("edited", |row| row.edited = true),
    ("calling the visitor", |row| (row.html, row.calls_me) = (Some(fixtures::CALLING.into()), true)),
    ("code in colours", |row| row.html = Some(fixtures::CODE.into())),
    ("first that is new", |row| row.first_new = true),
    ("first that is new, in a group", |row| (row.first_new, row.head) = (true, false)),
    ("deleted", |row| (row.text, row.deleted) = (None, true)),
    ("answer", |row| row.reply_to = Some(quoted(Some("Is the boat in the water yet?")))),
    ("answer to what is not known", |row| row.reply_to = Some(quoted(None))),
    ("reactions", |row| row.reactions = people()),
    ("image", |row| (row.image, row.text) = (Some(image()), None)),
    ("image with a text", |row| row.image = Some(image())),
    ("sending", |row| row.state = State::Pending),
    ("waiting for its turn", |row| row.state = State::Waiting),
    ("uploading", |row| (row.image, row.state) = (Some(image()), State::Uploading(40))),
    ("of a moderator", |row| row.author = fixtures::moderator()),
    ("of one of two of one name", |row| row.tag = Some("·x7f2".into())),
    ("of a moderator with a long name", |row| {
        row.author =
            shared_types::Person { name: "Ann of the long name ".repeat(3).parse().unwrap(), ..fixtures::moderator() };
        row.tag = Some("·x7f2".into());
    }),
    ("of somebody who left", |row| row.author.id = "gone".parse().unwrap()),
    ("failed", |row| row.state = State::Failed("The server did not answer.".into())),
];

/// The whole page, and what is unlike one that has a conversation and a connection.
const PAGES: Table<fn(Chat)> = &[
    ("conversation", |_| {}),
    ("empty", |chat| chat.rows.set(Vec::new())),
    ("older messages", |chat| chat.older.set(Older::Some)),
    ("older messages on their way", |chat| chat.older.set(Older::Loading)),
    ("new messages below", |chat| chat.unread.set(true)),
    ("far back", |chat| chat.apart.set(true)),
    ("more is new than is seen", |chat| chat.news.set(Some(News { from: Seq(1), count: 30, more: true }))),
    ("somebody writes", |chat| chat.typing.set("Ben is typing…".into())),
    ("connecting", |chat| chat.status.set(Status::Connecting)),
    ("offline", |chat| chat.status.set(Status::Offline(7))),
    ("offline, trying", |chat| chat.status.set(Status::Offline(0))),
    ("slow", |chat| chat.leave.set(leave("One message every 30 s.", "The next one in 12 s"))),
    ("slow, for a moderator", |chat| {
        chat.leave.set(leave("Slow mode: one message every 30 s, but not for you.", ""));
    }),
    ("something was done", |chat| chat.note.set("Ben can’t write until 14:05.".into())),
    ("something was done, and more is new", |chat| {
        chat.news.set(Some(News { from: Seq(1), count: 30, more: true }));
        chat.note.set("All messages of Ben are gone: 28.".into());
    }),
    ("too fast", |chat| {
        let leave = leave("Your message waits for a moment.", "It goes out in 7 s");
        chat.leave.set(Leave { passing: true, ..leave });
    }),
    ("only for moderators", |chat| chat.leave.set(leave("Only moderators can write here at the moment.", ""))),
    ("read only", |chat| chat.leave.set(silent("This room can only be read at the moment."))),
    ("muted", |chat| chat.leave.set(silent("A moderator muted you until 14:05."))),
    ("banned", |chat| {
        over(chat, fixtures::BANNED, "You can’t take part until Wednesday, 25 November, 14:05.");
    }),
    ("signed out", |chat| {
        over(chat, Over::SignedOut, "You are not signed in any more.");
    }),
    ("writing an answer", |chat| chat.writing.set(Writing::Reply(quoted(Some("Is the boat in the water yet?"))))),
    ("editing", |chat| chat.writing.set(Writing::Edit(Edited { seq: Seq(1), text: row(0).text, illustrated: false }))),
    ("images chosen", |chat| chat.tray.set(Attachments { images: attached(), troubles: Vec::new() })),
    ("files that are no images", |chat| {
        let troubles = vec!["boat.svg: This file is not an image that can be shown.".into()];
        chat.tray.set(Attachments { images: Vec::new(), troubles });
    }),
];

/// A part of the page that is not there all the time.
const PARTS: Table<fn(Chat) -> AnyView> = &[
    ("toolbar of an own message", |chat| {
        chat.acting.set(Some(Seq(1)));
        view! { <Actions chat /> }.into_any()
    }),
    ("toolbar of somebody else’s", |chat| {
        chat.acting.set(Some(Seq(2)));
        view! { <Actions chat /> }.into_any()
    }),
    ("toolbar for a moderator", |chat| {
        chat.you.set(fixtures::moderator());
        chat.acting.set(Some(Seq(2)));
        view! { <Actions chat /> }.into_any()
    }),
    ("mute or ban", |chat| {
        chat.sanctioned.set(fixtures::everybody().remove(1));
        chat.held.set(Ok([String::new(), String::new()]));
        chat.chosen[1].set(600);
        restriction_dialog::sanction(chat)
    }),
    ("mute or ban, where both hold", |chat| {
        chat.sanctioned.set(fixtures::namesakes().remove(0));
        let [muted, banned] = ["Muted until 14:05.", "Banned until Wednesday, 25 November, 14:05."];
        chat.held.set(Ok([muted.into(), banned.into()]));
        restriction_dialog::sanction(chat)
    }),
    ("mute or ban, offline", |chat| {
        chat.sanctioned.set(fixtures::everybody().remove(1));
        chat.status.set(Status::Offline(7));
        restriction_dialog::sanction(chat)
    }),
    ("delete everything somebody wrote", |chat| {
        chat.sanctioned.set(fixtures::everybody().remove(1));
        chat.held.set(Ok([String::new(), String::new()]));
        chat.chosen[0].set(2);
        restriction_dialog::sanction(chat)
    }),
    ("rules", rules_dialog::rules),
    ("what moderators did", |chat| {
        chat.you.set(fixtures::moderator());
        chat.audit.set(Results { progress: Progress::Partly(Seq(1)), hits: fixtures::acts() });
        audit_dialog::audit(chat)
    }),
    ("what moderators did, which could not be read", |chat| {
        chat.audit.set(Results { progress: Progress::Failed(None), hits: Vec::new() });
        audit_dialog::audit(chat)
    }),
    ("rooms, for a moderator", |chat| {
        chat.you.set(fixtures::moderator());
        rooms::switcher(chat)
    }),
    ("you and your data", privacy_dialog::privacy),
    ("you and your data, being deleted", |chat| {
        chat.forgetting.set(Forgetting::Running { gone: 50, due: 0 });
        privacy_dialog::privacy(chat)
    }),
    ("you and your data, being deleted without a connection", |chat| {
        chat.status.set(Status::Offline(7));
        chat.forgetting.set(Forgetting::Running { gone: 50, due: 0 });
        privacy_dialog::privacy(chat)
    }),
    ("you and your data, which can be neither copied nor downloaded", |chat| {
        chat.id_copied.set(Some(false));
        chat.exporting.set(Exporting::Waiting(23));
        privacy_dialog::privacy(chat)
    }),
    ("you and your data, of somebody banned", |chat| {
        over(chat, fixtures::BANNED, "You can’t take part until Wednesday, 25 November, 14:05.");
        privacy_dialog::privacy(chat)
    }),
    ("you and your data, in a closed chat", |chat| {
        privacy_dialog::privacy(Chat { access: AccessMode::Passphrase, ..chat })
    }),
    ("name from a sign-in", |chat| {
        let chat = Chat { access: AccessMode::Oidc, ..chat };
        view! { <NameDialog chat dialog=NodeRef::new() /> }.into_any()
    }),
    ("people, for a moderator", |chat| {
        chat.you.set(fixtures::moderator());
        chat.people.set(fixtures::everybody().into_iter().chain(fixtures::namesakes()).collect());
        chat.namesakes.set(fixtures::namesakes());
        view! { <People chat dialog=NodeRef::new() /> }.into_any()
    }),
    ("name and language", |chat| view! { <NameDialog chat dialog=NodeRef::new() /> }.into_any()),
    ("people", |chat| {
        chat.people.set(fixtures::everybody());
        view! { <People chat dialog=NodeRef::new() /> }.into_any()
    }),
    ("shortcuts", |chat| {
        chat.listed.set(true);
        shortcuts::shortcuts(chat)
    }),
    ("rooms", |chat| {
        chat.rooms.set(fixtures::rooms());
        rooms::switcher(chat)
    }),
    ("deletion", |chat| view! { <Deletion chat /> }.into_any()),
    ("picker", |chat| {
        chat.asked.set(Some(Seq(1)));
        view! { <Picker chat /> }.into_any()
    }),
    ("lightbox", |chat| {
        let illustrated = Row { image: Some(image()), ..row(0) };
        chat.viewed.set(Some(illustrated.key()));
        chat.rows.set(vec![Shown { key: illustrated.key(), row: ArcRwSignal::new(illustrated) }]);
        view! { <Lightbox chat /> }.into_any()
    }),
];

/// The visitor takes no part.
fn over(chat: Chat, why: Over, told: &str) {
    chat.status.set(Status::Over(why));
    chat.leave.set(Leave { over: Some(why), ..silent(told) });
}

/// The gallery as one HTML file, with the style sheet at this address.
pub fn page(style: &str) -> String {
    let messages = MESSAGES.iter().map(|(name, change)| {
        state("message", name, |chat| {
            let mut row = row(0);
            change(&mut row);
            view! { <div class="log-rows">{message(chat, row)}</div> }.into_any()
        })
    });
    let pages = PAGES.iter().map(|(name, change)| {
        state("page", name, |chat| {
            show(chat, vec![row(0), answered(1)]);
            change(chat);
            layout(chat).into_any()
        })
    });
    let parts = PARTS.iter().map(|(name, draw)| {
        state("part", name, |chat| {
            show(chat, vec![row(0), answered(1)]);
            draw(chat)
        })
    });
    let states: Vec<String> = messages.chain(pages).chain(parts).collect();
    let (language, states) = (Language::English.tag(), states.concat());
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Gallery</title>\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n<style>{}</style></head>\n\
         <body><main class=\"gallery\">\n{states}</main></body></html>",
        fixtures::STYLE
    )
}

/// One state with its name.
fn state(kind: &str, name: &str, draw: impl FnOnce(Chat) -> AnyView) -> String {
    let drawn = html(|| draw(chat()));
    // A dialog that is a part is seen without being asked for, and where it stands.
    let drawn = if kind == "part" { drawn.replace("<dialog ", "<dialog open ") } else { drawn };
    let id: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("<figure id=\"{kind}-{id}\"><figcaption>{kind}: {name}</figcaption>\n{drawn}</figure>\n")
}
