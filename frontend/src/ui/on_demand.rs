//! What is not part of the first program, because reading, writing and the quick reactions do not need it: the dialogs,
//! the attached images, what is suggested while somebody types, formatting, commands, and the actions of a message.
//!
//! The browser loads it when the page is live, a second after its session has started at the latest, or when it is first needed. On a slow
//! line, a placeholder is shown meanwhile; if loading fails, it says so and offers to try again.

use page_view::{NodeRef, View};

use crate::ui::{
    composer::{attachment_tray::tray, command, format_bar, keys, paste, suggestion_list},
    device_dialog,
    devices_dialog::{DevicesDialog, devices_dialog},
    direct_dialog::{DirectDialog, direct_dialog},
    invite_dialog,
    log::{extras, message_keys},
    members_dialog,
    message::{
        actions,
        delete_dialog::{self, delete_dialog},
        emoji_picker::{self, emoji_picker},
        lightbox::{self, lightbox},
    },
    message_lists,
    moderation::{
        administration_dialog, audit_dialog,
        identity_dialog::{IdentityDialog, identity_dialog},
        restriction_dialog::{self, restriction_dialog},
        rules_dialog::{self, RulesDialog},
        usage_dialog,
    },
    people_dialog::{self, people_dialog},
    people_panel, poll_dialog, privacy_dialog,
    profile::{self, profile_dialog, statuses},
    receipts,
    room_details_dialog::{self, room_details_dialog},
    rooms::{directory_dialog, list, notices, room_dialog},
    search_dialog, shortcuts,
    state::{
        Chat,
        on_demand::{DialogRequest, Slot, UiFunctions},
    },
    threads,
};

/// Returns the functions that the first program calls. It may refer to them only through this table.
pub(crate) fn functions() -> UiFunctions {
    UiFunctions {
        draw,
        show,
        pastes_files: paste::pastes_files,
        suggest: suggestion_list::update,
        on_composer_key: keys::on_key,
        run_command: command::run,
        watch_log: extras::watch,
        on_log_key: message_keys::on_key,
        handle_waiting_keys: message_keys::handle_waiting,
    }
}

fn draw(chat: Chat, slot: Slot) -> Vec<View> {
    match slot {
        Slot::Dialogs => dialogs(chat),
        Slot::Attachments(send) => vec![tray(chat, send)],
        Slot::Suggestions => vec![suggestion_list::list(chat)],
        Slot::FormatBar => vec![format_bar::bar(chat)],
        Slot::MessageActions => vec![actions::buttons(chat)],
        Slot::Rooms => list::lists(chat),
    }
}

/// Draws all dialogs, and the button that moves to the code in the log.
pub(crate) fn dialogs(chat: Chat) -> Vec<View> {
    statuses::init();
    message_lists::init();
    notices::init();
    let (direct, devices) = (DirectDialog::of(Vec::new()), DevicesDialog::new());
    let (identity, usage) = (IdentityDialog::new(), NodeRef::new());
    let rules = RulesDialog::new();
    let dialogs = [
        profile_dialog(chat, devices),
        people_dialog(chat, direct),
        direct_dialog(chat, direct),
        lightbox(chat),
        emoji_picker(chat),
        delete_dialog(chat),
        room_dialog::room_dialog(chat, rules),
        directory_dialog::directory_dialog(chat),
        search_dialog::search(chat),
        shortcuts::shortcuts(chat),
        restriction_dialog(chat),
        rules_dialog::rules(chat, rules),
        room_details_dialog(chat),
        audit_dialog::audit(chat),
        administration_dialog::administration(chat, identity, usage),
        usage_dialog::usage_dialog(chat, usage),
        identity_dialog(chat, identity),
        privacy_dialog::privacy(chat),
        extras::code_button(chat),
        invite_dialog::invite_dialog(chat),
        device_dialog::device_dialog(chat),
        devices_dialog(chat, devices),
        members_dialog::members_dialog(chat, rules),
        message_lists::pins(chat),
        message_lists::saved(chat),
        message_lists::threads(chat),
        poll_dialog::poll_dialog(chat),
        receipts::receipts_dialog(chat),
        receipts::line(),
    ];
    let panels = people_panel::panel_and_card(chat, direct).into_iter().chain([threads::panel(chat)]);
    dialogs.into_iter().map(View::from).chain(panels).collect()
}

/// Opens a dialog.
fn show(chat: Chat, request: DialogRequest) {
    match request {
        DialogRequest::Profile => profile::show(chat),
        DialogRequest::People => people_dialog::show(chat),
        DialogRequest::Rooms => room_dialog::show(chat),
        DialogRequest::RoomDetails => room_details_dialog::show(chat),
        DialogRequest::Search => search_dialog::show(chat),
        DialogRequest::Shortcuts => shortcuts::show(chat),
        DialogRequest::EmojiPicker(seq) => emoji_picker::show(chat, Some(seq)),
        DialogRequest::ComposerEmoji => emoji_picker::show(chat, None),
        DialogRequest::Delete(seq) => delete_dialog::show(chat, seq),
        DialogRequest::Action(seq, name) => actions::run_action(chat, seq, &name),
        DialogRequest::Lightbox(row) => lightbox::show(chat, row),
        DialogRequest::Restrict(person) => restriction_dialog::show(chat, person),
        DialogRequest::Invite => invite_dialog::show(chat),
        DialogRequest::Messages(list) => message_lists::show(chat, list),
    }
}
