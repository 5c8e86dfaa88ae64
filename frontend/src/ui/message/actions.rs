//! The actions of a message: the buttons of the toolbar, and what they do. They are loaded on demand.

use page_model::{
    composer_mode::ComposerMode,
    timeline::{Change, Row},
};
use page_view::{View, reactive};
use shared_types::{Person, Seq};

use crate::ui::{
    message::{
        action_button::{Action, action_button, emoji, toolbar_action},
        delete_dialog,
        dom::article,
        emoji_picker,
        menu::{self, menu_action},
        reactions::has_reacted,
    },
    moderation::restriction_dialog,
    people_panel::open_card,
    receipts,
    state::{
        Chat,
        intent::{DialogIntent, Intent},
    },
    threads,
};

/// The reactions that the toolbar offers.
pub(super) const QUICK_REACTIONS: [&str; 4] = ["👍", "❤️", "😂", "🎉"];

const REPLY: &str = "M9.5 6.5L4 12l5.5 5.5M4.5 12H14a6 6 0 0 1 6 6";
/// Icon of a speech bubble with lines.
const THREAD: &str = "M4.500 5.500h15v10.500H12l-4.500 3.500V16h-3zM8.500 9.500h7M8.500 12.500h4.500";
const EDIT: &str = "M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3";
const COPY: &str = "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.700-5.700l-1.300 1.300M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.700 5.700l1.300-1.300";
/// Icon of two sheets.
pub(crate) const COPY_TEXT: &str = "M9 8.500h9.500a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V9.500a1 1 0 0 1 1-1zM15.500 8.500V5a1 1 0 0 0-1-1H5.500a1 1 0 0 0-1 1v9.500a1 1 0 0 0 1 1H8";
const DELETE: &str = "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10 10.5v5.5M14 10.5v5.5";
const MORE: &str = "M20 12a8 8 0 1 1-7-7.9M9 10v.5M14.500 10v.5M8.500 14.500a4 4 0 0 0 6.500 0M19 2.500v5M16.500 5h5";

/// Icon of a person.
const PERSON: &str = "M12 12a3.500 3.500 0 1 0-.1 0M5.500 19.500c.7-3.300 3.300-5 6.500-5s5.800 1.700 6.500 5";
/// Icon of a bookmark.
const SAVE: &str = "M7 4.500h10v15l-5-4-5 4z";
/// Icon of a pin.
const PIN: &str = "M9 4.500h6l-.700 6 3.200 3.500h-11l3.200-3.500zM12 14v6";

/// Icon of a box with a lock.
const CLOSE_POLL: &str = "M6 11h12v8.500H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3";

/// Draws the buttons for the message at which the toolbar is shown, and its menu.
pub(crate) fn buttons(chat: Chat) -> View {
    reactive(move || {
        let row = chat.log.toolbar_message.get().and_then(|seq| chat.row(seq));
        row.into_iter().flat_map(move |row| {
            let (actions, listed) = (toolbar_actions(chat, &row), menu_actions(chat, &row));
            let menu = (!listed.is_empty()).then(|| menu::menu(chat, listed));
            let more = menu.is_some().then(|| menu::button(chat));
            actions.into_iter().chain(more).map(action_button).chain(menu)
        })
    })
}

/// Returns the actions that the toolbar shows. The others are in its menu.
fn toolbar_actions(chat: Chat, row: &Row) -> Vec<Action> {
    let is_disabled = chat.composer.status.with(|status| status.is_disabled);
    if row.deleted || is_disabled {
        return Vec::new();
    }
    let translations = chat.translations;
    let quick = |name| Action { pressed: Some(has_reacted(row, name)), ..emoji(chat, "action quick", name) };
    let mut actions: Vec<Action> = QUICK_REACTIONS.into_iter().map(quick).collect();
    actions.push(toolbar_action("more", translations.dialogs().more_reactions, MORE));
    actions.push(toolbar_action("reply", translations.dialogs().reply, REPLY));
    actions
}

/// Returns the actions in the menu.
fn menu_actions(chat: Chat, row: &Row) -> Vec<Action> {
    let mut actions = if row.deleted { Vec::new() } else { message_actions(chat, row) };
    // A deleted message still has its author.
    if restriction_dialog::is_allowed(chat, &row.author) {
        actions.push(menu_action("sanction", chat.translations.dialogs().restrict, restriction_dialog::ICON));
    }
    actions
}

