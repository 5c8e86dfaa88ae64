//! The move of the socket to another room.
//!
//! The page shows the other room at once. The server is asked when it has answered the messages and changes that were sent in the room
//! before, or a moment later: frames of one socket may be handled at the same time, and one that is handled after the move is refused.
//! Until the server has confirmed the move, the page sends nothing else.

use shared_types::{Action, ActionName, ClientMessage, ErrorCode, RoomName, ServerMessage};

use super::{Client, Effect};
use crate::{connection::SocketId, timeline::Timeline};

/// How long the page waits for the answers to what it sent in the room before, in milliseconds. What is not answered by then is sent again
/// when the visitor comes back.
const FLUSH_MS: u64 = 2_000;

/// Timeout of the request to move, in milliseconds. A new socket takes its place.
const ANSWER_MS: u64 = 5_000;

/// A move that the server has not confirmed.
#[derive(Debug)]
pub(super) struct Entry {
    /// The socket that moves.
    pub(super) socket: SocketId,
    /// The room that was left.
    left: RoomName,
    /// The room that the server was asked for. The visitor may have gone on to another one since.
    asked: Option<RoomName>,
    /// When the present step ends.
    until: u64,
}

impl Client {
    /// Whether the socket can move to another room now. Otherwise the page has to be loaded.
    pub fn can_enter(&self) -> bool {
        // A socket that is being opened is in the room that is left. A page with an upload stays: the upload belongs to it.
        self.tags_rooms && self.connection.is_settled() && !self.timeline.has_unfinished_uploads()
    }

    /// Shows another room, as it was when the visitor left it, and moves the socket there. Returns whether the room is known, with the
    /// effects. Call it only if [`Client::can_enter`].
    pub fn enter(&mut self, room: &RoomName, now: u64) -> (bool, Vec<Effect>) {
        if room == self.room() {
            return (true, Vec::new());
        }
        let found = self.kept_rooms.take(room);
        let is_known = found.is_some();
        let mut next = found.unwrap_or_else(|| self.timeline.blank_room(room.clone()));
        next.resume(&self.timeline, now);
        let left = std::mem::replace(&mut self.timeline, next);
        // Nothing was sent in a room that was entered and left before the server answered.
        if let (None, Some(socket)) = (&self.entry, self.connection.live()) {
            self.entry = Some(Entry { socket, left: left.room().clone(), asked: None, until: now + FLUSH_MS });
        }
        self.kept_rooms.keep(left);
        self.typing_sent_at = 0;
        (is_known, self.advance_entry(now))
    }

    /// The room that is shown.
    pub fn room(&self) -> &RoomName {
        self.timeline.room()
    }

    /// Whether the server has not confirmed yet that the socket is in the room that is shown.
    pub fn is_entering(&self) -> bool {
        self.entry.is_some()
    }

    /// A room that was left, as far as it is kept.
    pub fn kept_room(&self, room: &RoomName) -> Option<&Timeline> {
        self.kept_rooms.get(room)
    }

    /// Whether a reload would lose a change in a room that was left.
    pub fn has_changes_elsewhere(&self) -> bool {
        self.kept_rooms.has_pending_changes()
    }

    /// Takes the next step of a move, if it is due.
    pub(super) fn advance_entry(&mut self, now: u64) -> Vec<Effect> {
        let Some(entry) = &mut self.entry else { return Vec::new() };
        let socket = entry.socket;
        if entry.asked.is_some() {
            if now < entry.until {
                return Vec::new();
            }
            let command = self.connection.drop_live(now);
            return self.execute(now, command);
        }
        let is_flushed = self.kept_rooms.get(&entry.left).is_none_or(|left| !left.has_frames_in_flight());
        if !is_flushed && now < entry.until {
            return Vec::new();
        }
        if let Some(left) = self.kept_rooms.get_mut(&entry.left) {
            left.on_disconnect();
        }
        let room = self.timeline.room().clone();
        (entry.asked, entry.until) = (Some(room.clone()), now + ANSWER_MS);
        let since = self.timeline.since_on_entry(now);
        vec![Effect::Send(socket, ClientMessage::Enter { room, since })]
    }

    /// Returns a frame that concerns the room which is shown, and `None` for another one, which may still arrive after a move. `room` is the
    /// room that the frame names. Hand the result to [`Client::on_message`] in any case.
    pub fn route(
        &mut self,
        now: u64,
        id: SocketId,
        room: Option<&RoomName>,
        message: ServerMessage,
    ) -> Option<ServerMessage> {
        let is_live = self.connection.live() == Some(id);
        match (&message, room) {
            (ServerMessage::Welcome { room, .. }, _) if is_live => {
                let expected = self.entry.as_ref().map_or(Some(self.timeline.room()), |entry| entry.asked.as_ref());
                if expected == Some(room) {
                    return Some(message);
                }
                // While the socket moves, it is the answer to `rename` in the room before.
                self.is_misplaced |= self.entry.is_none();
                None
            }
            // They may be about another room than the one that is shown.
            (
                ServerMessage::News { .. }
                | ServerMessage::Read { .. }
                | ServerMessage::RoomCreated { .. }
                | ServerMessage::RoomLeft { .. }
                | ServerMessage::SignedOut { .. }
                | ServerMessage::Error { action: Some(ActionName::Known(Action::SignOut)), .. },
                _,
            ) => Some(message),
            (_, Some(room)) if room != self.timeline.room() => {
                let is_outcome =
                    matches!(message, ServerMessage::Message(_) | ServerMessage::Error { nonce: Some(_), .. });
                let message = self.translated(message);
                if let Some(kept) = self.kept_rooms.get_mut(room).filter(|_| is_outcome) {
                    kept.apply(message, now);
                }
                None
            }
            (ServerMessage::Error { code: ErrorCode::OtherRoom, .. }, Some(_)) => {
                self.is_misplaced |= is_live && self.entry.is_none();
                None
            }
            // A server of an earlier version has taken over. Its frames may be of any room.
            (_, None) if is_live && (self.moved_socket == Some(id) || self.entry.is_some()) && message.is_of_room() => {
                self.is_misplaced = true;
                None
            }
            _ => {
                self.tags_rooms |= room.is_some();
                Some(message)
            }
        }
    }

    /// Handles what a frame of the live socket says about the move, before the frame is applied.
    pub(super) fn on_entry_frame(&mut self, now: u64, message: Option<&ServerMessage>) -> Vec<Effect> {
        let refused = match message {
            Some(ServerMessage::Error { action: Some(ActionName::Known(Action::Enter)), code, .. }) => Some(*code),
            _ => None,
        };
        match refused {
            Some(ErrorCode::UnknownAction | ErrorCode::NotAllowed | ErrorCode::BadField) => {
                return vec![Effect::LoadPage];
            }
            Some(_) => self.is_misplaced = true,
            None => {}
        }
        if std::mem::take(&mut self.is_misplaced) {
            let command = self.connection.drop_live(now);
            return self.execute(now, command);
        }
        if let (Some(entry), Some(ServerMessage::Welcome { room, .. })) = (&mut self.entry, message)
            && entry.asked.as_ref() == Some(room)
        {
            self.moved_socket = Some(entry.socket);
            self.visibility.on_move();
            if room == self.timeline.room() {
                self.entry = None;
                self.timeline.reset_presence();
                return Vec::new();
            }
            // The visitor has gone on meanwhile.
            (entry.left, entry.asked, entry.until) = (room.clone(), None, now);
        }
        self.advance_entry(now)
    }
}
