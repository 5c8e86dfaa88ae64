//! The gallery: every state of every component on one page, drawn by the components from fixtures.
//!
//! To add a state, add a line to one of the three tables. `e2e/tests/gallery.spec.ts` compares a screenshot of each.

#![expect(clippy::unwrap_used, reason = "an invalid fixture is a bug in this module")]

mod fixtures;

use page_model::{
    audit::AuditLoading,
    composer_mode::{ComposerMode, EditedMessage},
    connection::{EndReason, Status},
    erasure::Erasure,
    room_directory::DirectoryProgress,
    room_list::RoomEntry,
    timeline::{DeliveryState, Row, UnreadSummary},
};
use page_view::{Element, SharedState, element};
use shared_types::{AccessMode, Language, Seq};

use crate::{
    gallery::fixtures::{
        attachments, chat, composer_status, disabled_composer, image, poll, preview, reactions, reply, row, show,
    },
    ssr::html,
    ui::{
        device_dialog::device_dialog,
        devices_dialog::{DeviceRow, DevicesDialog, DevicesView, devices_dialog},
        direct_dialog::{DirectDialog, direct_dialog},
        invite_dialog::invite_dialog,
        members_dialog::members_dialog,
        message::{
            delete_dialog::delete_dialog, emoji_picker::emoji_picker, lightbox::lightbox, message, toolbar::toolbar,
        },
        message_lists::{self, MessageList},
        moderation::{
            audit_dialog, restriction_dialog,
            rules_dialog::{self, RulesDialog},
        },
        page::layout,
        people_dialog::people_dialog,
        people_panel,
        placeholder::placeholder,
        poll_dialog, privacy_dialog,
        profile::{
            profile_dialog,
            state::{ProfileDialog, ProfileDraft, Progress},
        },
        rooms::{
            directory_dialog::{self, DirectoryState, DirectoryView},
            room_dialog,
        },
        shortcuts,
        state::{
            Chat,
            composer::{ComposerStatus, Suggestion},
            invite::{DeviceLinkStatus, InvitationsView},
            log::{KeyedRow, OlderMessages},
            members::MembersView,
            message_lists::{ListProgress, MessageListView},
            moderation::{AuditView, CurrentRestrictions},
            on_demand::Loading,
            privacy::ExportStatus,
            threads::ThreadView,
        },
        threads,
    },
};

/// Names of states, and the functions that set up or draw them.
type Table<F> = &'static [(&'static str, F)];

/// States of a message, as changes to a plain row.
const MESSAGES: Table<fn(&mut Row)> = &[
    ("first of its group", |_| {}),
    ("later in its group", |row| row.starts_group = false),
    ("first of its day", |row| row.day = Some("Monday, 23 November 2026".into())),
    ("long words", |row| row.text = "https://example.org/".repeat(8).parse().ok()),
    ("several lines", |row| row.text = "Bring a knife,\nand something to eat.".parse().ok()),
    ("emoji only", |row| row.text = "👍 🎉".parse().ok()),
    ("rich text", |row| row.html = Some(fixtures::RICH_TEXT.into())),
    ("edited", |row| row.edited = true),
    ("folded", |row| {
        row.text = "word ".repeat(400).parse().ok();
        row.edited = true;
    }),
    ("calling the visitor", |row| (row.html, row.mentions_me) = (Some(fixtures::MENTION.into()), true)),
    ("code in colours", |row| row.html = Some(fixtures::CODE.into())),
    ("first that is new", |row| row.first_new = true),
    ("first that is new, in a group", |row| (row.first_new, row.starts_group) = (true, false)),
    ("deleted", |row| (row.text, row.deleted) = (None, true)),
    ("answer", |row| row.reply_to = Some(preview(Some("Is the boat in the water yet?")))),
    ("answer to what is not known", |row| row.reply_to = Some(preview(None))),
    ("reactions", |row| row.reactions = reactions()),
    ("pinned", |row| row.pinned = true),
    ("poll", |row| row.poll = Some(poll(false))),
    ("closed poll", |row| row.poll = Some(poll(true))),
    ("thread", |row| row.thread = Some(fixtures::thread(false))),
    ("thread, with a reply that was not sent", |row| row.thread = Some(fixtures::thread(true))),
    ("image", |row| (row.image, row.text) = (Some(image()), None)),
    ("two images", |row| (row.image, row.text) = (Some(fixtures::album(2)), None)),
    ("three images with a text", |row| row.image = Some(fixtures::album(3))),
    ("four images", |row| (row.image, row.text) = (Some(fixtures::album(4)), None)),
    ("ten images", |row| (row.image, row.text) = (Some(fixtures::album(10)), None)),
    ("uploading three images", |row| (row.image, row.state) = (Some(fixtures::album(3)), DeliveryState::Uploading(40))),
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
    ("of somebody with a picture", |row| row.author = fixtures::pictured("ann", "Ann")),
    ("of somebody with a picture that cannot be loaded", |row| row.author = fixtures::pictured("gone", "Ann")),
    ("of somebody who chose a colour", |row| row.author = fixtures::coloured("ann", "Ann", 5)),
    ("of somebody who left", |row| row.author.id = "gone".parse().unwrap()),
    ("failed", |row| row.state = DeliveryState::Failed("The server did not answer.".into())),
];

