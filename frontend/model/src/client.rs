//! The client of one room: joins the [`Connection`] and the [`Timeline`]. It performs no I/O: every call takes the time
//! in milliseconds and returns the [`Effect`]s that the caller performs, in order.

mod entry;
#[cfg(test)]
mod tests;
mod unanswered;
mod visibility;

use shared_types::{
    Action, ActionName, Appearance, ClientMessage, ErrorCode, GatewayError, Nonce, PageState, Person, PersonId,
    PersonName, Seq, ServerMessage, limits,
};

use crate::{
    client::{entry::Entry, unanswered::UnansweredCommands, visibility::Visibility},
    connection::{Connection, ConnectionCommand, EndReason, SocketId, Status},
    room_cache::RoomCache,
    texts::ClientTexts,
    timeline::{Change, Draft, Timeline},
};

/// Something that the caller performs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Fetch a page state with a fresh ticket, then call [`Client::on_fetched`].
    Fetch,
    /// Open a socket.
    Open(SocketId),
    /// Send a message on a socket, as soon as it is open.
    Send(SocketId, ClientMessage),
    /// Close a socket.
    Close(SocketId),
    /// Upload the image of the message with this nonce to this URL. Report with [`Client::on_upload_progress`], then
    /// [`Client::on_upload_finished`], [`Client::on_upload_failed`] or [`Client::on_image_lost`].
    Upload(Nonce, String),
    /// Load the page of the room that is shown: the server cannot move the socket there.
    LoadPage,
}

/// The visit of a room, and of the rooms before it on this page.
#[derive(Debug)]
pub struct Client {
    connection: Connection,
    timeline: Timeline,
    texts: &'static dyn ClientTexts,
    /// The name that the visitor chose and that the server has not confirmed.
    name: Option<PersonName>,
    /// When `typing` was last sent, in milliseconds.
    typing_sent_at: u64,
    visibility: Visibility,
    unanswered: UnansweredCommands,
    /// The rooms that were left.
    kept_rooms: RoomCache,
    /// The move to the room that is shown, until the server confirms it.
    entry: Option<Entry>,
    /// The socket that has moved to another room.
    moved_socket: Option<SocketId>,
    /// Whether the server names the rooms of its frames.
    tags_rooms: bool,
    /// Whether the live socket is not in the room that is shown.
    is_misplaced: bool,
}

impl Client {
    /// Starts a visit with the state and the ticket of the page.
    pub fn start(
        page: &PageState,
        texts: &'static dyn ClientTexts,
        now: u64,
        random: fn() -> u32,
    ) -> (Self, Vec<Effect>) {
        let (connection, command) = Connection::open(now, random);
        let (timeline, visibility) = (Timeline::new(page), Visibility::default());
        let mut client = Self {
            connection,
            timeline,
            texts,
            name: None,
            typing_sent_at: 0,
            visibility,
            unanswered: UnansweredCommands::default(),
            kept_rooms: RoomCache::default(),
            entry: None,
            moved_socket: None,
            tags_rooms: false,
            is_misplaced: false,
        };
        let effects = client.execute(now, [command]);
        (client, effects)
    }

    /// The messages of the room.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The status of the connection.
    pub fn status(&self, now: u64) -> Status {
        self.connection.status(now)
    }

    /// Posts a message.
    pub fn post(&mut self, draft: Draft, now: u64) -> Vec<Effect> {
        self.timeline.post(draft, now);
        // For the others, the message ends the typing: they are told at once when the visitor types again.
        self.typing_sent_at = 0;
        self.send_due(now)
    }

    /// Queues the unsent messages of an earlier visit, in their order.
    pub fn restore(&mut self, unsent: Vec<Draft>, now: u64) {
        for draft in unsent {
            self.timeline.restore(draft, now);
        }
    }

    /// Shows the thread of a message, or of a reply in it. Returns the message that began it.
    pub fn open_thread(&mut self, seq: Seq) -> Seq {
        self.timeline.open_thread(seq)
    }

    /// Shows no thread.
    pub fn close_thread(&mut self) {
        self.timeline.close_thread();
    }

