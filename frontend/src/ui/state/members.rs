//! The dialog with the members of a private room.

use page_view::{NodeRef, State};
use shared_types::{Person, RoomMember};
use web_sys::HtmlDialogElement;

/// The dialog with the members.
#[derive(Clone, Copy)]
pub(crate) struct MembersState {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    pub(crate) list: State<MembersView>,
    /// Whether the visitor is asked whether they really want to leave.
    pub(crate) is_leaving: State<bool>,
}

impl MembersState {
    pub(super) fn new() -> Self {
        Self { dialog: NodeRef::new(), list: State::new(MembersView::Loading), is_leaving: State::new(false) }
    }
}

impl MembersState {
    /// Returns the members whose names are known, as far as they are loaded.
    pub(crate) fn people(&self) -> Vec<Person> {
        let MembersView::Known(members) = self.list.get_untracked() else { return Vec::new() };
        let person = |RoomMember { person: id, name, appearance, .. }: RoomMember| {
            Some(Person { id, name: name?, moderator: false, appearance })
        };
        members.into_iter().filter_map(person).collect()
    }
}

/// The members, as far as they are loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser requests them"))]
pub(crate) enum MembersView {
    Loading,
    Failed,
    /// Hosts first.
    Known(Vec<RoomMember>),
}