/// Returns the actions of a message that is not deleted.
fn message_actions(chat: Chat, row: &Row) -> Vec<Action> {
    let (texts, lists) = (chat.translations.dialogs(), chat.translations.lists());
    let is_disabled = chat.composer.status.with(|status| status.is_disabled);
    let mut actions = Vec::new();
    if !is_disabled {
        actions.push(menu_action("thread", chat.translations.threads().reply_in_thread, THREAD));
    }
    if row.mine && !is_disabled {
        actions.push(menu_action("edit", texts.edit, EDIT));
    }
    if row.text.is_some() {
        actions.push(menu_action("copy-text", texts.copy_text, COPY_TEXT));
    }
    actions.push(menu_action("copy", texts.copy, COPY));
    actions.push(menu_action("save", lists.save, SAVE));
    if !row.mine {
        actions.push(menu_action("author", texts.about_author, PERSON));
    }
    if receipts::is_offered(chat, row.seq) {
        actions.push(menu_action("seen", chat.translations.receipts().show, receipts::ICON));
    }
    if chat.can_pin() {
        actions.push(menu_action("pin", if row.pinned { lists.unpin } else { lists.pin }, PIN));
    }
    let is_open = row.poll.as_ref().is_some_and(|poll| !poll.closed);
    if is_open && !is_disabled && (row.mine || chat.is_moderator()) {
        actions.push(menu_action("close-poll", lists.close_poll, CLOSE_POLL));
    }
    if row.mine || chat.is_moderator() {
        actions.push(menu_action("delete", texts.delete, DELETE));
    }
    actions
}

/// Runs the action of a button or key.
pub(crate) fn run_action(chat: Chat, seq: Seq, name: &str) {
    let Some(row) = chat.row(seq) else { return };
    if let Some(option) = name.strip_prefix("vote-") {
        return vote(chat, seq, &row, option);
    }
    let mode = match name {
        "menu" => return menu::show(chat),
        "thread" => return threads::open(chat, seq),
        "sanction" if restriction_dialog::is_allowed(chat, &row.author) => {
            return restrict_author(chat, seq, row.author);
        }
        _ if row.deleted => return,
        "more" => return emoji_picker::open(chat, seq),
        "author" if !row.mine => return show_author(chat, seq, row.author),
        "copy" => return chat.run_in_dialog(DialogIntent::CopyMessageLink(seq)),
        "copy-text" => return copy_text(chat, seq, &row),
        "save" => return chat.run_in_dialog(DialogIntent::Save { room: None, seq, saved: true }),
        "seen" if receipts::is_offered(chat, Some(seq)) => return receipts::open(chat, seq),
        "pin" if chat.can_pin() => return chat.dispatch.run(Intent::Change(seq, Change::Pinned(!row.pinned))),
        "close-poll" if row.mine || chat.is_moderator() => return close_poll(chat, seq),
        "delete" if row.mine || chat.is_moderator() => return delete_dialog::open(chat, seq),
        "reply" | "edit" if chat.composer.status.with_untracked(|status| status.is_disabled) => None,
        // What the room does not show is answered and edited in the thread.
        "edit" if threads::is_beside_log(chat, seq) => return threads::edit(chat, row),
        "reply" if threads::is_beside_log(chat, seq) => return threads::answer(chat),
        "reply" => ComposerMode::reply(row),
        "edit" => ComposerMode::edit(row),
        _ => None,
    };
    if let Some(mode) = mode {
        chat.dispatch.run(Intent::SetComposerMode(mode));
        chat.focus();
    }
}

/// Votes for an option of a poll, or takes the vote back.
fn vote(chat: Chat, seq: Seq, row: &Row, option: &str) {
    let is_disabled = chat.composer.status.with_untracked(|status| status.is_disabled);
    let (Some(poll), Ok(option)) = (row.poll.as_ref().filter(|poll| !poll.closed && !is_disabled), option.parse())
    else {
        return;
    };
    let Some(chosen) = poll.options.get(usize::from(option)) else { return };
    let change = Change::Vote { option, on: !chosen.mine, several: poll.several };
    chat.dispatch.run(Intent::Change(seq, change));
}

/// Ends the poll.
fn close_poll(chat: Chat, seq: Seq) {
    chat.dispatch.run(Intent::Change(seq, Change::ClosePoll));
}

/// Copies the text as its author has typed it.
fn copy_text(chat: Chat, seq: Seq, row: &Row) {
    let text = row.text.as_ref().map(ToString::to_string).unwrap_or_default();
    chat.run_in_dialog(DialogIntent::CopyText(seq, text));
}

/// Opens the restriction dialog about the author of a message.
fn restrict_author(chat: Chat, seq: Seq, author: Person) {
    focus_article(chat, seq);
    restriction_dialog::open(chat, author);
}

/// Opens the card of the author of a message.
fn show_author(chat: Chat, seq: Seq, author: Person) {
    focus_article(chat, seq);
    open_card(chat, author);
}

/// Focuses a message before a dialog opens, so that the focus returns there: the toolbar is hidden then.
fn focus_article(chat: Chat, seq: Seq) {
    if let Some(message) = article(chat, seq) {
        _ = message.focus();
    }
}
