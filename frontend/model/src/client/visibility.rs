//! Whether the page is hidden, and what the server knows about it. The server tells a hidden page neither who types nor who comes
//! and goes.
//!
//! Reports travel with requests that are sent anyway: with the heartbeat, and with the request that a page makes when it is
//! shown again. So a page that is hidden for less than a heartbeat reports nothing.

use shared_types::{Action, ActionName, ErrorCode, ServerMessage, limits};

use crate::connection::SocketId;

/// Whether the page is hidden, and the socket on which the server knows it.
#[derive(Debug, Default)]
pub(super) struct Visibility {
    hidden: bool,
    /// The socket on which the page reported that it is hidden, until the server shows that it knows better.
    reported_on: Option<SocketId>,
    /// Whether the page has reported since then that it is visible.
    is_visible_reported: bool,
    /// Whether a report is not answered yet.
    is_awaited: bool,
    /// Whether the last report was refused. The next request repeats it.
    is_refused: bool,
    /// Whether the report that the page is visible was answered. The presence follows.
    is_presence_due: bool,
}

impl Visibility {
    /// The page is hidden or visible now. Returns whether it was visible and is hidden.
    pub(super) fn set_hidden(&mut self, hidden: bool) -> bool {
        let was_hidden = std::mem::replace(&mut self.hidden, hidden);
        self.is_visible_reported &= !hidden;
        hidden && !was_hidden
    }

    /// Returns what a request on this socket reports, in a room with this number of people. A hidden page reports it once, and only
    /// where that saves frames: not alone, and not in a large room. A page that is shown again reports it until the server
    /// sends the presence.
    pub(super) fn report(&mut self, socket: SocketId, online: u32) -> Option<bool> {
        let report = self.due_report(socket, online);
        if report.is_some() {
            (self.is_awaited, self.is_refused, self.is_presence_due) = (true, false, false);
        }
        match report {
            Some(true) => self.reported_on = Some(socket),
            Some(false) => self.is_visible_reported = true,
            None => {}
        }
        report
    }

    /// Returns what the next request on this socket reports.
    pub(super) fn due_report(&self, socket: SocketId, online: u32) -> Option<bool> {
        let is_reported = self.reported_on == Some(socket);
        if !self.hidden {
            return is_reported.then_some(false);
        }
        let saves_frames = (2..=limits::TYPING_CONNECTIONS).contains(&(online as usize));
        (saves_frames && (!is_reported || self.is_refused)).then_some(true)
    }

    /// Whether the page is visible, and no request has reported it yet. Such a report waits for the answer to the request that reported that
    /// the page is hidden: of two requests at the same time, the server may handle the later one first.
    pub(super) fn waits_to_report(&self, socket: SocketId) -> bool {
        self.due_report(socket, 0) == Some(false) && !self.is_visible_reported
    }

    /// The socket moved to another room, where its page counts as visible.
    pub(super) fn on_move(&mut self) {
        self.reported_on = None;
        self.is_visible_reported = false;
        (self.is_awaited, self.is_refused, self.is_presence_due) = (false, false, false);
    }

    /// A frame arrived on the live socket.
    pub(super) fn on_message(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Changes { .. } => self.on_answer(),
            ServerMessage::Presence { .. } => self.on_presence(),
            ServerMessage::Error {
                code: ErrorCode::TooFast, action: Some(ActionName::Known(Action::Changes)), ..
            } => self.on_refused(),
            _ => {}
        }
    }

    /// A report may not have reached the server. If one is not answered, the next request repeats it.
    pub(super) fn on_refused(&mut self) {
        self.is_refused |= std::mem::take(&mut self.is_awaited);
    }

    /// Whether the last report was refused.
    pub(super) fn is_refused(&self) -> bool {
        self.is_refused
    }

    fn on_answer(&mut self) {
        self.is_presence_due = std::mem::take(&mut self.is_awaited) && self.is_visible_reported;
    }

    /// If it follows the answer to the report that the page is visible, the server knows that. An earlier one was sent before it handled the
    /// report that the page is hidden.
    fn on_presence(&mut self) {
        if !self.hidden && self.is_presence_due {
            self.reported_on = None;
            self.is_visible_reported = false;
            self.is_presence_due = false;
        }
    }
}
