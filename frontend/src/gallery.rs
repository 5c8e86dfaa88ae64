//! Every state of every component on one page, drawn by the components themselves from made-up state.
//!
//! A state more is a line more in one of the three tables. `e2e/tests/gallery.spec.ts` holds a picture of each.

#![expect(clippy::unwrap_used, reason = "an invalid fixture fails at once, for its author")]

mod fixtures;

use leptos::prelude::*;
use page_model::{
    audit::AuditLoading,
    composer_mode::{ComposerMode, EditedMessage},
    connection::{EndReason, Status},
    erasure::Erasure,
    timeline::{DeliveryState, Row, UnreadSummary},
};
use shared_types::{AccessMode, Language, Seq};

use crate::{
    gallery::fixtures::{
        answered, attached, chat, composer_status, disabled_composer, image, people, quoted, row, show,
    },
    ssr::html,
    ui::{
        message::{
            delete_dialog::DeleteDialog, emoji_picker::EmojiPicker, lightbox::Lightbox, message, toolbar::Toolbar,
        },
        moderation::{audit_dialog, restriction_dialog, rules_dialog},
        page::layout,
        people_dialog::PeopleDialog,
        privacy_dialog,
        profile::ProfileDialog,
        rooms, shortcuts,
        state::{
            Chat,
            composer::{Attachments, ComposerStatus},
            log::{KeyedRow, OlderMessages},
            moderation::AuditView,
            privacy::ExportStatus,
        },
    },
};

/// What makes a state out of something plain, or draws it, under the state's name.
type Table<F> = &'static [(&'static str, F)];

/// A message, and what is unlike a plain one.
const MESSAGES: Table<fn(&mut Row)> = &[
    ("first of its group", |_| {}),
    ("later in its group", |row| row.starts_group = false),
    ("first of its day", |row| row.day = Some("Monday, 23 November 2026".into())),
    ("long words", |row| row.text = "https://example.org/".repeat(8).parse().ok()),
    ("several lines", |row| row.text = "Bring a knife,\nand something to eat.".parse().ok()),
    ("emoji only", |row| row.text = "👍 🎉".parse().ok()),
    ("rich text", |row| row.html = Some(fixtures::RICH.into())),
    ("edited", |row| row.edited = true),
    ("calling the visitor", |row| (row.html, row.mentions_me) = (Some(fixtures::CALLING.into()), true)),
    ("code in colours", |row| row.html = Some(fixtures::CODE.into())),
    ("first that is new", |row| row.first_new = true),
    ("first that is new, in a group", |row| (row.first_new, row.starts_group) = (true, false)),
    ("deleted", |row| (row.text, row.deleted) = (None, true)),
    ("answer", |row| row.reply_to = Some(quoted(Some("Is the boat in the water yet?")))),
    ("answer to what is not known", |row| row.reply_to = Some(quoted(None))),
    ("reactions", |row| row.reactions = people()),
    ("image", |row| (row.image, row.text) = (Some(image()), None)),
    ("image with a text", |row| row.image = Some(image())),
    ("sending", |row| row.state = DeliveryState::Pending),
    ("waiting for its turn", |row| row.state = DeliveryState::Waiting),
    ("uploading", |row| (row.image, row.state) = (Some(image()), DeliveryState::Uploading(40))),
    ("of a moderator", |row| row.author = fixtures::moderator()),
    ("of one of two of one name", |row| row.tag = Some("·x7f2".into())),
    ("of a moderator with a long name", |row| {
        row.author =
            shared_types::Person { name: "Ann of the long name ".repeat(3).parse().unwrap(), ..fixtures::moderator() };
        row.tag = Some("·x7f2".into());
    }),
    ("of somebody who left", |row| row.author.id = "gone".parse().unwrap()),
    ("failed", |row| row.state = DeliveryState::Failed("The server did not answer.".into())),
];

