//! The devices on which the visitor is signed in: requests their list and signs them out. It is loaded on demand.

use std::cell::Cell;

use page_model::{calendar::Calendar as _, client::Effect, connection::Status};
use shared_types::{Action, ActionName, ClientMessage, DeviceId, DeviceList, ServerMessage, SignedInDevice, json};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        cookies,
        session::{Session, links::request, with},
        storage,
    },
    ui::{
        devices_dialog::{DeviceRow, DevicesDialog, DevicesView},
        state::set,
    },
};

thread_local! {
    /// The dialog that was opened last. It is not in [`Session`], which is loaded first.
    static OPENED: Cell<Option<DevicesDialog>> = const { Cell::new(None) };
}

/// Key of the tab's entry with the id of the guest who has seen the notice in this tab.
const TOLD: &str = "signed-out";

impl Session {
    /// Says once in this tab that the device was signed out from another one, and that the visitor is a new guest.
    pub(super) fn show_new_guest(&self) {
        let (you, tab) = (&self.page.you.id, storage::tab());
        if cookies::was_signed_out(you) && tab.get(TOLD).as_deref() != Some(you.as_str()) {
            tab.set(TOLD, you.as_str());
            self.add_error(self.chat.translations.devices().new_guest.to_owned());
        }
    }

    /// Requests the list of devices.
    pub(super) fn load_devices(&self, devices: DevicesDialog) {
        OPENED.set(Some(devices));
        let handle = self.handle;
        spawn_local(async move {
            let list = request("/devices", None).await.and_then(|answer| json::from_str::<DeviceList>(&answer).ok());
            with(handle, |session| {
                let rows = list.map(|DeviceList { devices }| devices.into_iter().map(|one| session.device_row(one)));
                set(devices.list, rows.map_or(DevicesView::Failed, |rows| DevicesView::Known(rows.collect())));
            });
        });
    }

    fn device_row(&self, device: SignedInDevice) -> DeviceRow {
        let SignedInDevice { device, browser, system, since, last, current } = device;
        let (texts, day) = (self.chat.translations.devices(), |at| self.calendar.day_name(at));
        let name = texts.name(browser.as_deref(), system.as_deref());
        let used = texts.use_of_device(&day(last), since.map(day).as_deref());
        DeviceRow { device, name, used, is_current: current }
    }

    /// Asks the server to sign out a device, or all but this one.
    pub(super) fn sign_out_device(&mut self, device: Option<DeviceId>) -> Vec<Effect> {
        let Some(devices) = OPENED.get() else { return Vec::new() };
        let current = devices.list.with_untracked(|list| match list {
            DevicesView::Known(rows) => rows.iter().find(|row| row.is_current).map(|row| row.device.clone()),
            DevicesView::Loading | DevicesView::Failed => None,
        });
        let keep = if device.is_some() { None } else { current };
        if self.chat.room.status.get_untracked() != Status::Live {
            set(devices.is_failed, true);
            return Vec::new();
        }
        set(devices.is_pending, true);
        self.client.send_query(ClientMessage::SignOut { device, keep })
    }

    /// Handles an answer about devices. Returns whether it is one.
    pub(super) fn on_device_answer(&self, message: &ServerMessage) -> bool {
        let is_failed = match message {
            ServerMessage::SignedOut { .. } => false,
            ServerMessage::Error { action: Some(ActionName::Known(Action::SignOut)), .. } => true,
            _ => return false,
        };
        if let Some(devices) = OPENED.get() {
            set(devices.is_pending, false);
            set(devices.is_failed, is_failed);
            if !is_failed {
                // The button that was pressed goes with its device.
                if let Some(Ok(Some(first))) =
                    devices.dialog.get_untracked().map(|dialog| dialog.query_selector("button"))
                {
                    use wasm_bindgen::JsCast as _;
                    _ = first.unchecked_into::<web_sys::HtmlElement>().focus();
                }
            }
            self.load_devices(devices);
        }
        true
    }

    /// A request may be lost with its socket.
    pub(super) fn on_devices_disconnect(&self) {
        if let Some(devices) = OPENED.get().filter(|devices| devices.is_pending.get_untracked()) {
            set(devices.is_pending, false);
            set(devices.is_failed, true);
        }
    }
}