    /// Applies an answer to a request for a thread. Returns whether it is about the thread that is shown.
    pub fn on_thread(&mut self, answer: &ServerMessage) -> bool {
        let ServerMessage::Thread { root, messages, more, before } = answer else { return false };
        self.timeline.on_thread(root, messages, *more, *before)
    }

    /// Retries a message that failed.
    pub fn retry(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.retry(nonce);
        self.send_due(now)
    }

    /// Discards a message that failed or whose image is not uploaded.
    pub fn discard(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.discard(nonce);
        self.send_due(now)
    }

    /// Changes a message. `nonce` must be unique.
    pub fn change(&mut self, seq: Seq, change: Change, nonce: Nonce, now: u64) -> Vec<Effect> {
        self.timeline.change(seq, change, nonce);
        self.send_due(now)
    }

    /// Keeps the messages that the visitor is about to change known, even when they leave the log.
    pub fn hold(&mut self, used: &[Seq]) {
        self.timeline.hold(used);
    }

    /// Returns the errors of the visitor's commands since the last call.
    pub fn take_errors(&mut self) -> Vec<String> {
        self.timeline.take_errors()
    }

    /// The upload of an image has reached this percentage.
    pub fn on_upload_progress(&mut self, nonce: &Nonce, percent: u8) {
        self.timeline.on_upload_progress(nonce, percent);
    }

    /// The upload of an image is complete.
    pub fn on_upload_finished(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.on_upload_finished(nonce);
        self.send_due(now)
    }

    /// The upload of an image failed. It is retried.
    pub fn on_upload_failed(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.on_upload_failed(nonce, now, self.texts.upload_failed());
        self.send_due(now)
    }

    /// The bytes of an image are no longer available.
    pub fn on_image_lost(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.on_image_lost(nonce, self.texts.image_lost());
        self.send_due(now)
    }

    /// Changes the visitor's name. Each new socket and each room that is entered sends it again, until
    /// [`take_answered_name`](Self::take_answered_name) or [`forget_chosen_name`](Self::forget_chosen_name).
    pub fn rename(&mut self, name: PersonName) -> Vec<Effect> {
        self.restore_name(name.clone());
        self.send(ClientMessage::Rename { name })
    }

    /// Shows a name that an earlier page could not send. The next socket sends it.
    pub fn restore_name(&mut self, name: PersonName) {
        self.timeline.rename(name.clone());
        self.name = Some(name);
    }

    /// The members of the private room are known.
    pub fn set_members(&mut self, members: Vec<Person>) {
        self.timeline.set_members(members);
    }

    /// The server told the appearance of a person. Returns whether it was another one before.
    pub fn set_appearance(&mut self, person: &PersonId, appearance: Appearance) -> bool {
        self.timeline.set_appearance(person, appearance)
    }

    /// The name that the visitor chose here, if the server has not confirmed it.
    pub fn chosen_name(&self) -> Option<&PersonName> {
        self.name.as_ref()
    }

    /// The name that the visitor chose is not sent again: the server has refused it, or another tab sends a newer one.
    pub fn forget_chosen_name(&mut self) {
        self.name = None;
    }

    /// Whether a `welcome` without a number answers the name that the visitor chose: it is stored, or another device chose a newer one at the
    /// same time. It is not sent again then. Call it before the frame is applied. The answers to `hello` and `enter` are none: their name may
    /// be that of the socket's address.
    pub fn take_answered_name(&mut self) -> bool {
        let is_answer = self.ready().is_some();
        self.name.take_if(|_| is_answer).is_some()
    }

    /// The visitor is typing. Tells the server, at most once in each interval, and not in a room that is so large that the server
    /// tells nobody.
    pub fn typing(&mut self, now: u64) -> Vec<Effect> {
        let is_large = self.timeline.presence(now).online as usize > limits::TYPING_CONNECTIONS;
        if is_large || now < self.typing_sent_at + limits::TYPING_PAUSE.as_millis() as u64 {
            return Vec::new();
        }
        self.typing_sent_at = now;
        self.send(ClientMessage::Typing)
    }

    /// Loads older messages.
    pub fn load_older(&mut self) -> Vec<Effect> {
        self.send_request(Timeline::request_older)
    }

