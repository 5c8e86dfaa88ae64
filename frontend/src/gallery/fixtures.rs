//! Fixtures of the gallery.

use page_model::{
    connection::{EndReason, Status},
    rejected_image::ImageNote,
    room_directory::DirectoryProgress,
    room_list::RoomEntry,
    timeline::{DeliveryState, ReplyPreview, Row, RowOption, RowPoll, RowReaction, RowThread},
};
use page_view::{Callback, SharedState};
use shared_types::{
    AccessMode, Appearance, ChatImage, ImageType, Language, MoreImages, PageState, Person, Profile, Restrictions, Rev,
    RoomDetails, RoomMember, RoomName, RoomRules, Seq, Timestamp,
};

use crate::ui::{
    message_lists, on_demand,
    profile::statuses,
    rooms::directory_dialog::{DirectoryFacts, DirectoryRow, DirectoryView},
    state::{
        Chat,
        composer::{Attachment, ComposerStatus},
        invite::InvitationRow,
        log::KeyedRow,
        message_lists::{ListEntry, ListPosition, ListProgress, ListedMessage, MessageListView, ThreadNote},
        moderation::AuditRow,
    },
};

/// HTML with everything that the server renders from Markdown.
pub(super) const RICH_TEXT: &str = "<p><strong>bold</strong>, <em>italic</em>, <del>struck</del>, <code>code</code> and a \
    <a href=\"https://example.org\">link</a></p><blockquote><p>quoted</p></blockquote><ul><li>one</li><li>two</li></ul>\
    <ol><li>first</li></ol><pre><code>let rope = 3;\n</code></pre>";

/// HTML with a mention.
pub(super) const MENTION: &str = "<p><span class=\"mention\">@Ann</span> look</p>";

/// HTML with highlighted code in all colours.
pub(super) const CODE: &str = "<pre><code><span class=\"hl-k\">let</span> rope = <span class=\"hl-f\">cut</span>(\
    <span class=\"hl-s\">\"long\"</span>, <span class=\"hl-n\">3</span>); <span class=\"hl-c\">// metres</span>\n</code></pre>";

/// Address of an image that needs no server.
const IMAGE: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 1'%3E\
    %3Crect width='2' height='1' fill='%2348c'/%3E%3Ccircle cx='1.5' cy='.5' r='.25' fill='%23fe8'/%3E%3C/svg%3E#image";

/// Style sheet of the gallery: states are side by side, each in its own frame. If the address names a state, only that
/// one is shown.
pub(super) const STYLE: &str = "
.gallery { display: grid; grid-template-columns: repeat(auto-fill, 26rem); gap: 1.5rem; padding: 1.5rem; align-items: start }
.gallery figure { position: relative; overflow: hidden; background: var(--surface); transform: none; contain: layout }
.gallery figure[id^=page] { grid-column: span 2 }
.gallery:has(> :target) > :not(:target) { display: none }
.gallery figcaption { padding: .25rem .75rem; background: var(--page); color: var(--quiet); font-size: .75rem }
.gallery .chat { height: 28rem; border: 0 }
.gallery .actions, .gallery dialog[open] { position: static; margin: 1rem }
.gallery .actions { flex-wrap: wrap }
.gallery .menu[open] { width: 100%; margin: .5rem 0 0 }
.gallery .thread-panel { position: static; width: auto; height: 28rem }
.gallery .lightbox[open] { position: relative; width: auto; height: 20rem; margin: 0 }
.gallery .picker[open] { width: auto; max-width: none }
@media (max-width: 30rem) {
  .gallery { grid-template-columns: 100%; padding: 0 }
  .gallery .actions { margin: 1rem var(--edge); max-width: none }
}
.gallery :is(.name-dialog, .sheet)[open] { width: auto; max-width: none; max-height: none }
";

fn person(id: &str, name: &str) -> Person {
    Person { id: id.parse().unwrap(), name: name.parse().unwrap(), moderator: false, appearance: Default::default() }
}

/// A person with a picture. There is none of the person `gone`.
pub(super) fn pictured(id: &str, name: &str) -> Person {
    let appearance = Appearance { picture: Some(Timestamp(1)), colour: None };
    Person { appearance, ..person(id, name) }
}