/// States of the whole page, as changes to a connected page with a conversation.
const PAGES: Table<fn(Chat)> = &[
    ("conversation", |_| {}),
    ("empty", |chat| chat.log.rows.set(Vec::new())),
    ("older messages", |chat| chat.log.older.set(OlderMessages::Some)),
    ("older messages on their way", |chat| chat.log.older.set(OlderMessages::Loading)),
    ("new messages below", |chat| chat.log.unread_below.set(true)),
    ("far back", |chat| chat.log.is_detached.set(true)),
    ("more is new than is seen", |chat| {
        chat.log.unread.set(Some(UnreadSummary { from: Seq(1), count: 30, more: true }))
    }),
    ("somebody writes", |chat| chat.room.typing.set("Ben is typing…".into())),
    ("connecting", |chat| chat.room.status.set(Status::Connecting)),
    ("offline", |chat| chat.room.status.set(Status::Offline(7))),
    ("no socket", |chat| chat.room.status.set(Status::Blocked(7))),
    ("offline, trying", |chat| chat.room.status.set(Status::Offline(0))),
    ("slow", |chat| chat.composer.status.set(composer_status("One message every 30 s.", "The next one in 12 s"))),
    ("slow, for a moderator", |chat| {
        chat.composer.status.set(composer_status("Slow mode: one message every 30 s, but not for you.", ""));
    }),
    ("something was done", |chat| chat.room.toast.set("Ben can’t write until 14:05.".into())),
    ("something was done, and more is new", |chat| {
        chat.log.unread.set(Some(UnreadSummary { from: Seq(1), count: 30, more: true }));
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
        end_connection(chat, fixtures::BANNED, "You can’t take part until Wednesday, 25 November, 14:05.");
    }),
    ("signed out", |chat| {
        end_connection(chat, EndReason::SignedOut, "You are not signed in any more.");
    }),
    ("writing an answer", |chat| {
        chat.composer.mode.set(ComposerMode::Reply(preview(Some("Is the boat in the water yet?"))))
    }),
    ("editing", |chat| {
        chat.composer.mode.set(ComposerMode::Edit(EditedMessage { seq: Seq(1), text: row(0).text, has_image: false }))
    }),
    ("images chosen", |chat| chat.composer.attachments.set(attachments())),
    ("images chosen, on their way", |chat| wait_for_images(chat, Loading::Running)),
    ("images chosen, which could not be loaded", |chat| wait_for_images(chat, Loading::Failed)),
    ("formatting", |chat| chat.composer.has_format_bar.set(true)),
    ("emoji that match", |chat| {
        let emoji = [("smile", "😄"), ("smiley", "😃")].map(|(name, emoji)| Suggestion::Emoji { name, emoji });
        chat.composer.suggestions.set(emoji.into());
    }),
    ("commands that match", |chat| {
        chat.composer.suggestions.set(["me", "shrug", "mute"].map(Suggestion::Command).into());
    }),
    ("text too long", |chat| {
        chat.composer.chars.set(shared_types::limits::TEXT_CHARS + 12);
        chat.composer.refused_length.set(true);
    }),
    ("files that are no images", |chat| {
        chat.composer.errors.set("boat.svg: This file is not an image that can be shown.".into());
    }),
];

