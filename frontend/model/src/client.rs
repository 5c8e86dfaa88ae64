//! The page's side of the conversation as plain state: joins the connection's life ([`Connection`]) and what was said
//! ([`Timeline`]). It knows neither sockets, timers nor the DOM; every call brings the time, in milliseconds, and takes
//! [`Effect`]s back, to be done in their order.

use shared_types::{
    Action, ActionName, ClientMessage, ErrorCode, Nonce, PageState, PersonName, Restrictions, Seq, ServerMessage,
    limits,
};

use crate::{
    connection::{Connection, ConnectionCommand, EndReason, SocketId, Status},
    texts::ClientTexts,
    timeline::{Change, Draft, Timeline},
};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Get a fresh page state for its ticket, then call [`Client::on_fetched`].
    Fetch,
    /// Open a socket.
    Open(SocketId),
    /// Say something on a socket, as soon as it is open.
    Send(SocketId, ClientMessage),
    /// Drop a socket.
    Close(SocketId),
    /// Put the image of this message to this address; then call [`Client::on_upload_progress`], and [`Client::on_upload_finished`],
    /// [`Client::on_upload_failed`] or [`Client::on_image_lost`].
    Upload(Nonce, String),
}

/// Somebody's stay in a room.
#[derive(Debug)]
pub struct Client {
    connection: Connection,
    timeline: Timeline,
    texts: &'static dyn ClientTexts,
    /// What they chose to be called in this stay, if they did.
    name: Option<PersonName>,
    /// When it was last said that they are writing.
    typing_sent_at: u64,
}

impl Client {
    /// A stay that begins now, with the state and the ticket the page brought.
    pub fn start(
        page: &PageState,
        texts: &'static dyn ClientTexts,
        now: u64,
        random: fn() -> u32,
    ) -> (Self, Vec<Effect>) {
        let (connection, command) = Connection::open(now, random);
        let mut client = Self { connection, timeline: Timeline::new(page), texts, name: None, typing_sent_at: 0 };
        let effects = client.execute(now, [command]);
        (client, effects)
    }

    /// What was said.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// How the connection is.
    pub fn status(&self, now: u64) -> Status {
        self.connection.status(now)
    }

    /// The visitor wrote something.
    pub fn post(&mut self, draft: Draft, now: u64) -> Vec<Effect> {
        self.timeline.post(draft, now);
        self.send_due(now)
    }

    /// What an earlier stay could not send is to be sent after all, in its order.
    pub fn restore(&mut self, unsent: Vec<Draft>, now: u64) {
        for draft in unsent {
            self.timeline.restore(draft, now);
        }
    }

    /// A message that failed is to be sent after all.
    pub fn retry(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.retry(nonce);
        self.send_due(now)
    }

    /// A message that failed, or whose image is not there yet, is not wanted any more.
    pub fn discard(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.discard(nonce);
        self.send_due(now)
    }

    /// The visitor did something to a message that is there. `nonce` is nobody else's.
    pub fn change(&mut self, seq: Seq, change: Change, nonce: Nonce, now: u64) -> Vec<Effect> {
        self.timeline.change(seq, change, nonce);
        self.send_due(now)
    }

    /// Why something that the visitor did was not done, since this was last asked.
    pub fn take_errors(&mut self) -> Vec<String> {
        self.timeline.take_errors()
    }

    /// So many hundredths of an image are there.
    pub fn on_upload_progress(&mut self, nonce: &Nonce, percent: u8) {
        self.timeline.on_upload_progress(nonce, percent);
    }

    /// An image is there.
    pub fn on_upload_finished(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.on_upload_finished(nonce);
        self.send_due(now)
    }

    /// An image did not get through. It is tried again.
    pub fn on_upload_failed(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.on_upload_failed(nonce, now, self.texts.upload_failed());
        self.send_due(now)
    }

    /// The bytes of an image are not here any more.
    pub fn on_image_lost(&mut self, nonce: &Nonce, now: u64) -> Vec<Effect> {
        self.timeline.on_image_lost(nonce, self.texts.image_lost());
        self.send_due(now)
    }

    /// The visitor chose another name.
    pub fn rename(&mut self, name: PersonName) -> Vec<Effect> {
        self.timeline.rename(name.clone());
        self.name = Some(name.clone());
        self.send(ClientMessage::Rename { name })
    }

    /// The visitor is writing something. It is said now and then.
    pub fn typing(&mut self, now: u64) -> Vec<Effect> {
        if now < self.typing_sent_at + limits::TYPING_PAUSE.as_millis() as u64 {
            return Vec::new();
        }
        self.typing_sent_at = now;
        self.send(ClientMessage::Typing)
    }

    /// The visitor comes near the first message.
    pub fn load_older(&mut self) -> Vec<Effect> {
        self.send_request(Timeline::request_older)
    }

    /// The visitor comes near the last message of a stretch that is apart from the newest ones.
    pub fn load_newer(&mut self) -> Vec<Effect> {
        self.send_request(Timeline::request_newer)
    }

    /// The visitor wants to see a message, wherever it is.
    pub fn seek(&mut self, seq: Seq) -> Vec<Effect> {
        self.timeline.seek(seq);
        self.send_request(Timeline::request_target)
    }

    /// The visitor wants to see the newest messages again.
    pub fn return_to_newest(&mut self) {
        self.timeline.return_to_newest();
    }