    /// Shows newer messages, while a detached range is shown. Loads them if needed.
    pub fn load_newer(&mut self) -> Vec<Effect> {
        self.timeline.join_ranges();
        self.send_request(Timeline::request_newer)
    }

    /// Goes to a message and loads it if needed.
    pub fn seek(&mut self, seq: Seq) -> Vec<Effect> {
        self.timeline.seek(seq);
        self.send_request(Timeline::request_target)
    }

    /// The page has scrolled to the message that the visitor went to, or there is no such message.
    pub fn on_target_seen(&mut self) {
        self.timeline.on_target_seen();
    }

    /// Sets the first visible message. A range whose changes are unknown is loaded again around it.
    pub fn set_first_visible(&mut self, seq: Option<Seq>) {
        self.timeline.set_first_visible(seq);
    }

    /// Drops messages far from what the visitor reads, if there are many. `reading` returns the first visible message;
    /// `None` means the end of the log.
    pub fn limit_window(&mut self, reading: impl FnOnce() -> Option<Seq>) {
        if self.timeline.exceeds_window() {
            self.timeline.limit_window(reading());
        }
    }

    /// Shows the newest messages again.
    pub fn return_to_newest(&mut self) {
        self.timeline.return_to_newest();
    }

    /// Sends a request that does not concern the messages. Sends nothing while there is no live socket.
    pub fn send_query(&mut self, request: ClientMessage) -> Vec<Effect> {
        if self.connection.live().is_some() {
            self.unanswered.on_sent(&request);
        }
        self.send(request)
    }

    /// Performs what is due at `now`.
    pub fn tick(&mut self, now: u64) -> Vec<Effect> {
        let commands = self.connection.tick(now);
        let mut effects = self.execute(now, commands);
        if self.timeline.expire(now, self.texts.unconfirmed()) {
            let command = self.connection.drop_live(now);
            effects.extend(self.execute(now, command));
        }
        effects.extend(self.advance_entry(now));
        if self.ready().is_some()
            && let Some(request) = self.timeline.due_changes_request(now)
        {
            let request = self.with_refused_report(request, now);
            effects.extend(self.send(request));
        }
        if self.unanswered.take_due(now) {
            let renamed = self.name.clone().map(|name| ClientMessage::Rename { name });
            let repeated = renamed.into_iter().chain(self.unanswered.commands());
            effects.extend(repeated.flat_map(|command| self.send(command)));
        }
        self.timeline.expire_history(now);
        effects.extend(self.send_request(Timeline::request_target));
        effects.extend(self.send_request(|timeline| timeline.retry_history(now)));
        effects.extend(self.send_due(now));
        effects
    }

    /// The page is hidden or visible now. Returns whether it was visible and is hidden: then there is no reason to wake.
    pub fn set_hidden(&mut self, hidden: bool) -> bool {
        self.visibility.set_hidden(hidden)
    }

    /// The network may be back, or the page is visible again.
    pub fn wake(&mut self, now: u64) -> Vec<Effect> {
        let command = self.connection.wake(now);
        // A heartbeat that is not answered yet does not report that the page is visible. Its answer leads to the report.
        self.execute(now, command)
    }

    /// The visitor asks to connect now, or whether their ban is over.
    pub fn reconnect(&mut self, now: u64) -> Vec<Effect> {
        let command = self.connection.reconnect(now);
        self.execute(now, command)
    }

    /// Whether the page is checking if a banned visitor may come back.
    pub fn is_checking_access(&self) -> bool {
        self.connection.is_checking_access()
    }

    /// The fresh page state has arrived, or could not be fetched.
    pub fn on_fetched(&mut self, now: u64, arrived: bool) -> Vec<Effect> {
        let command = self.connection.on_ticket(now, arrived);
        self.execute(now, command)
    }

    /// Applies the restrictions and, while there is no live socket, the messages of a fresh page state. So the conversation can be read
    /// where sockets are blocked.
    pub fn on_page_state(&mut self, page: &PageState) {
        self.timeline.set_restrictions(page.restrictions);
        if self.connection.live().is_none() {
            self.timeline.apply_page(page);
        }
    }

