//! The dialog with the link to the room. In a chat with a passphrase, moderators also make, see and revoke invitations in it, and hosts of
//! a private room see and revoke those to their room.

use leptos::{ev, prelude::*};
use page_view::{Element, View, element, reactive, reactive_text};
use shared_types::{AccessMode, RoomName};

use crate::ui::{
    members_dialog,
    parts::{
        dialog::{self, titled_dialog},
        form_controls::select,
        share_link::share_link,
    },
    state::{
        Chat,
        intent::DialogIntent,
        invite::{InvitationRow, InvitationsView},
        set,
    },
};

/// Lifetimes of an invitation, in seconds: 1, 7 and 30 days.
const LIVES: [u32; 3] = [86_400, 604_800, 2_592_000];

/// Numbers of people that an invitation lets in.
const USES: [u32; 3] = [1, 10, 50];

/// Draws the dialog.
pub(crate) fn invite_dialog(chat: Chat) -> Element {
    let texts = chat.translations.dialogs();
    let of_room = match chat.access {
        AccessMode::Open => texts.invite_open,
        AccessMode::Passphrase => texts.invite_passphrase,
        AccessMode::Oidc => texts.invite_oidc,
    };
    let hint = move || match chat.room.address().is_private() {
        true if chat.invite.is_failed.get() => texts.links_failed,
        true => texts.invite_private,
        false if chat.invite.is_invitation.get() => texts.invitation_made,
        false => of_room,
    };
    let back = move || {
        chat.invite.is_invitation.get().then(|| {
            let back = move |_| show_room_link(chat);
            element("button").class("quiet").with("type", "button").on(ev::click, back).text(texts.show_room_link)
        })
    };
    let body = element("div")
        .class("sheet-body order")
        .child(dialog::hint(hint))
        .child(share_link(chat, chat.invite.link, true))
        .child(reactive(back))
        .child(invitations(chat));
    let on_close = move |_| {
        // The event arrives after the dialog closed, and the dialog may be open again.
        if chat.invite.dialog.get_untracked().is_some_and(|dialog| !dialog.open()) {
            chat.invite.link.show(String::new());
        }
    };
    titled_dialog(chat, "invite", chat.translations.invite, chat.invite.dialog).child(body).on(ev::close, on_close)
}

/// Opens the dialog with the link to the current room.
pub(crate) fn show(chat: Chat) {
    set(chat.invite.is_failed, false);
    if chat.room.address().is_direct() {
        // The command `/invite` leads here. The members dialog says why there are no invitations.
        return members_dialog::open(chat);
    }
    if chat.room.address().is_private() {
        // A link to the room helps nobody who is no member.
        set(chat.invite.is_invitation, false);
        chat.invite.link.show(String::new());
        set(chat.invite.list, InvitationsView::Loading);
        chat.run_in_dialog(DialogIntent::InviteToRoom);
        // They tell whether the visitor is a host.
        chat.run_in_dialog(DialogIntent::LoadMembers);
        return dialog::open(chat.invite.dialog);
    }
    show_room_link(chat);
    set(chat.invite.selected_life, LIVES[1]);
    set(chat.invite.selected_uses, USES[1]);
    if has_invitations(chat) {
        chat.run_in_dialog(DialogIntent::LoadInvitations);
    }
    dialog::open(chat.invite.dialog);
}

/// Shows the link to the room in place of an invitation.
pub(crate) fn show_room_link(chat: Chat) {
    let path = chat.room_name().parse::<RoomName>().map_or_else(|_| String::new(), |room| room.path());
    let origin = window().location().origin().unwrap_or_default();
    set(chat.invite.is_invitation, false);
    chat.invite.link.show([origin, path].concat());
}

/// Whether the visitor makes invitations. An open chat needs none, and with a provider, that decides who enters.
pub(crate) fn has_invitations(chat: Chat) -> bool {
    chat.access == AccessMode::Passphrase && chat.is_moderator() && !chat.room.address().is_private()
}

/// Draws the invitations, and the form that makes one.
fn invitations(chat: Chat) -> View {
    reactive(move || {
        let (is_host, may_invite) = (members_dialog::is_host(chat), has_invitations(chat));
        untrack(|| match (is_host, may_invite) {
            (true, _) => Some(section(chat).child(list(chat))),
            (false, true) => Some(invitations_part(chat)),
            (false, false) => None,
        })
    })
}

fn section(chat: Chat) -> Element {
    let title = match chat.room.address().is_private() {
        true => chat.translations.private_rooms().invitations_title,
        false => chat.translations.dialogs().invitations,
    };
    element("section").class("part").child(element("h3").text(title))
}

fn invitations_part(chat: Chat) -> Element {
    let (translations, texts, state) = (chat.translations, chat.translations.dialogs(), chat.invite);
    let lives = LIVES.map(|life| (life, translations.span(life))).to_vec();
    let uses = USES.map(|uses| (uses, texts.people.of(uses as usize))).to_vec();
    let make = element("button")
        .class("button primary")
        .with("type", "submit")
        .reactive_attribute("aria-disabled", move || state.is_pending.get().then_some("true"))
        .text(texts.make_invitation);
    let form = element("form")
        .class("invitation-form")
        .on(ev::submit, move |event| {
            event.prevent_default();
            if !state.is_pending.get_untracked() {
                let (seconds, uses) = (state.selected_life.get_untracked(), state.selected_uses.get_untracked());
                chat.run_in_dialog(DialogIntent::MakeInvitation { seconds, uses });
            }
        })
        .child(select(texts.valid_for, lives, state.selected_life))
        .child(select(texts.lets_in, uses, state.selected_uses))
        .child(make);
    section(chat).child(status(chat)).child(form).child(rows(chat))
}

/// Draws the invitations of a private room, for its hosts.
fn list(chat: Chat) -> Element {
    element("div").child(status(chat)).child(rows(chat))
}

fn rows(chat: Chat) -> Element {
    let rows = move || match chat.invite.list.get() {
        InvitationsView::Known(rows) => rows.into_iter().map(|row| invitation(chat, row)).collect::<Vec<_>>(),
        InvitationsView::Loading | InvitationsView::Failed => Vec::new(),
    };
    element("ul").class("invitations").with("role", "list").child(reactive(rows))
}

fn status(chat: Chat) -> Element {
    let texts = chat.translations.dialogs();
    let status = move || match chat.invite.list.get() {
        InvitationsView::Loading => texts.audit_loading,
        InvitationsView::Failed => texts.links_failed,
        InvitationsView::Known(_) if chat.room.address().is_private() => chat.translations.private_rooms().invitations,
        InvitationsView::Known(_) => texts.invitations_hint,
    };
    element("p").class("name-hint").with("role", "status").child(reactive_text(status))
}

/// Draws an invitation with the button that revokes it.
fn invitation(chat: Chat, row: InvitationRow) -> Element {
    let InvitationRow { id, text, is_usable } = row;
    let revoke = is_usable.then(|| {
        let revoke = move |_| {
            if !chat.invite.is_pending.get_untracked() {
                chat.run_in_dialog(DialogIntent::RevokeInvitation(id.clone()));
            }
        };
        element("button")
            .class("quiet")
            .with("type", "button")
            .on(ev::click, revoke)
            .text(chat.translations.dialogs().revoke)
    });
    element("li")
        .class(if is_usable { "invitation" } else { "invitation over" })
        .child(element("span").text(text))
        .child(revoke)
}
