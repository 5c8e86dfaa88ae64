//! The dialog with the title, the topic and the description of the room, and the form that changes them.

use page_model::{
    connection::Status,
    text_links::{TextPart, text_parts},
};
use page_view::{Element, NodeRef, State, element, reactive};
use shared_types::{NameError, RoomDetails, limits};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

use crate::ui::{
    members_dialog,
    parts::{
        dialog::{self, titled_dialog},
        form::{self, labelled, text_field},
        form_controls::checkbox,
    },
    receipts,
    state::{Chat, intent::DialogIntent, set},
};

/// The fields of the form.
#[derive(Clone, Copy)]
struct Fields {
    title: NodeRef<HtmlInputElement>,
    topic: NodeRef<HtmlInputElement>,
    description: NodeRef<HtmlTextAreaElement>,
    /// Whether the room is to show who has read.
    receipts: NodeRef<HtmlInputElement>,
    /// What is wrong, and with which limit.
    error: State<Option<NameError>>,
}

/// Draws the dialog. If the details change while the visitor edits them, the fields that changed follow.
pub(crate) fn room_details_dialog(chat: Chat) -> Element {
    let fields = Fields {
        title: NodeRef::new(),
        topic: NodeRef::new(),
        description: NodeRef::new(),
        receipts: NodeRef::new(),
        error: State::new(None),
    };
    // The form keeps its elements when it is drawn for another room.
    receipts::follow_switch(chat, fields.receipts, || false);
    let body = move || {
        let details = chat.room.details.get();
        let shown = element("div").children(shown(chat, &details));
        [Some(shown), (chat.can_describe() || members_dialog::is_host(chat)).then(|| form(chat, fields, &details))]
    };
    // On its own: the form is not drawn again when another rule changes.
    let retention = move || chat.translations.retention(chat.composer.status.with(|status| status.rules));
    let body = element("div")
        .class("sheet-body")
        .child(reactive(move || retention().map(|sentence| element("p").class("sheet-hint").text(sentence))))
        .child(reactive(move || body().into_iter().flatten()));
    titled_dialog(chat, "about", chat.translations.dialogs().room_details, chat.room.details_dialog).child(body)
}

/// Opens the loaded dialog. The focus is on its first button, so that no on-screen keyboard rises.
pub(crate) fn show(chat: Chat) {
    set(chat.moderation.is_pending, false);
    dialog::open_without_keyboard(chat.room.details_dialog);
}

/// Draws the title, the topic and the description.
fn shown(chat: Chat, details: &RoomDetails) -> Vec<Element> {
    let address = element("span").class("room-address").text(["#", &chat.room_name()].concat());
    let title = details
        .title
        .as_ref()
        .map(|title| element("p").class("about-title").with("dir", "auto").text(title.to_string()).child(address));
    let text = |class, text: &str| element("p").class(class).with("dir", "auto").children(linked(text));
    let topic = details.topic.as_ref().map(|topic| text("about-topic", topic.as_str()));
    let description = details.description.as_ref().map(|description| text("about-text", description.as_str()));
    let receipts = details.receipts.then(|| element("p").class("sheet-hint").text(chat.translations.receipts().is_on));
    [title, topic, description, receipts].into_iter().flatten().collect()
}

/// Draws a text with its addresses as links, as in messages.
fn linked(text: &str) -> Vec<Element> {
    let part = |part| match part {
        TextPart::Text(text) => element("span").text(text.to_owned()),
        TextPart::Link(address) => element("a")
            .with("target", "_blank")
            .with("rel", "noopener noreferrer nofollow ugc")
            .with("href", address.to_owned())
            .text(address.to_owned()),
    };
    text_parts(text).into_iter().map(part).collect()
}

fn form(chat: Chat, fields: Fields, details: &RoomDetails) -> Element {
    let texts = chat.translations.dialogs();
    let field = |tag, value: Option<&str>, limit| {
        let field = text_field(tag, limit, "about-hint", move || set(fields.error, None));
        field.field_value(value.unwrap_or_default().to_owned())
    };
    let title = details.title.as_ref().map(|title| title.as_str());
    let title = field("input", title, limits::TITLE_CHARS).with("placeholder", chat.room_name()).node_ref(fields.title);
    let topic = details.topic.as_ref().map(|topic| topic.as_str());
    let topic = field("input", topic, limits::TOPIC_CHARS).node_ref(fields.topic);
    let description = details.description.as_ref().map(|description| description.as_str());
    let description =
        field("textarea", description, limits::DESCRIPTION_CHARS).with("rows", "4").node_ref(fields.description);
    let drawn = [
        labelled(texts.room_title, title),
        labelled(texts.room_topic, topic),
        labelled(texts.room_description, description),
        checkbox(chat.translations.receipts().switch, fields.receipts),
    ];
    form::form(chat, drawn, hint(chat, fields), move || submit(chat, fields))
}

fn hint(chat: Chat, fields: Fields) -> Element {
    let texts = chat.translations.dialogs();
    let problem = move || fields.error.get().map(|why| chat.translations.bad_details(why));
    form::hint("about-hint", problem, move || match chat.room.status.get() {
        Status::Live => texts.room_details_hint.with(&chat.room_name()),
        _ => texts.moderation_offline.into(),
    })
}

/// Sends the new details, or says what is wrong.
fn submit(chat: Chat, fields: Fields) {
    let [title, topic] = [fields.title, fields.topic].map(|field| field.get_untracked().map(|field| field.value()));
    let description = fields.description.get_untracked().map(|field| field.value());
    let receipts = fields.receipts.get_untracked().is_some_and(|field| field.checked());
    let parsed = || {
        let (title, topic, description) = (optional(title)?, optional(topic)?, optional(description)?);
        Ok(RoomDetails { title, topic, description, receipts })
    };
    match parsed() {
        Ok(details) if chat.room.details.with_untracked(|current| *current == details) => {
            dialog::close(chat.room.details_dialog);
        }
        Ok(details) => chat.run_in_dialog(DialogIntent::SetDetails(details)),
        Err(why) => set(fields.error, Some(why)),
    }
}

/// Parses a field that may be empty.
fn optional<T: std::str::FromStr<Err = NameError>>(text: Option<String>) -> Result<Option<T>, NameError> {
    text.filter(|text| !text.trim().is_empty()).map(|text| text.parse()).transpose()
}
