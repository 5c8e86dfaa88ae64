//! The buttons of a message: what people think of it, what it answers, and what can be done about it.
//!
//! They are all of one kind, and none of them listens: the log hears for all, and their `value` tells what is wanted: an
//! emoji, the place of another message, or a word.

use leptos::prelude::*;
use page_model::timeline::{ReplyPreview, RowReaction};

use crate::ui::{
    parts::{colour::coloured, element::element, icon_button::icon},
    state::Chat,
};

/// One button.
#[derive(Default)]
pub(crate) struct Action {
    pub(crate) class: &'static str,
    pub(crate) value: String,
    /// Its name, where its texts do not say enough.
    pub(crate) label: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) pressed: Option<bool>,
    /// Whether arrow keys lead to it and no others.
    pub(crate) by_arrows: bool,
    /// Whether it answers the question of a dialog.
    pub(crate) answers: bool,
    pub(crate) icon: Option<&'static str>,
    /// Texts with their classes.
    pub(crate) texts: Vec<(String, String)>,
}

/// Draws a button.
pub(crate) fn action(action: Action) -> AnyView {
    let text = |(class, text): (String, String)| element("span").class(class).text(text).into_any();
    element("button")
        .class(action.class)
        .with("type", if action.answers { "submit" } else { "button" })
        .optional_attribute("tabindex", action.by_arrows.then_some("-1"))
        .optional_attribute("aria-label", action.label.as_deref())
        .optional_attribute("aria-pressed", action.pressed.map(|pressed| if pressed { "true" } else { "false" }))
        .optional_attribute("title", action.title.as_deref())
        .with("value", action.value)
        .optional_child(action.icon.map(icon))
        .children(action.texts.into_iter().map(text))
        .into_any()
}

/// What a message answers, as a button that leads to it.
pub(crate) fn quote(chat: Chat, quoted: &ReplyPreview) -> Action {
    Action {
        class: if quoted.text.is_some() { "message-quote" } else { "message-quote unknown" },
        value: quoted.seq.to_string(),
        by_arrows: true,
        texts: vec![
            (coloured("quote-author", &quoted.author.id), chat.translations.name(&quoted.author).into()),
            ("quote-text".into(), chat.translations.after_colon(&chat.translations.excerpt(quoted))),
        ],
        ..Action::default()
    }
}

/// An emoji, how many mean it, and who.
pub(crate) fn reaction(chat: Chat, reaction: &RowReaction) -> Action {
    let emoji = reaction.emoji.as_str();
    Action {
        class: "reaction",
        value: emoji.into(),
        label: Some(chat.translations.reaction(emoji, &reaction.people)),
        title: Some(chat.translations.names(&reaction.people)),
        pressed: Some(reaction.mine),
        by_arrows: true,
        texts: vec![(String::new(), emoji.into()), ("reaction-count".into(), reaction.people.len().to_string())],
        ..Action::default()
    }
}

/// An emoji that can be meant.
pub(crate) fn emoji(chat: Chat, class: &'static str, emoji: &str) -> Action {
    Action {
        class,
        value: emoji.into(),
        label: Some(chat.translations.react.with(emoji)),
        texts: vec![(String::new(), emoji.into())],
        ..Action::default()
    }
}

/// Something that can be done about a message.
pub(crate) fn tool(name: &'static str, label: &'static str, icon: &'static str) -> Action {
    Action {
        class: "action",
        value: name.into(),
        label: Some(label.into()),
        title: Some(label.into()),
        icon: Some(icon),
        ..Action::default()
    }
}