/// Parts of the page that are not always shown.
const PARTS: Table<fn(Chat) -> Element> = &[
    ("toolbar of an own message", |chat| {
        chat.log.toolbar_message.set(Some(Seq(1)));
        toolbar(chat)
    }),
    ("toolbar of somebody else’s", |chat| {
        chat.log.toolbar_message.set(Some(Seq(2)));
        toolbar(chat)
    }),
    ("toolbar for a moderator", |chat| {
        chat.room.you.set(fixtures::moderator());
        chat.log.toolbar_message.set(Some(Seq(2)));
        toolbar(chat)
    }),
    ("mute or ban", |chat| {
        chat.restriction_dialog.person.set(fixtures::people().remove(1));
        chat.restriction_dialog.current.set(CurrentRestrictions::Known([String::new(), String::new()]));
        chat.restriction_dialog.selected_duration.set(600);
        restriction_dialog::restriction_dialog(chat)
    }),
    ("mute or ban, where both hold", |chat| {
        chat.restriction_dialog.person.set(fixtures::namesakes().remove(0));
        let [muted, banned] = ["Muted until 14:05.", "Banned until Wednesday, 25 November, 14:05."];
        chat.restriction_dialog.current.set(CurrentRestrictions::Known([muted.into(), banned.into()]));
        restriction_dialog::restriction_dialog(chat)
    }),
    ("mute or ban, offline", |chat| {
        chat.restriction_dialog.person.set(fixtures::people().remove(1));
        chat.room.status.set(Status::Offline(7));
        restriction_dialog::restriction_dialog(chat)
    }),
    ("delete everything somebody wrote", |chat| {
        chat.restriction_dialog.person.set(fixtures::people().remove(1));
        chat.restriction_dialog.current.set(CurrentRestrictions::Known([String::new(), String::new()]));
        chat.restriction_dialog.selected_action.set(2);
        restriction_dialog::restriction_dialog(chat)
    }),
    ("rules", |chat| rules_dialog::rules(chat, RulesDialog::new())),
    ("pinned messages, for a moderator", |chat| {
        chat.room.you.set(fixtures::moderator());
        MessageList::Pins.state().view.set(fixtures::message_list());
        message_lists::pins(chat)
    }),
    ("saved messages, some gone", |chat| {
        MessageList::Saved.state().view.set(fixtures::message_list());
        message_lists::saved(chat)
    }),
    ("nothing pinned", |chat| {
        MessageList::Pins
            .state()
            .view
            .set(MessageListView { progress: ListProgress::Done, ..MessageListView::default() });
        message_lists::pins(chat)
    }),
    ("threads, some with new replies", |chat| {
        MessageList::Threads.state().view.set(fixtures::thread_list());
        message_lists::threads(chat)
    }),
    ("new poll", poll_dialog::poll_dialog),
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
        room_dialog::room_dialog(chat, RulesDialog::new())
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
        end_connection(chat, fixtures::BANNED, "You can’t take part until Wednesday, 25 November, 14:05.");
        privacy_dialog::privacy(chat)
    }),
    ("invite", |chat| {
        chat.invite.link.show("https://chat.example/r/boats".into());
        invite_dialog(chat)
    }),
    ("invite, where the page may not copy", |chat| {
        let link = chat.invite.link;
        link.show("https://chat.example/r/a-room-with-a-name-that-is-rather-long".into());
        link.copied.set(Some(false));
        invite_dialog(Chat { access: AccessMode::Oidc, ..chat })
    }),
    ("invitations to a private room, for a host", |chat| {
        chat.room.you.set(shared_types::Person { moderator: false, ..fixtures::moderator() });
        chat.room.name.set("p-zzzzzzzzzzzzzzzzzzzz".into());
        chat.members.list.set(MembersView::Known(fixtures::members()));
        chat.invite.link.show("https://chat.example/join#AQIDBAUGBwgJCgsMDQ4PEBES".into());
        chat.invite.list.set(InvitationsView::Known(fixtures::invitations()));
        invite_dialog(chat)
    }),
    ("card of a person, with private rooms", |chat| {
        let private =
            RoomEntry { favourite: true, ..RoomEntry::initial(&"p-zzzzzzzzzzzzzzzzzzzz".parse().unwrap()).remove(1) };
        chat.rooms.entries.set(vec![private]);
        let person = fixtures::people().remove(1);
        people_panel::card_dialog(chat, people_panel::Card::of(person))
    }),
    ("invitations", |chat| {
        chat.room.you.set(fixtures::moderator());
        chat.invite.link.show("https://chat.example/invite?to=/r/boats#AQIDBAUGBwgJCgsMDQ4PEBES".into());
        chat.invite.is_invitation.set(true);
        chat.invite.list.set(InvitationsView::Known(fixtures::invitations()));
        invite_dialog(Chat { access: AccessMode::Passphrase, ..chat })
    }),
    ("link to another device", |chat| {
        chat.device_link.link.show("https://chat.example/device#AQIDBAUGBwgJCgsMDQ4PEBES".into());
        chat.device_link.status.set(DeviceLinkStatus::Shown);
        device_dialog(chat)
    }),
    ("your devices", |chat| {
        let devices = DevicesDialog::new();
        let row = |device: &str, name: &str, used: &str, is_current| DeviceRow {
            device: device.parse().unwrap(),
            name: name.into(),
            used: used.into(),
            is_current,
        };
        devices.list.set(DevicesView::Known(vec![
            row("d-1", "Firefox on Linux", "Last used: Today · Signed in: Monday, 3 March 2025", true),
            row("d-2", "Safari on iPhone", "Last used: Yesterday", false),
            row("d-3", "Unknown browser", "Last used: Monday, 3 March 2025", false),
        ]));
        devices_dialog(chat, devices)
    }),
    ("link to another device, expired", |chat| {
        chat.device_link.status.set(DeviceLinkStatus::Expired);
        device_dialog(chat)
    }),
    ("you and your data, in a closed chat", |chat| {
        privacy_dialog::privacy(Chat { access: AccessMode::Passphrase, ..chat })
    }),
    ("name from a sign-in", |chat| {
        let chat = Chat { access: AccessMode::Oidc, ..chat };
        profile_dialog(chat, DevicesDialog::new())
    }),
    ("people, for a moderator", |chat| {
        chat.room.you.set(fixtures::moderator());
        chat.room.people.set(fixtures::people().into_iter().chain(fixtures::namesakes()).collect());
        chat.room.namesakes.set(fixtures::namesakes());
        people_dialog(chat, DirectDialog::of(Vec::new()))
    }),
    ("new direct message", |chat| {
        let people = fixtures::people().into_iter().skip(1).chain(fixtures::namesakes());
        direct_dialog(chat, DirectDialog::of(people.collect()))
    }),
    ("rooms and direct messages", |chat| {
        chat.rooms.entries.set(fixtures::rooms_and_direct_messages(chat));
        room_dialog::room_dialog(chat, RulesDialog::new())
    }),
    ("card of a person", |chat| {
        chat.room.you.set(fixtures::moderator());
        let person = fixtures::namesakes().remove(0);
        chat.room.people.set(vec![person.clone()]);
        chat.room.away.set(vec![person.id.clone()]);
        people_panel::card_dialog(chat, people_panel::Card::of(person))
    }),
    ("your profile", |chat| {
        chat.room.you.set(fixtures::pictured("ann", "Ann"));
        let dialog = profile_dialog(chat, DevicesDialog::new());
        let colour = fixtures::coloured("ann", "Ann", 5).appearance.colour;
        ProfileDialog::of_page().unwrap().on_loaded(ProfileDraft { status: None, colour }, "");
        dialog
    }),
    ("your profile, being loaded", |chat| profile_dialog(chat, DevicesDialog::new())),
    ("your profile, which is not saved", |chat| {
        let dialog = profile_dialog(chat, DevicesDialog::new());
        let state = ProfileDialog::of_page().unwrap();
        state.on_loaded(ProfileDraft::default(), "");
        state.picture_error.set("boat.svg: This file is not an image that can be shown.".into());
        state.progress.set(Progress::Ready("The connection was lost. Please save again.".into()));
        dialog
    }),
    ("people, with pictures and statuses", |chat| {
        fixtures::set_statuses();
        chat.room.people.set(vec![
            fixtures::pictured("ann", "Ann"),
            fixtures::coloured("ben", "Ben", 9),
            fixtures::pictured("gone", "Cleo"),
        ]);
        people_dialog(chat, DirectDialog::of(Vec::new()))
    }),
    ("card of a person, with a picture and a status", |chat| {
        fixtures::set_statuses();
        chat.room.people.set(vec![fixtures::pictured("ann", "Ann")]);
        people_panel::card_dialog(chat, people_panel::Card::of(fixtures::pictured("ann", "Ann")))
    }),
    ("people", |chat| {
        chat.room.people.set(fixtures::people());
        people_dialog(chat, DirectDialog::of(Vec::new()))
    }),
    ("shortcuts", |chat| {
        chat.shortcuts.is_listed.set(true);
        shortcuts::shortcuts(chat)
    }),
    ("rooms", |chat| {
        chat.rooms.entries.set(fixtures::rooms());
        room_dialog::room_dialog(chat, RulesDialog::new())
    }),
    ("all rooms", |chat| directory_dialog::draw(chat, DirectoryState::new(fixtures::directory()))),
    ("all rooms, of which none can be read", |chat| {
        let view = DirectoryView { progress: DirectoryProgress::Failed, ..DirectoryView::default() };
        directory_dialog::draw(chat, DirectoryState::new(view))
    }),
    ("members, for a host", |chat| {
        chat.room.you.set(shared_types::Person { moderator: false, ..fixtures::moderator() });
        chat.room.name.set("p-zzzzzzzzzzzzzzzzzzzz".into());
        chat.members.list.set(MembersView::Known(fixtures::members()));
        members_dialog(chat, RulesDialog::new())
    }),
    ("dialog on its way", placeholder),
    ("dialog that could not be loaded", |chat| {
        chat.on_demand.loading.set(Loading::Failed);
        placeholder(chat)
    }),
    ("thread beside the log", |chat| {
        show_thread(
            chat,
            vec![row(0), Row { reply_to: None, ..reply(1) }, Row { text: "Then I wait.".parse().ok(), ..row(2) }],
        );
        let view = ThreadView { more: true, is_loaded: true, ..ThreadView::default() };
        chat.thread.view.set(view);
        threads::aside(chat)
    }),
    ("thread with images to be sent", |chat| {
        show_thread(chat, vec![row(0), Row { image: Some(image()), text: None, reply_to: None, ..reply(1) }]);
        chat.thread.view.set(ThreadView { is_loaded: true, ..ThreadView::default() });
        threads::with_field(chat).composer.attachments.set(attachments());
        threads::aside(chat)
    }),
    ("thread on its way", |chat| {
        show_thread(chat, vec![row(0)]);
        threads::aside(chat)
    }),
    ("thread of a deleted message", |chat| {
        show_thread(chat, vec![Row { text: None, deleted: true, ..row(0) }, Row { reply_to: None, ..reply(1) }]);
        chat.thread.view.set(ThreadView { is_loaded: true, is_closed: true, ..ThreadView::default() });
        threads::aside(chat)
    }),
    ("deletion", delete_dialog),
    ("picker", |chat| {
        chat.message_dialogs.message.set(Some(Seq(1)));
        emoji_picker(chat)
    }),
    ("lightbox", |chat| {
        let with_image = Row { image: Some(image()), ..row(0) };
        chat.images.viewed_row.set(Some(with_image.key()));
        chat.log.rows.set(vec![KeyedRow { key: with_image.key(), row: SharedState::new(with_image) }]);
        lightbox(chat)
    }),
];