    /// Ends the connection: the server refuses the visitor.
    pub fn end(&mut self, now: u64, reason: EndReason) -> Vec<Effect> {
        let commands = self.connection.end(now, reason);
        self.execute(now, commands)
    }

    /// Handles a frame of API Gateway, which is no answer to a ping. If a request of this page was refused because there were too many, all
    /// of them are sent again after a pause, because the frame does not name one.
    pub fn on_gateway_error(&mut self, now: u64, id: SocketId, error: &GatewayError) -> Vec<Effect> {
        if !error.is_throttled() {
            return Vec::new();
        }
        let seconds = self.connection.random_pause();
        if self.connection.live() == Some(id) {
            self.timeline.on_throttled(now, seconds);
            self.visibility.on_refused();
            self.unanswered.on_throttled(now, seconds);
        }
        let command = self.connection.on_throttled(now, id, seconds);
        self.execute(now, command)
    }

    /// Handles a frame. `None` is a frame of an unknown type, which still shows that the socket is alive.
    pub fn on_message(&mut self, now: u64, id: SocketId, message: Option<ServerMessage>) -> Vec<Effect> {
        let before = self.connection.live();
        let welcome = matches!(message, Some(ServerMessage::Welcome { .. }));
        let command = self.connection.on_frame(now, id, welcome);
        let was_entering = self.entry.is_some();
        let moved = if before == Some(id) { self.on_entry_frame(now, message.as_ref()) } else { Vec::new() };
        let Some(message) = message else {
            return self.execute(now, command).into_iter().chain(moved).collect();
        };
        let message = self.translated(message);
        let upload = match &message {
            ServerMessage::Upload { nonce, url, several } if self.timeline.on_upload_url(nonce, *several) => {
                Some(Effect::Upload(nonce.clone(), url.clone()))
            }
            _ => None,
        };
        let banned = match &message {
            ServerMessage::Restrictions { person, restrictions } if *person == self.timeline.me().id => {
                restrictions.banned_until
            }
            _ => None,
        };
        let presence_missed = matches!(message, ServerMessage::CatchUp { .. });
        let is_answer = matches!(message, ServerMessage::Changes { .. });
        let reports_visible = is_answer && before == Some(id) && self.visibility.waits_to_report(id);
        if before == Some(id) {
            self.visibility.on_message(&message);
            self.unanswered.on_message(&message);
        }
        // The revision of a message shows whether one before it was missed, so the heartbeat need not ask yet.
        let is_message = matches!(message, ServerMessage::Message(_) | ServerMessage::Messages { .. });
        if is_message && self.visibility.due_report(id, self.timeline.presence(now).online).is_none() {
            self.connection.postpone_ping(now, id);
        }
        let not_connected = matches!(message, ServerMessage::Error { code: ErrorCode::NotConnected, .. });
        let hello_refused = match &message {
            ServerMessage::Error {
                code: ErrorCode::TooFast,
                action: Some(ActionName::Known(Action::Hello)),
                retry_after,
                ..
            } => Some(retry_after.unwrap_or_default()),
            _ => None,
        };
        let request = self.timeline.apply(message, now);
        let mut effects = self.execute(now, command);
        effects.extend(moved);
        if reports_visible {
            effects.extend(self.report_visibility(id, now));
        }
        effects.extend(upload);
        if let Some(seconds) = hello_refused {
            let command = self.connection.postpone(now, id, seconds);
            effects.extend(self.execute(now, command));
        }
        if let Some(until) = banned.filter(|until| until.0 > now) {
            effects.extend(self.end(now, EndReason::Banned(until)));
        }
        if not_connected && before == Some(id) {
            let command = self.connection.drop_live(now);
            effects.extend(self.execute(now, command));
        }
        let has_entered = was_entering && self.entry.is_none();
        if self.connection.live().is_some() && (self.connection.live() != before || has_entered) {
            effects.extend(self.confirm_name());
        }
        let request = request.map(|request| self.with_refused_report(request, now));
        effects.extend(request.map(|request| self.send(request)).unwrap_or_default());
        if presence_missed {
            effects.extend(self.send(ClientMessage::People));
        }
        effects.extend(self.send_request(Timeline::request_target));
        effects.extend(self.send_due(now));
        effects
    }