    /// The visitor wants to know something beside the conversation. Nothing is said while there is no socket.
    pub fn send_query(&self, question: ClientMessage) -> Vec<Effect> {
        self.send(question)
    }

    /// Time passed.
    pub fn tick(&mut self, now: u64) -> Vec<Effect> {
        let commands = self.connection.tick(now);
        let mut effects = self.execute(now, commands);
        if self.timeline.expire(now, self.texts.unconfirmed()) {
            let command = self.connection.drop_live(now);
            effects.extend(self.execute(now, command));
        }
        if self.connection.live().is_some()
            && let Some(question) = self.timeline.due_changes_request(now)
        {
            effects.extend(self.send(question));
        }
        self.timeline.expire_history(now);
        effects.extend(self.send_request(Timeline::request_target));
        effects.extend(self.send_request(|timeline| timeline.retry_history(now)));
        effects.extend(self.send_due(now));
        effects
    }

    /// The network may have come back, or somebody looks at the page again.
    pub fn wake(&mut self, now: u64) -> Vec<Effect> {
        let command = self.connection.wake(now);
        self.execute(now, command)
    }

    /// The visitor wants to be connected, or to know whether they may come back.
    pub fn reconnect(&mut self, now: u64) -> Vec<Effect> {
        let command = self.connection.reconnect(now);
        self.execute(now, command)
    }

    /// Whether the server is being asked whether whoever was sent away may come back.
    pub fn is_checking_access(&self) -> bool {
        self.connection.is_checking_access()
    }

    /// The fresh page state arrived, or could not be had.
    pub fn on_fetched(&mut self, now: u64, arrived: bool) -> Vec<Effect> {
        let command = self.connection.on_ticket(now, arrived);
        self.execute(now, command)
    }

    /// A fresh page state said what the visitor may not do.
    pub fn set_restrictions(&mut self, restrictions: Restrictions) {
        self.timeline.set_restrictions(restrictions);
    }

    /// The server does not let the visitor take part.
    pub fn end(&mut self, now: u64, reason: EndReason) -> Vec<Effect> {
        let commands = self.connection.end(now, reason);
        self.execute(now, commands)
    }

    /// A frame arrived on a socket; `None` is one of a type that only newer pages know, and still a sign of life.
    pub fn on_message(&mut self, now: u64, id: SocketId, message: Option<ServerMessage>) -> Vec<Effect> {
        let before = self.connection.live();
        let welcome = matches!(message, Some(ServerMessage::Welcome { .. }));
        let command = self.connection.on_frame(now, id, welcome);
        let Some(mut message) = message else { return self.execute(now, command) };
        if let ServerMessage::Error { code, message: reason, .. } = &mut message
            && let Some(sentence) = self.texts.server_error(*code)
        {
            *reason = sentence.into();
        }
        let upload = match &message {
            ServerMessage::Upload { nonce, url } if self.timeline.on_upload_url(nonce) => {
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
        if matches!(&message, ServerMessage::Error { action: Some(ActionName::Known(Action::Rename)), .. }) {
            self.name = None;
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
        let question = self.timeline.apply(message, now);
        let mut effects = self.execute(now, command);
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
        if self.connection.live() != before && self.connection.live().is_some() {
            effects.extend(self.confirm_name());
        }
        effects.extend(question.map(|question| self.send(question)).unwrap_or_default());
        effects.extend(self.send_request(Timeline::request_target));
        effects.extend(self.send_due(now));
        effects
    }

    /// A socket closed, or could not be opened.
    pub fn on_closed(&mut self, now: u64, id: SocketId) -> Vec<Effect> {
        self.connection.on_closed(now, id);
        self.on_socket_lost(now)
    }

    /// The socket may have been opened under the name before.
    fn confirm_name(&mut self) -> Vec<Effect> {
        match self.name.clone() {
            Some(name) if name != self.timeline.me().name => self.rename(name),
            _ => Vec::new(),
        }
    }

    /// A socket is gone: the questions and messages that it carried get no answer any more.
    fn on_socket_lost(&mut self, now: u64) -> Vec<Effect> {
        self.timeline.on_disconnect();
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
                // A heartbeat that asks for what is missing costs little more than one that does not, and brings what
                // nothing live has given away: the last message before a silence.
                ConnectionCommand::Ping(id) => effects.push(Effect::Send(id, self.timeline.changes_request(now))),
            }
        }
        effects
    }

    fn send_due(&mut self, now: u64) -> Vec<Effect> {
        if self.connection.live().is_none() {
            return Vec::new();
        }
        let timeline = &mut self.timeline;
        let messages = [timeline.next_upload(now), timeline.next_change(now), timeline.next_message(now)];
        messages.into_iter().flatten().flat_map(|message| self.send(message)).collect()
    }

    /// Asks something on the live socket; without one the question stays open.
    fn send_request(&mut self, question: impl FnOnce(&mut Timeline) -> Option<ClientMessage>) -> Vec<Effect> {
        let question = self.connection.live().and_then(|_| question(&mut self.timeline));
        question.map(|question| self.send(question)).unwrap_or_default()
    }

    /// Says something on the live socket.
    fn send(&self, message: ClientMessage) -> Vec<Effect> {
        self.connection.live().map(|id| Effect::Send(id, message)).into_iter().collect()
    }
}
