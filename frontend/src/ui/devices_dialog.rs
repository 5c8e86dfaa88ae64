//! The dialog with the devices on which the visitor is signed in. Each can be signed out.

use std::fmt;

use leptos::ev;
use page_view::{Element, NodeRef, State, element, reactive, reactive_text};
use shared_types::{AccessMode, DeviceId};
use web_sys::HtmlDialogElement;

use crate::ui::{
    parts::dialog::{self, titled_dialog},
    passkeys,
    state::{Chat, intent::DialogIntent, set},
};

/// The dialog and what it shows.
#[derive(Clone, Copy)]
pub(crate) struct DevicesDialog {
    pub(crate) dialog: NodeRef<HtmlDialogElement>,
    pub(crate) list: State<DevicesView>,
    /// Whether devices are being signed out.
    pub(crate) is_pending: State<bool>,
    /// Whether the last request to sign out failed.
    pub(crate) is_failed: State<bool>,
    /// Whether the visitor is asked whether to sign out everywhere else.
    is_confirming: State<bool>,
}

/// The list of devices.
#[derive(Clone, PartialEq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only the browser requests it"))]
pub(crate) enum DevicesView {
    Loading,
    Failed,
    Known(Vec<DeviceRow>),
}

/// A device in the list.
#[derive(Clone, PartialEq)]
pub(crate) struct DeviceRow {
    pub(crate) device: DeviceId,
    /// Browser and system.
    pub(crate) name: String,
    /// When it was used.
    pub(crate) used: String,
    /// Whether it is this device.
    pub(crate) is_current: bool,
}

impl DevicesDialog {
    pub(crate) fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            list: State::new(DevicesView::Loading),
            is_pending: State::new(false),
            is_failed: State::new(false),
            is_confirming: State::new(false),
        }
    }
}

impl fmt::Debug for DevicesDialog {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::any::type_name::<Self>())
    }
}

/// Draws the dialog.
pub(crate) fn devices_dialog(chat: Chat, devices: DevicesDialog) -> Element {
    let texts = chat.translations.devices();
    let rows = move || match devices.list.get() {
        DevicesView::Known(rows) => rows.into_iter().map(|row| device(chat, devices, row)).collect::<Vec<_>>(),
        DevicesView::Loading | DevicesView::Failed => Vec::new(),
    };
    let status = move || match devices.list.get() {
        DevicesView::Known(_) if devices.is_failed.get() => texts.not_signed_out,
        DevicesView::Known(_) => texts.hint,
        DevicesView::Loading => texts.loading,
        DevicesView::Failed => texts.failed,
    };
    let others = move || {
        let is_known = devices.list.with(|list| matches!(list, DevicesView::Known(rows) if rows.len() > 1));
        is_known.then(|| sign_out_others(chat, devices))
    };
    // With OpenID Connect the provider brings people back.
    let has_passkeys = chat.access != AccessMode::Oidc;
    let body = element("div")
        .class("sheet-body order")
        .child(dialog::hint(status))
        .child(element("ul").class("invitations").with("role", "list").child(reactive(rows)))
        .child(reactive(others))
        .child(has_passkeys.then(|| passkeys::section(chat.translations)));
    titled_dialog(chat, "devices", texts.devices, devices.dialog).child(body)
}

/// Opens the dialog and loads the list.
pub(crate) fn open(chat: Chat, devices: DevicesDialog) {
    set(devices.list, DevicesView::Loading);
    set(devices.is_failed, false);
    set(devices.is_confirming, false);
    // The answer to an earlier request may never come.
    set(devices.is_pending, false);
    chat.run_in_dialog(DialogIntent::LoadDevices(devices));
    dialog::open_without_keyboard(devices.dialog);
}

/// Draws a device.
fn device(chat: Chat, devices: DevicesDialog, row: DeviceRow) -> Element {
    let (texts, DeviceRow { device, name, used, is_current }) = (chat.translations.devices(), row);
    let label = texts.sign_out_one(&name);
    let sign_out = (!is_current).then(|| {
        let sign_out = move |_| ask_sign_out(chat, devices, Some(device.clone()));
        element("button")
            .class("quiet")
            .with("type", "button")
            .with("aria-label", label)
            .reactive_attribute("aria-disabled", move || devices.is_pending.get().then_some("true"))
            .on(ev::click, sign_out)
            .text(texts.sign_out)
    });
    let badge = is_current.then(|| element("span").class("badge").text(texts.this_device));
    let about = element("span")
        .child(element("strong").text(name))
        .child(badge)
        .child(element("br"))
        .child(element("span").text(used));
    element("li").class("invitation").child(about).child(sign_out)
}

/// Draws the button that signs out all other devices, with the second click.
fn sign_out_others(chat: Chat, devices: DevicesDialog) -> Element {
    let texts = chat.translations.devices();
    let label = move || if devices.is_confirming.get() { texts.sign_out_others_confirm } else { texts.sign_out_others };
    let sign_out = move |_| {
        if devices.is_confirming.get_untracked() {
            ask_sign_out(chat, devices, None);
        }
        set(devices.is_confirming, !devices.is_confirming.get_untracked());
    };
    element("button").class("button").with("type", "button").on(ev::click, sign_out).child(reactive_text(label))
}

fn ask_sign_out(chat: Chat, devices: DevicesDialog, device: Option<DeviceId>) {
    if !devices.is_pending.get_untracked() {
        set(devices.is_failed, false);
        chat.run_in_dialog(DialogIntent::SignOutDevice(device));
    }
}