/// A person who chose this hue.
pub(super) fn coloured(id: &str, name: &str, hue: u64) -> Person {
    let appearance = Appearance { picture: None, colour: hue.try_into().ok() };
    Person { appearance, ..person(id, name) }
}

/// Gives Ann and Ben a status.
pub(super) fn set_statuses() {
    let long = "Back on Monday, with the rope, the knife and everything else that I promised you";
    let statuses = [("ann", "🏖 On holiday until Monday"), ("ben", long)];
    let parsed = statuses.map(|(id, status)| Profile {
        person: id.parse().unwrap(),
        status: Some(status.parse().unwrap()),
        appearance: Appearance::NONE,
    });
    statuses::update(|statuses| statuses.extend(parsed));
}

/// Mona, a moderator.
pub(super) fn moderator() -> Person {
    Person { moderator: true, ..person("mona", "Mona") }
}

/// A page of the directory of open rooms.
pub(super) fn directory() -> DirectoryView {
    let row = |room: &str, title: Option<&str>, topic: Option<&str>, when: &str, online| DirectoryRow {
        room: room.parse().unwrap(),
        title: title.map(String::from),
        topic: topic.map(String::from),
        facts: Some(DirectoryFacts { sent_at: Timestamp(1_795_428_000_000), when: when.into(), online, rules: None }),
    };
    let long = "Everything about boats, ropes and knots, and what else is needed on the water. ".repeat(3);
    let rooms = vec![
        row("boats", Some("Boats and ropes"), Some(&long), "Monday, 23 November, 10:30", Some(3)),
        row("lobby", None, None, "Monday, 23 November, 10:10", Some(1)),
        row("a-room-with-an-address-that-is-rather-long-for-a-telephone", None, Some("一日中"), "10:00", None),
    ];
    DirectoryView { progress: DirectoryProgress::Done, rooms, has_more: true }
}

/// The members of a private room, of which the moderator is a host.
pub(super) fn members() -> Vec<RoomMember> {
    let member = |id: &str, name: Option<&str>, host| RoomMember {
        person: id.parse().unwrap(),
        name: name.map(|name| name.parse().unwrap()),
        host,
        since: Timestamp(1_795_428_000_000),
        appearance: Appearance::NONE,
    };
    vec![member("mona", Some("Mona"), true), member("ben", Some("Ben"), false), member("x7f2x7f2x7f2x7f2", None, false)]
}

/// Invitations in every state.
pub(super) fn invitations() -> Vec<InvitationRow> {
    let texts = [
        ("0 of 10 people, until Wednesday, 25 November, 14:05. Made by Mona.", true),
        ("Used up: 10 of 10 people. Made by Mona.", false),
        ("Revoked. 3 of 50 people. Made by Ann of the long name that is hardly ever written in one line.", false),
    ];
    let row = |(text, is_usable): (&str, bool)| InvitationRow {
        id: "0f".repeat(32).parse().unwrap(),
        text: text.into(),
        is_usable,
    };
    texts.into_iter().map(row).collect()
}

/// The status of a composer that the visitor can use.
pub(super) fn composer_status(sentence: &str, countdown: &str) -> ComposerStatus {
    ComposerStatus { sentence: sentence.into(), countdown: countdown.into(), ..ComposerStatus::default() }
}

/// The status of a disabled composer.
pub(super) fn disabled_composer(sentence: &str) -> ComposerStatus {
    ComposerStatus { is_disabled: true, ..composer_status(sentence, "") }
}

/// The end reason of a banned visitor.
pub(super) const BANNED: EndReason = EndReason::Banned(Timestamp(1_795_525_500_000));

/// An audit log.
pub(super) fn audit_rows() -> Vec<AuditRow> {
    let [ben, cleo] = [Some(person("ben", "Ben")), Some(person("cleo", "Cleo"))];
    let row = |minutes: u64, when: &str, what: &str, target: &Option<Person>| AuditRow {
        moderator: moderator(),
        at: Timestamp(1_795_428_000_000 + minutes * 60_000),
        when: when.into(),
        text: what.into(),
        target: target.clone(),
    };
    vec![
        row(30, "10:30", "changed the rules of #lobby: One message every 30 s.", &None),
        row(20, "10:20", "banned Cleo (cleo) until Tuesday, 1 December, 10:20", &cleo),
        row(10, "10:10", "muted Ben (ben) until 11:10", &ben),
        row(0, "10:00", "deleted a message of Ben in #lobby", &ben),
    ]
}