/// The whole page, and what is unlike one that has a conversation and a connection.
const PAGES: Table<fn(Chat)> = &[
    ("conversation", |_| {}),
    ("empty", |chat| chat.log.rows.set(Vec::new())),
    ("older messages", |chat| chat.log.older.set(OlderMessages::Some)),
    ("older messages on their way", |chat| chat.log.older.set(OlderMessages::Loading)),
    ("new messages below", |chat| chat.log.unread_below.set(true)),
    ("far back", |chat| chat.log.is_detached.set(true)),
    ("more is new than is seen", |chat| chat.log.news.set(Some(UnreadSummary { from: Seq(1), count: 30, more: true }))),
    ("somebody writes", |chat| chat.room.typing.set("Ben is typing…".into())),
    ("connecting", |chat| chat.room.status.set(Status::Connecting)),
    ("offline", |chat| chat.room.status.set(Status::Offline(7))),
    ("offline, trying", |chat| chat.room.status.set(Status::Offline(0))),
    ("slow", |chat| chat.composer.status.set(composer_status("One message every 30 s.", "The next one in 12 s"))),
    ("slow, for a moderator", |chat| {
        chat.composer.status.set(composer_status("Slow mode: one message every 30 s, but not for you.", ""));
    }),
    ("something was done", |chat| chat.room.toast.set("Ben can’t write until 14:05.".into())),
    ("something was done, and more is new", |chat| {
        chat.log.news.set(Some(UnreadSummary { from: Seq(1), count: 30, more: true }));
        chat.room.toast.set("All messages of Ben are gone: 28.".into());
    }),
    ("too fast", |chat| {
        let composer_status = composer_status("Your message waits for a moment.", "It goes out in 7 s");
        chat.composer.status.set(ComposerStatus { is_temporary: true, ..composer_status });
    }),
    ("only for moderators", |chat| {
        chat.composer.status.set(composer_status("Only moderators can write here at the moment.", ""))
    }),
    ("read only", |chat| chat.composer.status.set(disabled_composer("This room can only be read at the moment."))),
    ("muted", |chat| chat.composer.status.set(disabled_composer("A moderator muted you until 14:05."))),
    ("banned", |chat| {
        over(chat, fixtures::BANNED, "You can’t take part until Wednesday, 25 November, 14:05.");
    }),
    ("signed out", |chat| {
        over(chat, EndReason::SignedOut, "You are not signed in any more.");
    }),
    ("writing an answer", |chat| {
        chat.composer.mode.set(ComposerMode::Reply(quoted(Some("Is the boat in the water yet?"))))
    }),
    ("editing", |chat| {
        chat.composer.mode.set(ComposerMode::Edit(EditedMessage { seq: Seq(1), text: row(0).text, has_image: false }))
    }),
    ("images chosen", |chat| chat.composer.attachments.set(Attachments { images: attached(), errors: Vec::new() })),
    ("files that are no images", |chat| {
        let errors = vec!["boat.svg: This file is not an image that can be shown.".into()];
        chat.composer.attachments.set(Attachments { images: Vec::new(), errors });
    }),
];