    /// Returns the message with the sentence of the visitor's language, if it is an error.
    fn translated(&self, mut message: ServerMessage) -> ServerMessage {
        if let ServerMessage::Error { code, message: reason, .. } = &mut message
            && let Some(sentence) = self.texts.server_error(*code)
        {
            *reason = sentence.into();
        }
        message
    }

    /// A socket was closed, or could not be opened.
    pub fn on_closed(&mut self, now: u64, id: SocketId) -> Vec<Effect> {
        self.connection.on_closed(now, id);
        self.on_socket_lost(now)
    }

    /// Sends the name that the visitor chose, if it may not be stored.
    fn confirm_name(&mut self) -> Vec<Effect> {
        self.name.clone().map(|name| self.rename(name)).unwrap_or_default()
    }

    /// Requests and messages on the lost socket will not be answered.
    fn on_socket_lost(&mut self, now: u64) -> Vec<Effect> {
        // The next socket is opened in the room that is shown.
        let live = self.connection.live();
        self.entry.take_if(|entry| live != Some(entry.socket));
        self.timeline.on_disconnect();
        self.unanswered.on_disconnect();
        self.send_due(now)
    }

    fn execute(&mut self, now: u64, commands: impl IntoIterator<Item = ConnectionCommand>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for command in commands {
            match command {
                ConnectionCommand::Fetch => effects.push(Effect::Fetch),
                ConnectionCommand::Open(id) => {
                    effects.extend([Effect::Open(id), Effect::Send(id, self.timeline.hello(now))])
                }
                ConnectionCommand::Close(id) => {
                    effects.push(Effect::Close(id));
                    effects.extend(self.on_socket_lost(now));
                }
                // The heartbeat requests changes. That costs little more than a ping, and finds a lost message even if
                // no later message reveals the gap.
                // The answer to `enter` shows that the socket lives, and what was missed.
                ConnectionCommand::Ping(_) if self.entry.is_some() => {}
                ConnectionCommand::Ping(id) => {
                    let hidden = self.visibility.report(id, self.timeline.presence(now).online);
                    effects.push(Effect::Send(id, self.timeline.changes_request(now, hidden)));
                }
            }
        }
        effects
    }

    /// Reports that the page is visible or hidden, if the server has to know.
    fn report_visibility(&mut self, id: SocketId, now: u64) -> Vec<Effect> {
        let hidden = self.visibility.report(id, self.timeline.presence(now).online);
        hidden.map(|_| Effect::Send(id, self.timeline.changes_request(now, hidden))).into_iter().collect()
    }

    /// Adds a refused report to a request for changes.
    fn with_refused_report(&mut self, request: ClientMessage, now: u64) -> ClientMessage {
        let online = self.timeline.presence(now).online;
        match (request, self.connection.live()) {
            (ClientMessage::Changes { after, hidden: None }, Some(id)) if self.visibility.is_refused() => {
                ClientMessage::Changes { after, hidden: self.visibility.report(id, online) }
            }
            (request, _) => request,
        }
    }

    fn send_due(&mut self, now: u64) -> Vec<Effect> {
        if self.ready().is_none() {
            return Vec::new();
        }
        let timeline = &mut self.timeline;
        let messages = [timeline.next_upload(now), timeline.next_change(now), timeline.next_message(now)];
        messages.into_iter().flatten().flat_map(|message| self.send(message)).collect()
    }

    /// The live socket, if it is in the room that is shown.
    fn ready(&self) -> Option<SocketId> {
        self.connection.live().filter(|_| self.entry.is_none())
    }

    /// Sends a request on the live socket. Without a live socket the request stays open.
    fn send_request(&mut self, request: impl FnOnce(&mut Timeline) -> Option<ClientMessage>) -> Vec<Effect> {
        let request = self.ready().and_then(|_| request(&mut self.timeline));
        request.map(|request| self.send(request)).unwrap_or_default()
    }

    /// Sends a message on the live socket.
    fn send(&self, message: ClientMessage) -> Vec<Effect> {
        self.ready().map(|id| Effect::Send(id, message)).into_iter().collect()
    }
}
