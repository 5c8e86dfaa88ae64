//! Links: copies them, hands them to other apps, and requests invitations and links to another device.

use std::{cell::RefCell, time::Duration};

use gloo_net::http::Request;
use js_sys::Object;
use leptos::prelude::*;
use shared_types::{DeviceLink, Invitation, InvitationId, InvitationList, RoomName, Timestamp, json};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        clipboard, js,
        session::{Session, with},
        time,
    },
    i18n::links::InvitationUse,
    ui::{
        invite_dialog,
        parts::dialog,
        state::{
            invite::{DeviceLinkStatus, InvitationRow, InvitationsView, ShownLink},
            set,
        },
    },
};

thread_local! {
    /// The invitation whose link is shown.
    static SHOWN: RefCell<ShownInvitation> = const { RefCell::new(ShownInvitation::None) };
}

/// What is known of the invitation whose link is shown.
#[derive(PartialEq)]
enum ShownInvitation {
    None,
    /// It is the newest of the visitor in the next list.
    Made,
    Known(InvitationId),
}

/// Remembers that the link of a new invitation is shown, which the next list has.
pub(super) fn note_new_invitation() {
    SHOWN.set(ShownInvitation::Made);
}

impl Session {
    /// Copies a link. If the page may not copy, selects it.
    pub(super) fn copy_link(&self, link: ShownLink) {
        let url = link.url.get_untracked();
        spawn_local(async move {
            let copied = clipboard::copy_text(&url).await;
            if !copied {
                clipboard::select_field(".share-link input");
            }
            set(link.copied, Some(copied));
        });
    }

    /// Opens the share sheet of the device. A visitor who closes it has nothing to be told.
    pub(super) fn share_link(&self, link: ShownLink) {
        let data = Object::new();
        for (name, value) in [("title", document().title()), ("url", link.url.get_untracked())] {
            _ = js_sys::Reflect::set(&data, &name.into(), &value.into());
        }
        js::ignore_result(js::call(&window().navigator(), "share", &[data.into()]));
    }

    /// Requests the invitations.
    pub(super) fn load_invitations(&self) {
        set(self.chat.invite.list, InvitationsView::Loading);
        self.request_invitations(None);
    }

    /// Makes an invitation and shows its link.
    pub(super) fn make_invitation(&self, seconds: u32, uses: u32) {
        self.request_invitations(Some(["seconds=", &seconds.to_string(), "&uses=", &uses.to_string()].concat()));
    }

    /// Revokes an invitation.
    pub(super) fn revoke_invitation(&self, id: &InvitationId) {
        self.request_invitations(Some(["revoke=", id.as_str()].concat()));
    }

    /// Posts a form to the invitations, or requests their list.
    fn request_invitations(&self, form: Option<String>) {
        let (handle, invite) = (self.handle, self.chat.invite);
        set(invite.is_pending, true);
        let (path, form) = match self.page.room.is_private() {
            true => {
                let what = form.unwrap_or_else(|| "list=1".into());
                ("/room-invitations", Some(["room=", self.page.room.as_str(), "&", &what].concat()))
            }
            false => ("/invitations", form),
        };
        spawn_local(async move {
            let answer = request(path, form).await;
            let list = answer.and_then(|answer| json::from_str::<InvitationList>(&answer).ok());
            set(invite.is_pending, false);
            with(handle, |session| match list {
                Some(list) => session.show_invitations(list),
                None => set(invite.list, InvitationsView::Failed),
            });
        });
    }

    fn show_invitations(&self, list: InvitationList) {
        let InvitationList { invitations, token } = list;
        let invite = self.chat.invite;
        let is_open = invite.dialog.get_untracked().is_some_and(|dialog| dialog.open());
        if token.is_some() {
            note_new_invitation();
        }
        self.hide_revoked_link(&invitations);
        set(invite.list, InvitationsView::Known(invitations.into_iter().map(|one| self.invitation_row(one)).collect()));
        if let Some(token) = token.filter(|_| is_open) {
            let room = &self.page.room;
            let to = if *room == RoomName::lobby() { String::new() } else { ["?to=", &room.path()].concat() };
            set(invite.is_invitation, true);
            invite.link.show(own_address(&["/invite", &to, "#", &token]));
            dialog::scroll_to_top(invite.dialog);
        }
    }

    /// Shows the link to the room instead of that of an invitation that is revoked; in a private room none.
    fn hide_revoked_link(&self, invitations: &[Invitation]) {
        let mut shown = SHOWN.replace(ShownInvitation::None);
        if shown == ShownInvitation::Made {
            // The newest is first.
            let own = invitations.iter().find(|one| one.by.id == self.page.you.id);
            shown = own.map_or(ShownInvitation::None, |own| ShownInvitation::Known(own.id.clone()));
        }
        let is_revoked = |id: &InvitationId| invitations.iter().any(|one| one.id == *id && one.revoked);
        match shown {
            ShownInvitation::Known(id) if is_revoked(&id) => match self.page.room.is_private() {
                true => self.chat.invite.link.show(String::new()),
                false => invite_dialog::show_room_link(self.chat),
            },
            shown => SHOWN.set(shown),
        }
    }

    fn invitation_row(&self, invitation: Invitation) -> InvitationRow {
        let (translations, now) = (self.chat.translations, Timestamp(time::now()));
        let Invitation { id, by, expires_at, uses, uses_left, revoked, .. } = invitation;
        let until = translations.moment(&self.calendar, expires_at, now);
        let is_usable = !revoked && uses_left > 0 && expires_at > now;
        let state = InvitationUse { used: uses.saturating_sub(uses_left), uses, revoked, until: &until };
        let text = translations.invitation_sentence(&by, &state);
        InvitationRow { id, text, is_usable }
    }

    /// Requests a link to another device and shows it until it expires.
    pub(super) fn link_device(&self) {
        let state = self.chat.device_link;
        set(state.status, DeviceLinkStatus::Loading);
        state.link.show(String::new());
        spawn_local(async move {
            let answer = request("/device-links", Some(String::new())).await;
            let is_open = state.dialog.get_untracked().is_some_and(|dialog| dialog.open());
            let Some(DeviceLink { token, seconds }) = answer.and_then(|answer| json::from_str(&answer).ok()) else {
                return set(state.status, DeviceLinkStatus::Failed);
            };
            if !is_open {
                return;
            }
            let url = own_address(&["/device#", &token]);
            state.link.show(url.clone());
            set(state.status, DeviceLinkStatus::Shown);
            time::sleep(Duration::from_secs(seconds.into())).await;
            if state.link.url.with_untracked(|shown| *shown == url) {
                state.link.show(String::new());
                set(state.status, DeviceLinkStatus::Expired);
            }
        });
    }
}

/// Returns an absolute address of this chat.
pub(super) fn own_address(parts: &[&str]) -> String {
    [window().location().origin().unwrap_or_default(), parts.concat()].concat()
}

/// Posts a form to a path, or gets it without a form. Returns the answer; `None` if there is none or it is an error.
pub(super) async fn request(path: &str, form: Option<String>) -> Option<String> {
    let request = match form {
        Some(form) => {
            Request::post(path).header("content-type", "application/x-www-form-urlencoded").body(form).ok()?
        }
        None => Request::get(path).build().ok()?,
    };
    let answer = request.send().await.ok()?;
    if answer.ok() { answer.text().await.ok() } else { None }
}
