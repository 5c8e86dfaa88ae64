//! The panel with the people: whether it is open, which a cookie remembers, and its contents while it is open.

use leptos::prelude::*;
use shared_types::{ClientMessage, limits};

use crate::{
    browser::{cookies, events, session::Session},
    ui::{people_panel, state::set},
};

/// Attribute of the root element while the panel is open. The server sets it, too, so that the first paint has the space of the panel.
const OPEN: &str = "data-people";

/// Time after which an open panel asks who is away, in milliseconds: pages report that they are hidden with their heartbeat.
const REFRESH_MS: u64 = limits::HEARTBEAT.as_millis() as u64;

impl Session {
    /// Opens the panel if it was open before.
    pub(super) fn restore_people_panel(&mut self) {
        let is_open = document().document_element().is_some_and(|root| root.has_attribute(OPEN));
        set(self.chat.on_demand.people_panel, is_open);
        describe_button(is_open);
        let panel = self.chat.on_demand.people_panel;
        events::on_media_change(people_panel::WIDE, move || describe_button(panel.get_untracked()));
    }

    /// Opens or closes the panel.
    pub(super) fn show_people_panel(&mut self, is_open: bool) {
        let Some(root) = document().document_element() else { return };
        _ = if is_open { root.set_attribute(OPEN, "") } else { root.remove_attribute(OPEN) };
        cookies::store_people_panel(is_open);
        set(self.chat.on_demand.people_panel, is_open);
        describe_button(is_open);
        self.people_asked_at = 0;
    }

    /// Whether the visitor sees the panel.
    pub(super) fn shows_people(&self) -> bool {
        self.chat.on_demand.people_panel.get_untracked() && events::is_visible() && people_panel::is_wide()
    }

    /// Returns the request for the people, if the panel is open and has not asked for a while. The caller has a socket.
    pub(super) fn people_request(&mut self, now: u64) -> Option<ClientMessage> {
        let is_due = now >= self.people_asked_at + REFRESH_MS;
        // Nobody reports to be hidden in a larger room, or alone.
        let online = self.client.timeline().presence(now).online as usize;
        let has_news = self.people_asked_at == 0 || (2..=limits::TYPING_CONNECTIONS).contains(&online);
        (is_due && self.shows_people() && has_news).then(|| {
            self.load_statuses();
            self.people_asked_at = now;
            ClientMessage::People
        })
    }
}

/// Says at the button of the header whether the panel is open, where it opens one.
fn describe_button(is_open: bool) {
    let Ok(Some(button)) = document().query_selector(".presence") else { return };
    _ = match people_panel::is_wide() {
        true => button.set_attribute("aria-expanded", if is_open { "true" } else { "false" }),
        false => button.remove_attribute("aria-expanded"),
    };
}