/// The state of Ann's page, which is connected to an empty room.
pub(super) fn chat() -> Chat {
    message_lists::init();
    let page = PageState {
        language: Language::English,
        room: RoomName::lobby(),
        you: person("ann", "Ann"),
        online: 3,
        messages: Vec::new(),
        more: false,
        up_to: Rev(0),
        socket: String::new(),
        ticket: String::new(),
        access: AccessMode::Open,
        rules: RoomRules::default(),
        details: RoomDetails::default(),
        restrictions: Restrictions::default(),
        owner: false,
        chat_name: None,
    };
    let chat = Chat::new(&page, Callback::new(|_| {}));
    chat.room.status.set(Status::Live);
    chat.on_demand.functions.set(Some(on_demand::functions()));
    statuses::init();
    chat
}

/// The people in the room.
pub(super) fn people() -> Vec<Person> {
    vec![person("ann", "Ann"), person("ben", "Ben"), person("cleo", "Cleo")]
}

/// Two people with the same long name, and a moderator.
pub(super) fn namesakes() -> Vec<Person> {
    let name = "Benjamin of the very long name that goes on and on and on";
    vec![person("Benj4QwK", name), person("BenjfpQ6", name), moderator()]
}

/// The lobby, which is the current room, rooms with unread messages, and one without.
pub(super) fn rooms() -> Vec<RoomEntry> {
    let other = |room: &str, unread: Option<u32>, mentioned| RoomEntry {
        room: room.parse().unwrap(),
        is_current: false,
        unread: unread.is_some(),
        count: unread.unwrap_or_default(),
        mentioned,
        favourite: room == "boats",
        muted: room == "plans-2026",
    };
    let others = [
        other("boats", Some(0), false),
        other("garden", Some(3), false),
        other("kitchen", Some(100), true),
        other("plans-2026", None, false),
    ];
    RoomEntry::initial(&RoomName::lobby()).into_iter().chain(others).collect()
}

/// The same, and two direct messages.
pub(super) fn rooms_and_direct_messages(chat: Chat) -> Vec<RoomEntry> {
    let direct = [("Cleo", 2), ("Ben, Cleo, Mona", 0)].into_iter().zip(1u8..).map(|((title, count), number)| {
        let room = RoomName::of_direct_message(&[number; 32]);
        chat.rooms.titles.update(|titles| _ = titles.set(&room, title.parse().ok().as_ref()));
        RoomEntry {
            room,
            is_current: false,
            unread: count > 0,
            count,
            mentioned: count > 0,
            favourite: false,
            muted: false,
        }
    });
    rooms().into_iter().chain(direct).collect()
}

/// Shows messages on a page.
pub(super) fn show(chat: Chat, rows: Vec<Row>) {
    let shown = |row: Row| KeyedRow { key: row.key(), row: SharedState::new(row) };
    chat.log.rows.set(rows.into_iter().map(shown).collect());
}

/// A message by Ann. Each message of a page has its own number.
pub(super) fn row(number: u64) -> Row {
    Row {
        author: person("ann", "Ann"),
        tag: None,
        nonce: format!("n{number}").parse().unwrap(),
        seq: Some(Seq(number + 1)),
        text: "I could come at ten.".parse().ok(),
        html: None,
        image: None,
        image_path: IMAGE.into(),
        at: Timestamp(1_795_428_000_000),
        time: "10:00".into(),
        state: DeliveryState::Sent,
        mine: true,
        edited: false,
        deleted: false,
        reply_to: None,
        mentions_me: false,
        pinned: false,
        poll: None,
        thread: None,
        reactions: Vec::new(),
        starts_group: true,
        day: None,
        first_new: false,
    }
}