/// A part of the page that is not there all the time.
const PARTS: Table<fn(Chat) -> AnyView> = &[
    ("toolbar of an own message", |chat| {
        chat.log.toolbar_message.set(Some(Seq(1)));
        view! { <Toolbar chat /> }.into_any()
    }),
    ("toolbar of somebody else’s", |chat| {
        chat.log.toolbar_message.set(Some(Seq(2)));
        view! { <Toolbar chat /> }.into_any()
    }),
    ("toolbar for a moderator", |chat| {
        chat.room.you.set(fixtures::moderator());
        chat.log.toolbar_message.set(Some(Seq(2)));
        view! { <Toolbar chat /> }.into_any()
    }),
    ("mute or ban", |chat| {
        chat.restriction_dialog.person.set(fixtures::everybody().remove(1));
        chat.restriction_dialog.current.set(Ok([String::new(), String::new()]));
        chat.restriction_dialog.selected_duration.set(600);
        restriction_dialog::restriction_dialog(chat)
    }),
    ("mute or ban, where both hold", |chat| {
        chat.restriction_dialog.person.set(fixtures::namesakes().remove(0));
        let [muted, banned] = ["Muted until 14:05.", "Banned until Wednesday, 25 November, 14:05."];
        chat.restriction_dialog.current.set(Ok([muted.into(), banned.into()]));
        restriction_dialog::restriction_dialog(chat)
    }),
    ("mute or ban, offline", |chat| {
        chat.restriction_dialog.person.set(fixtures::everybody().remove(1));
        chat.room.status.set(Status::Offline(7));
        restriction_dialog::restriction_dialog(chat)
    }),
    ("delete everything somebody wrote", |chat| {
        chat.restriction_dialog.person.set(fixtures::everybody().remove(1));
        chat.restriction_dialog.current.set(Ok([String::new(), String::new()]));
        chat.restriction_dialog.selected_action.set(2);
        restriction_dialog::restriction_dialog(chat)
    }),
    ("rules", rules_dialog::rules),
    ("what moderators did", |chat| {
        chat.room.you.set(fixtures::moderator());
        chat.moderation.audit.set(AuditView { state: AuditLoading::Partial, rows: fixtures::audit_rows() });
        audit_dialog::audit(chat)
    }),
    ("what moderators did, which could not be read", |chat| {
        chat.moderation.audit.set(AuditView { state: AuditLoading::Failed, rows: Vec::new() });
        audit_dialog::audit(chat)
    }),
    ("rooms, for a moderator", |chat| {
        chat.room.you.set(fixtures::moderator());
        rooms::room_dialog(chat)
    }),
    ("you and your data", privacy_dialog::privacy),
    ("you and your data, being deleted", |chat| {
        chat.privacy.erasure.set(Erasure::Running { erased: 50, due: 0 });
        privacy_dialog::privacy(chat)
    }),
    ("you and your data, being deleted without a connection", |chat| {
        chat.room.status.set(Status::Offline(7));
        chat.privacy.erasure.set(Erasure::Running { erased: 50, due: 0 });
        privacy_dialog::privacy(chat)
    }),
    ("you and your data, which can be neither copied nor downloaded", |chat| {
        chat.privacy.id_copied.set(Some(false));
        chat.privacy.export.set(ExportStatus::Waiting(23));
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
        view! { <ProfileDialog chat dialog=NodeRef::new() /> }.into_any()
    }),
    ("people, for a moderator", |chat| {
        chat.room.you.set(fixtures::moderator());
        chat.room.people.set(fixtures::everybody().into_iter().chain(fixtures::namesakes()).collect());
        chat.room.namesakes.set(fixtures::namesakes());
        view! { <PeopleDialog chat dialog=NodeRef::new() /> }.into_any()
    }),
    ("name and language", |chat| view! { <ProfileDialog chat dialog=NodeRef::new() /> }.into_any()),
    ("people", |chat| {
        chat.room.people.set(fixtures::everybody());
        view! { <PeopleDialog chat dialog=NodeRef::new() /> }.into_any()
    }),
    ("shortcuts", |chat| {
        chat.shortcuts.is_listed.set(true);
        shortcuts::shortcuts(chat)
    }),
    ("rooms", |chat| {
        chat.rooms.entries.set(fixtures::rooms());
        rooms::room_dialog(chat)
    }),
    ("deletion", |chat| view! { <DeleteDialog chat /> }.into_any()),
    ("picker", |chat| {
        chat.message_dialogs.message.set(Some(Seq(1)));
        view! { <EmojiPicker chat /> }.into_any()
    }),
    ("lightbox", |chat| {
        let illustrated = Row { image: Some(image()), ..row(0) };
        chat.images.viewed_row.set(Some(illustrated.key()));
        chat.log.rows.set(vec![KeyedRow { key: illustrated.key(), row: ArcRwSignal::new(illustrated) }]);
        view! { <Lightbox chat /> }.into_any()
    }),
];

/// The visitor takes no part.
fn over(chat: Chat, why: EndReason, told: &str) {
    chat.room.status.set(Status::Ended(why));
    chat.composer.status.set(ComposerStatus { end_reason: Some(why), ..disabled_composer(told) });
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
