//! Whether the page is hidden, and what the server knows about it. The server tells a hidden page neither who types nor who comes
//! and goes.
//!
//! Reports travel with requests that are sent anyway: with the heartbeat, and with the request that a page makes when it is
//! shown again. So a page that is hidden for less than a heartbeat reports nothing.

use shared_types::limits;

use crate::connection::SocketId;

/// Whether the page is hidden, and the socket on which the server knows it.
#[derive(Debug, Default)]
pub(super) struct Visibility {
    hidden: bool,
    /// The socket on which the page reported that it is hidden, until the server shows that it knows better.
    reported_on: Option<SocketId>,
}

impl Visibility {
    /// The page is hidden or visible now. Returns whether it was visible and is hidden.
    pub(super) fn set_hidden(&mut self, hidden: bool) -> bool {
        let was_hidden = std::mem::replace(&mut self.hidden, hidden);
        hidden && !was_hidden
    }

    /// Returns what a request on this socket reports, in a room with this number of people. A hidden page reports it once, and only
    /// where that saves frames: not alone, and not in a large room. A page that is shown again reports it until the server
    /// sends the presence.
    pub(super) fn report(&mut self, socket: SocketId, online: u32) -> Option<bool> {
        let report = self.due_report(socket, online);
        if report == Some(true) {
            self.reported_on = Some(socket);
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
        (saves_frames && !is_reported).then_some(true)
    }

    /// The server sent the presence: it knows that the page is visible.
    pub(super) fn on_presence(&mut self) {
        if !self.hidden {
            self.reported_on = None;
        }
    }
}
