//! What can be done about a message: one toolbar for the whole log, which goes to the message that is pointed at or focused.

use leptos::prelude::*;
use page_model::{composer_mode::ComposerMode, timeline::Row};
use shared_types::{Person, Seq};
use web_sys::Element;

use crate::ui::{
    message::{
        action_button::{Action, action, emoji, tool},
        delete_dialog,
        dom::{article, seq},
        emoji_picker,
        reactions::means,
    },
    moderation::restriction_dialog,
    state::{Chat, intent::Intent, set},
};

/// The emoji that are one click away.
const QUICK: [&str; 4] = ["👍", "❤️", "😂", "🎉"];

const REPLY: &str = "M9.5 6.5L4 12l5.5 5.5M4.5 12H14a6 6 0 0 1 6 6";
const EDIT: &str = "M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3";
const COPY: &str = "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.700-5.700l-1.300 1.300M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.700 5.700l1.300-1.300";
const COPIED: &str = "M5 12.500l4.500 4.500L19 7.500";
const DELETE: &str = "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10 10.5v5.5M14 10.5v5.5";
const MORE: &str = "M20 12a8 8 0 1 1-7-7.9M9 10v.5M14.500 10v.5M8.500 14.500a4 4 0 0 0 6.500 0M19 2.500v5M16.500 5h5";

/// The toolbar, before it is at any message. It is seen while there is something in it.
#[component]
pub(crate) fn Toolbar(chat: Chat) -> impl IntoView {
    let buttons = move || {
        chat.log.toolbar_message.get().and_then(|seq| chat.row(seq)).map(|row| {
            let mut actions = if row.deleted { Vec::new() } else { of_message(chat, &row) };
            // Who wrote it is known even where it is gone.
            if restriction_dialog::is_allowed(chat, &row.author) {
                actions.push(tool("sanction", chat.translations.restrict, restriction_dialog::ICON));
            }
            actions.into_iter().map(action).collect_view()
        })
    };
    // The log is read out as it grows, and this is no part of what people say.
    view! {
        <div class="actions" role="toolbar" aria-label=chat.translations.actions aria-live="off" node_ref=chat.log.toolbar>
            {buttons}
        </div>
    }
}

/// What can be done about a message that is there.
fn of_message(chat: Chat, row: &Row) -> Vec<Action> {
    let translations = chat.translations;
    let quick = |sign| Action { pressed: Some(means(row, sign)), ..emoji(chat, "action quick", sign) };
    let silent = chat.composer.status.with(|status| status.is_disabled);
    let mut actions = Vec::new();
    if !silent {
        actions.extend(QUICK.into_iter().map(quick));
        actions.push(tool("more", translations.more_reactions, MORE));
        actions.push(tool("reply", translations.reply, REPLY));
    }
    let copied = chat.log.copied_message.get() == row.seq;
    let (label, icon) = if copied { (translations.copied, COPIED) } else { (translations.copy, COPY) };
    actions.push(tool("copy", label, icon));
    if row.mine && !silent {
        actions.push(tool("edit", translations.edit, EDIT));
    }
    if row.mine || chat.is_moderator() {
        actions.push(tool("delete", translations.delete, DELETE));
    }
    actions
}

/// Brings the toolbar to a message.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn show(chat: Chat, article: &Element) {
    let Some(toolbar) = chat.log.toolbar.get_untracked() else { return };
    let seq = seq(article);
    if seq.is_some() && !article.contains(Some(&toolbar)) {
        _ = article.append_child(&toolbar);
    }
    set(chat.log.toolbar_message, seq);
}

/// Takes the toolbar away.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn hide(chat: Chat) {
    set(chat.log.toolbar_message, None);
}

/// Does what a button or a key of that name stands for.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser uses it"))]
pub(crate) fn act(chat: Chat, seq: Seq, name: &str) {
    let Some(row) = chat.row(seq) else { return };
    let writing = match name {
        "sanction" if restriction_dialog::is_allowed(chat, &row.author) => return decide(chat, seq, row.author),
        _ if row.deleted => return,
        "more" => return emoji_picker::open(chat, seq),
        "copy" => return chat.dispatch.run(Intent::CopyMessageLink(seq)),
        "delete" if row.mine || chat.is_moderator() => return delete_dialog::open(chat, seq),
        "reply" | "edit" if chat.composer.status.with_untracked(|status| status.is_disabled) => None,
        "reply" => ComposerMode::reply(row),
        "edit" => ComposerMode::edit(row),
        _ => None,
    };
    if let Some(writing) = writing {
        chat.dispatch.run(Intent::SetComposerMode(writing));
        chat.focus();
    }
}

/// Opens the dialog about who wrote a message. The focus comes back to it, for the toolbar is gone then.
fn decide(chat: Chat, seq: Seq, author: Person) {
    if let Some(message) = article(chat, seq) {
        _ = message.focus();
    }
    restriction_dialog::open(chat, author);
}