/// Shows messages of a thread.
fn show_thread(chat: Chat, rows: Vec<Row>) {
    threads::init(chat);
    let shown = |row: Row| KeyedRow { key: row.key(), row: SharedState::new(row) };
    chat.thread.rows.set(rows.into_iter().map(shown).collect());
}

/// Ends the connection for a reason.
fn end_connection(chat: Chat, reason: EndReason, sentence: &str) {
    chat.room.status.set(Status::Ended(reason));
    chat.composer.status.set(ComposerStatus { end_reason: Some(reason), ..disabled_composer(sentence) });
}

/// Keeps images waiting for what handles them.
fn wait_for_images(chat: Chat, loading: Loading) {
    chat.on_demand.loading.set(loading);
    chat.on_demand.has_waiting.set(true);
    chat.on_demand.is_late.set(true);
}

/// Returns the gallery as one HTML file. `styles` are the addresses of the style sheets.
pub fn page(styles: &[String]) -> String {
    let messages = MESSAGES.iter().map(|(name, change)| {
        state("message", name, |chat| {
            let mut row = row(0);
            change(&mut row);
            element("div").class("log-rows").children(message(chat, row))
        })
    });
    let pages = PAGES.iter().map(|(name, change)| {
        state("page", name, |chat| {
            show(chat, vec![row(0), reply(1)]);
            change(chat);
            layout(chat)
        })
    });
    let parts = PARTS.iter().map(|(name, draw)| {
        state("part", name, |chat| {
            show(chat, vec![row(0), reply(1)]);
            draw(chat)
        })
    });
    let states: Vec<String> = messages.chain(pages).chain(parts).collect();
    let (language, states) = (Language::English.tag(), states.concat());
    let styles: String = styles.iter().map(|style| format!("<link rel=\"stylesheet\" href=\"{style}\">\n")).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Gallery</title>\n\
         {styles}<style>{}</style></head>\n\
         <body><main class=\"gallery\">\n{states}</main></body></html>",
        fixtures::STYLE
    )
}

/// Renders a state with its name.
fn state(kind: &str, name: &str, draw: impl FnOnce(Chat) -> Element) -> String {
    let html = html(|| draw(chat()));
    // A dialog in a part is open, at its position in the page.
    let html = if kind == "part" { html.replace("<dialog ", "<dialog open ") } else { html };
    let id: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("<figure id=\"{kind}-{id}\"><figcaption>{kind}: {name}</figcaption>\n{html}</figure>\n")
}
