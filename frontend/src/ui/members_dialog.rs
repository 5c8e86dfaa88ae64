//! The dialog with the members of a private room: every member invites people, hosts remove them, and everybody can leave.

use leptos::ev;
use page_model::connection::Status;
use page_view::{Element, NodeRef, View, element, reactive, reactive_text};
use shared_types::{Person, RoomMember};
use web_sys::HtmlInputElement;

use crate::ui::{
    moderation::{
        self,
        rules_dialog::{self, RulesDialog},
    },
    parts::{
        avatar::avatar,
        dialog::{self, titled_dialog},
    },
    people_panel::card_button,
    receipts, room_details_dialog,
    state::{Chat, intent::DialogIntent, members::MembersView, on_demand::DialogRequest, set},
};

/// Draws the dialog.
pub(crate) fn members_dialog(chat: Chat, rules: RulesDialog) -> Element {
    let (texts, state) = (chat.translations.dialogs(), chat.members);
    let rows = move || match state.list.get() {
        MembersView::Known(members) => {
            let is_host = is_host(chat);
            members.into_iter().map(|member| row(chat, member, is_host)).collect::<Vec<_>>()
        }
        MembersView::Loading | MembersView::Failed => Vec::new(),
    };
    let status = move || match state.list.get() {
        MembersView::Loading => texts.audit_loading,
        MembersView::Failed => texts.members_failed,
        MembersView::Known(_) if chat.room.address().is_direct() => texts.direct_members_hint,
        MembersView::Known(_) => texts.members_hint,
    };
    let status = element("p").class("sheet-hint").with("role", "status").child(reactive_text(status));
    let switch = NodeRef::new();
    receipts::follow_switch(chat, switch, move || chat.moderation.is_pending.get());
    let body = element("div")
        .class("sheet-body")
        .child(element("ul").class("people-list").with("role", "list").child(reactive(rows)));
    titled_dialog(chat, "members", texts.members, state.dialog).child(status).child(body).child(reactive(move || {
        match chat.room.address().is_direct() {
            true => [direct_ways(chat, switch)],
            false => [ways(chat, rules)],
        }
    }))
}

/// Draws what its people can do about a direct message. They stay the same.
fn direct_ways(chat: Chat, switch: NodeRef<HtmlInputElement>) -> Element {
    let texts = chat.translations.private_rooms();
    let leave = leave_button(chat, texts.leave_direct, texts.leave_direct_confirm);
    element("div").class("sheet-ways").child(receipts::direct_switch(chat, switch)).child(leave)
}

/// Draws the button that leaves the room at the second click.
fn leave_button(chat: Chat, label: &'static str, confirm: &'static str) -> Element {
    let state = chat.members;
    let leave = element("button").class("quiet").with("type", "button").on(ev::click, move |_| {
        if state.is_leaving.get_untracked() {
            chat.run_in_dialog(DialogIntent::LeaveRoom);
        }
        set(state.is_leaving, !state.is_leaving.get_untracked());
    });
    leave.child(reactive_text(move || if state.is_leaving.get() { confirm } else { label }))
}

/// Draws the buttons that invite people and leave the room.
fn ways(chat: Chat, rules: RulesDialog) -> Element {
    let (texts, state) = (chat.translations.dialogs(), chat.members);
    let invite = element("button").class("button primary").with("type", "button").text(chat.translations.invite);
    let invite = invite.on(ev::click, move |_| {
        dialog::close(state.dialog);
        chat.open_dialog(DialogRequest::Invite);
    });
    let leave = leave_button(chat, texts.leave_room, texts.leave_room_confirm);
    element("div").class("sheet-ways").child(invite).child(leave).child(host_buttons(chat, rules))
}

/// Whether the visitor is a host of the private room, as far as its members are loaded.
pub(crate) fn is_host(chat: Chat) -> bool {
    let me = chat.room.you.with(|you| you.id.clone());
    let is_me = |member: &RoomMember| member.host && member.person == me;
    let is_known =
        chat.members.list.with(|list| matches!(list, MembersView::Known(members) if members.iter().any(is_me)));
    let room = chat.room.address();
    is_known && room.is_private() && !room.is_direct()
}

/// Draws the buttons with which a host changes the details and the rules of the room. Moderators have them in the dialog of rooms.
fn host_buttons(chat: Chat, rules: RulesDialog) -> View {
    reactive(move || {
        let (closed, label) = (chat.members.dialog, chat.translations.dialogs().room_details);
        let details = || moderation::button(chat, closed, label, Box::new(room_details_dialog::show));
        let buttons = || [details(), rules_dialog::button(chat, closed, rules)];
        (is_host(chat) && !chat.is_moderator()).then(buttons).into_iter().flatten()
    })
}

/// Draws the button that opens the dialog, in a private room.
pub(crate) fn button(chat: Chat) -> View {
    let open = move |_| {
        dialog::close(chat.on_demand.people_dialog);
        open(chat);
    };
    let button = move || {
        let label = chat.translations.dialogs().members;
        element("button").class("button").with("type", "button").text(label).on(ev::click, open)
    };
    reactive(move || chat.room.address().is_private().then(button))
}

/// Opens the loaded dialog and requests the members.
pub(crate) fn open(chat: Chat) {
    set(chat.members.is_leaving, false);
    let is_live = chat.room.status.get_untracked() == Status::Live;
    set(chat.members.list, if is_live { MembersView::Loading } else { MembersView::Failed });
    chat.run_in_dialog(DialogIntent::LoadMembers);
    dialog::open(chat.members.dialog);
}

/// Draws a member, for hosts with a button that removes them.
fn row(chat: Chat, member: RoomMember, by_host: bool) -> Element {
    let texts = chat.translations.dialogs();
    let RoomMember { person: id, name, host, appearance, .. } = member;
    // People who are here may have another name now. If the name is unknown, the id replaces it.
    let present = chat
        .room
        .people
        .with_untracked(|people| people.iter().find(|person| person.id == id).map(|person| person.name.to_string()));
    let name = present.or_else(|| name.map(|name| name.to_string())).unwrap_or_else(|| id.to_string());
    let is_you = chat.room.you.with_untracked(|you| you.id == id);
    let part = |class: &'static str, text: &str| element("span").class(class).text(text.to_owned());
    let identity = element("span")
        .class("person-who")
        .child(part("person-name", &name))
        .child(host.then(|| part("badge", texts.host)))
        .child(is_you.then(|| part("person-you", texts.yourself)));
    let person = name.parse().ok().map(|name| Person { id: id.clone(), name, moderator: false, appearance });
    let avatar = person.as_ref().map(|person| avatar(chat, &chat.as_known(person)));
    // Without a name there is no card.
    let who = match person {
        Some(person) => card_button(chat, person, chat.members.dialog),
        None => element("span").class("person"),
    };
    let remove = (by_host && !is_you).then(|| {
        let label = texts.remove_member.with(&name);
        let remove = move |_| chat.run_in_dialog(DialogIntent::RemoveMember(id.clone()));
        element("button").class("button").with("type", "button").text(label).on(ev::click, remove)
    });
    element("li").class("people-entry").child(who.children(avatar).child(identity)).children(remove)
}