/// A thread with two replies.
pub(super) fn thread(failed: bool) -> RowThread {
    RowThread {
        replies: 2,
        people: vec![person("ben", "Ben"), person("ann", "Ann")],
        when: if failed { "Tuesday, 24 November 2026" } else { "10:12" }.into(),
        failed,
    }
}

/// A reply by Ben.
pub(super) fn reply(number: u64) -> Row {
    Row {
        author: person("ben", "Ben"),
        mine: false,
        text: "Nearly. The rope is stuck.".parse().ok(),
        reply_to: Some(preview(Some("I could come at ten."))),
        ..row(number)
    }
}

/// A poll with two votes, one of them the visitor's.
pub(super) fn poll(closed: bool) -> RowPoll {
    let option = |text: &str, votes, mine| RowOption { text: text.into(), votes, mine };
    let long = "On the first day on which the wind comes from the west again";
    RowPoll {
        options: vec![option("Today", 1, false), option(long, 1, true), option("明日", 0, false)],
        votes: 2,
        several: closed,
        closed,
    }
}

/// A message of the room, one of another room, and one that is gone.
pub(super) fn message_list() -> MessageListView {
    let message = |text: &str| ListedMessage {
        author: person("ben", "Ben"),
        at: Timestamp(1_795_428_000_000),
        when: "Monday, 23 November 2026, 10:00".into(),
        text: text.into(),
    };
    let entry = |seq, room: Option<&str>, message| ListEntry {
        room: RoomName::lobby(),
        room_label: room.map(Into::into),
        seq: Seq(seq),
        message,
        thread: None,
    };
    MessageListView {
        progress: ListProgress::Done,
        entries: vec![
            entry(3, None, Some(message("Bring your own rope."))),
            entry(2, Some("Boats"), Some(message(&"word ".repeat(30)))),
            entry(1, None, None),
        ],
        more: None,
    }
}

/// Threads: one with unread replies, one that is read, and one of a deleted message.
pub(super) fn thread_list() -> MessageListView {
    let MessageListView { entries, .. } = message_list();
    let with_note = |(number, entry): (usize, ListEntry)| {
        let replies = format!("{} replies, Monday, 23 November 2026, 10:05", number + 2);
        ListEntry { room_label: None, thread: Some(ThreadNote { replies, is_unread: number == 0 }), ..entry }
    };
    let entries = entries.into_iter().enumerate().map(with_note).collect();
    MessageListView { progress: ListProgress::Done, entries, more: Some(ListPosition::Threads) }
}

/// The preview of a message by Cleo that a reply refers to. Without a text, the message is not loaded.
pub(super) fn preview(text: Option<&str>) -> ReplyPreview {
    ReplyPreview { seq: Seq(1), author: person("cleo", "Cleo"), text: text.and_then(|text| text.parse().ok()) }
}

/// Reactions of the visitor and of others.
pub(super) fn reactions() -> Vec<RowReaction> {
    let (ann, ben) = (person("ann", "Ann"), person("ben", "Ben"));
    vec![
        RowReaction { emoji: "👍".parse().unwrap(), people: vec![ann, ben.clone()], mine: true },
        RowReaction { emoji: "🎉".parse().unwrap(), people: vec![ben], mine: false },
    ]
}

/// The image of a message.
pub(super) fn image() -> ChatImage {
    ChatImage {
        kind: ImageType::Webp,
        size: 300_000.try_into().unwrap(),
        width: 1024.try_into().unwrap(),
        height: 512.try_into().unwrap(),
        preview: "48c6ae8cf246".repeat(4).parse().ok(),
        alt: "the sea".parse().ok(),
        more: MoreImages::default(),
    }
}

/// So many images of one message.
pub(super) fn album(count: usize) -> ChatImage {
    ChatImage { more: MoreImages(vec![image(); count - 1]), ..image() }
}

/// Attached images: one that can be sent, and one that is being prepared.
pub(super) fn attachments() -> Vec<Attachment> {
    vec![
        Attachment { id: 1, alt: "the sea".into(), url: Some(IMAGE.into()), note: Some(ImageNote::Still) },
        Attachment { id: 2, alt: String::new(), url: None, note: None },
    ]
}
