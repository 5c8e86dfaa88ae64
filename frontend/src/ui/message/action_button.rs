//! The buttons of a message: reactions, the reply preview, and actions.
//!
//! They have no listeners of their own: the log handles their clicks. Their `value` is an emoji, the sequence number of
//! another message, or the name of an action.

use page_model::timeline::{ReplyPreview, Row, RowReaction, RowThread};
use page_view::{Element, element};

use crate::ui::{parts::icon_button::icon, state::Chat};

/// A button.
#[derive(Default)]
pub(crate) struct Action {
    pub(crate) class: &'static str,
    pub(crate) value: String,
    /// Label for screen readers, if the texts are not enough.
    pub(crate) label: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) pressed: Option<bool>,
    /// Whether only arrow keys reach it, and not the tab key.
    pub(crate) arrow_keys_only: bool,
    /// Whether it submits the form of a dialog.
    pub(crate) submits: bool,
    pub(crate) icon: Option<&'static str>,
    /// Texts with their classes.
    pub(crate) texts: Vec<(String, String)>,
}

/// Draws a button.
pub(crate) fn action_button(action: Action) -> Element {
    let text = |(class, text): (String, String)| {
        element("span").optional_attribute("class", (!class.is_empty()).then_some(class)).text(text)
    };
    element("button")
        .class(action.class)
        .with("type", if action.submits { "submit" } else { "button" })
        .optional_attribute("tabindex", action.arrow_keys_only.then_some("-1"))
        .optional_attribute("aria-label", action.label)
        .optional_attribute("aria-pressed", action.pressed.map(|pressed| if pressed { "true" } else { "false" }))
        .optional_attribute("title", action.title)
        .with("value", action.value)
        .child(action.icon.map(icon))
        .children(action.texts.into_iter().map(text))
}

/// The preview of the message that a reply refers to, as a button that leads to it.
pub(crate) fn reply_preview(chat: Chat, preview: &ReplyPreview) -> Action {
    Action {
        class: if preview.text.is_some() { "message-quote" } else { "message-quote unknown" },
        value: preview.seq.0.to_string(),
        arrow_keys_only: true,
        texts: vec![
            (chat.coloured("quote-author", &preview.author), chat.translations.name(&preview.author).into()),
            ("quote-text".into(), chat.translations.after_colon(&chat.translations.excerpt(preview))),
        ],
        ..Action::default()
    }
}

/// The line under the message that began a thread: how many replies there are, when the last one came, and who replied.
pub(crate) fn thread_line(chat: Chat, row: &Row, thread: &RowThread) -> Action {
    let is_unread = chat.thread.unread.with(|unread| unread.iter().any(|root| row.seq == Some(*root)));
    let (replies, people) = (chat.translations.replies.of(thread.replies), chat.translations.names(&thread.people));
    Action {
        class: match (thread.failed, is_unread) {
            (true, _) => "message-thread failed",
            (false, true) => "message-thread unread",
            (false, false) => "message-thread",
        },
        value: "thread".into(),
        arrow_keys_only: true,
        texts: [replies, thread.when.clone(), people].map(|text| (String::new(), text)).into(),
        ..Action::default()
    }
}

/// A reaction with the number and the names of the people.
pub(crate) fn reaction(chat: Chat, reaction: &RowReaction) -> Action {
    let emoji = reaction.emoji.as_str();
    Action {
        class: "reaction",
        value: emoji.into(),
        label: Some(chat.translations.reaction(emoji, &reaction.people)),
        title: Some(chat.translations.names(&reaction.people)),
        pressed: Some(reaction.mine),
        arrow_keys_only: true,
        texts: vec![(String::new(), emoji.into()), ("reaction-count".into(), reaction.people.len().to_string())],
        ..Action::default()
    }
}

/// A button that adds a reaction.
pub(crate) fn emoji(chat: Chat, class: &'static str, emoji: &str) -> Action {
    Action {
        class,
        value: emoji.into(),
        label: Some(chat.translations.react.with(emoji)),
        texts: vec![(String::new(), emoji.into())],
        ..Action::default()
    }
}

/// An action of the toolbar.
pub(crate) fn toolbar_action(name: &'static str, label: &'static str, icon: &'static str) -> Action {
    Action {
        class: "action",
        value: name.into(),
        label: Some(label.into()),
        title: Some(label.into()),
        icon: Some(icon),
        ..Action::default()
    }
}
